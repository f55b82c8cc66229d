"""The loop: a step is the same however its rows are divided, and short memory is survived."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.tune import tiny
from core.tune.conftest import settings
from dataexplore.errors import JobError
from dataexplore.tune.loop import Loop
from dataexplore.tune.plan import Encoded, plan
from dataexplore.tune.ranks import Ranks

Told = list[dict[str, Any]]


def loop_of(model: Path, told: Told | None = None, ranks: Ranks | None = None, **changes: Any) -> Loop:
    """A loop over the tiny rows, as a run makes it."""
    from dataexplore.tune.forward import Forward
    from dataexplore.tune.memory import Budget
    from dataexplore.tune.model import load_model
    from dataexplore.tune.optimizer import Optimizer

    wanted = settings(model, **{"batch_rows": 6, "lora_rank": 4, **changes})
    planned = plan(tiny.rows(), tiny.tokenizer(), wanted)
    forward = Forward(load_model(wanted))
    optimizer = Optimizer(forward.model, wanted, planned.steps)

    def tell(name: str, **values: Any) -> None:
        if told is not None:
            told.append({"event": name, **values})

    budget = Budget(forward, wanted.token_budget, tell)
    return Loop(forward, optimizer, budget, planned.encoded, wanted, planned.steps, ranks or Ranks())


def losses(loop: Loop, steps: int = 6) -> list[float]:
    return [loop.step(step).loss for step in range(steps)]


def test_a_step_is_the_mean_over_its_learned_tokens_however_it_is_divided(model: Path) -> None:
    whole, divided = loop_of(model, token_budget=10_000), loop_of(model, token_budget=1)
    assert losses(whole) == pytest.approx(losses(divided), abs=1e-5)
    step = whole.step(6)
    assert (step.number, step.tokens > step.supervised > 0) == (7, True)


@pytest.mark.parametrize("method", ["lora", "full"])
def test_it_learns(model: Path, method: str) -> None:
    loop = loop_of(model, method=method, learning_rate=1e-2, lora_dropout=0.1)
    before = loop.measure(loop.rows)
    losses(loop, 20)
    assert loop.measure(loop.rows) < before - 0.1


def fails_above(loop: Loop, tokens: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no more tokens than that fit, and fail on the way back, when gradients are there already."""
    import torch

    own = loop.forward.loss

    class Full(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, loss: Any) -> Any:
            return loss.clone()

        @staticmethod
        def backward(ctx: Any, *given: Any) -> Any:
            raise torch.OutOfMemoryError("CUDA out of memory")

    def loss(rows: list[Encoded]) -> Any:
        found = own(rows)
        return Full.apply(found) if sum(len(row.input_ids) for row in rows) > tokens else found

    monkeypatch.setattr(loop.forward, "loss", loss)


def test_short_memory_halves_the_budget_and_repeats_the_step(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = losses(loop_of(model, token_budget=60))
    told: Told = []
    loop = loop_of(model, told, token_budget=1000)
    fails_above(loop, 60, monkeypatch)
    assert losses(loop) == pytest.approx(expected, abs=1e-5)
    assert told[0]["event"] == "memory is short"
    assert [event["token_budget"] for event in told] == sorted(
        {event["token_budget"] for event in told}, reverse=True
    )
    assert loop.budget.tokens <= 60
    assert not loop.forward.checkpointing


def test_one_row_that_does_not_fit_keeps_less_and_then_fails_by_name(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Told = []
    loop = loop_of(model, told, token_budget=1000)
    fails_above(loop, 5, monkeypatch)
    with pytest.raises(JobError, match=r"one row of \d+ tokens does not fit into memory"):
        loop.step(0)
    assert told[-1]["doing"].endswith("keeping less of it")


def test_keeping_less_changes_no_loss(model: Path) -> None:
    expected = losses(loop_of(model, lora_dropout=0.1))
    loop = loop_of(model, lora_dropout=0.1)
    loop.forward.save_memory()
    assert losses(loop) == pytest.approx(expected, abs=1e-5)


def test_the_probe_leaves_everything_as_it_was(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = losses(loop_of(model))
    told: Told = []
    loop = loop_of(model, told)
    loop.probe()
    assert told == []
    assert losses(loop) == pytest.approx(expected, abs=1e-6)
    fails_above(loop, 5, monkeypatch)
    loop.probe()
    assert loop.forward.checkpointing


def test_other_errors_are_not_taken_for_short_memory(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = loop_of(model)

    def broken(rows: list[Encoded]) -> Any:
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(loop.forward, "loss", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        loop.step(0)


def test_an_optimizer_goes_on_where_another_stopped(model: Path) -> None:
    expected = losses(loop_of(model, lora_dropout=0.1), 8)
    first = loop_of(model, lora_dropout=0.1)
    losses(first, 4)
    second = loop_of(model, lora_dropout=0.1)
    second.forward.model.load_state_dict(first.forward.model.state_dict())
    second.optimizer.load(first.optimizer.state())
    assert [second.step(step).loss for step in range(4, 8)] == pytest.approx(expected[4:], abs=1e-6)


def test_two_processes_train_as_one(model: Path, tmp_path: Path) -> None:
    expected = losses(loop_of(model, token_budget=60))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    ranks = [
        subprocess.Popen(
            [sys.executable, __file__, str(model)],
            env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    told = [rank.communicate(timeout=300)[0] for rank in ranks]
    assert [rank.returncode for rank in ranks] == [0, 0]
    first, second = ([float(word) for word in line.split()[-7:]] for line in told)
    assert first[:6] == pytest.approx(expected, abs=1e-5)
    assert second == first


def as_a_rank(model: Path) -> None:
    """Train beside the other process and print the losses and what the rows cost in the end."""
    ranks = Ranks.from_environment()
    loop = loop_of(model, ranks=ranks, token_budget=60)
    print(*losses(loop), loop.measure(loop.rows))
    ranks.leave()


if __name__ == "__main__":
    as_a_rank(Path(sys.argv[1]))
