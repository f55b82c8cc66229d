"""Rows laid end to end cost what they cost by themselves, and never see each other."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tune import tiny
from core.tune.conftest import settings
from dataexplore.tune.pack import micro_batch, split
from dataexplore.tune.plan import Encoded, plan
from dataexplore.tune.template import IGNORED

LENGTHS = st.lists(st.integers(1, 50), min_size=1, max_size=30)


def rows_of(lengths: list[int], seed: int = 0) -> list[Encoded]:
    """Rows of random tokens: nearly all of them learned in every second row, a third in the others."""
    import random

    draw = random.Random(seed)
    made = []
    for number, length in enumerate(lengths):
        ids = [draw.randrange(5, 300) for _ in range(length)]
        labels = [token if number % 2 or at % 3 else IGNORED for at, token in enumerate(ids)]
        made.append(Encoded(number, ids, labels))
    return made


@given(LENGTHS, st.integers(1, 120), st.booleans())
def test_every_row_is_in_one_group_and_groups_keep_to_the_budget(
    lengths: list[int], budget: int, packed: bool
) -> None:
    groups = split(rows_of(lengths), budget, packed)
    assert sorted(row.row for group in groups for row in group) == list(range(len(lengths)))
    for group in groups:
        widths = [len(row.input_ids) for row in group]
        assert widths == sorted(widths, reverse=True)
        assert len(group) == 1 or (sum(widths) if packed else widths[0] * len(group)) <= budget


def test_padding_is_neither_read_nor_learned() -> None:
    rows = rows_of([9, 4])
    batch = micro_batch(rows, packed=False)
    assert batch.input_ids[0].tolist() == rows[0].input_ids
    assert batch.input_ids[1, :4].tolist() == rows[1].input_ids
    assert batch.attention_mask.tolist() == [[1] * 9, [1] * 4 + [0] * 5]
    followers = [batch.input_ids.flatten()[place + 1].item() for place in batch.places]
    assert followers == batch.targets.tolist()
    assert len(followers) == sum(label != IGNORED for row in rows for label in row.labels[1:])


def test_the_last_token_of_a_row_predicts_nothing_of_the_next() -> None:
    batch = micro_batch(rows_of([5, 5]), packed=True)
    assert batch.attention_mask is None
    assert batch.position_ids.tolist() == [[0, 1, 2, 3, 4, 0, 1, 2, 3, 4]]
    assert 4 not in batch.places.tolist()


@pytest.fixture(params=["llama", "qwen2", "sliding", "tied"])
def family(request: pytest.FixtureRequest) -> Any:
    return tiny.causal(request.param)


def each_alone(model: Any, rows: list[Encoded]) -> list[Any]:
    """The negative log-likelihoods of each row's learned tokens, by the model's own forward pass."""
    import torch

    found = []
    for row in rows:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([row.input_ids])).logits[0, :-1].float()
        labels = torch.tensor(row.labels[1:])
        learned = labels != IGNORED
        found.append(torch.nn.functional.cross_entropy(logits[learned], labels[learned], reduction="none"))
    return found


def test_end_to_end_costs_what_each_row_costs_alone(family: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from dataexplore.tune import loss
    from dataexplore.tune.forward import Forward

    rows = rows_of([40, 38, 21, 20, 20, 7, 3, 2])
    expected = torch.cat(each_alone(family, rows))
    forward = Forward(family)
    assert forward.why_padded == ""
    one_by_one: list[Any] = []
    monkeypatch.setattr(loss, "_NUMBERS", {"cpu": 1})  # a chunk of one place: every token's own loss
    own = loss._loss
    monkeypatch.setattr(loss, "_loss", lambda *given: one_by_one.append(own(*given)) or one_by_one[-1])
    with torch.no_grad():
        total = forward.loss(rows)
    assert len(one_by_one) == len(expected)
    torch.testing.assert_close(torch.stack(one_by_one), expected, atol=1e-4, rtol=0)
    torch.testing.assert_close(total, expected.sum(), atol=1e-3, rtol=0)


def test_padded_and_end_to_end_have_the_same_loss_and_gradients(family: Any) -> None:
    import torch

    from dataexplore.tune.forward import Forward

    rows = rows_of([30, 29, 12, 5])
    forward = Forward(family)

    def gradients() -> tuple[Any, dict[str, Any]]:
        family.zero_grad()
        loss = forward.loss(rows)
        loss.backward()
        return loss.detach(), {name: weight.grad.clone() for name, weight in family.named_parameters()}

    packed_loss, packed = gradients()
    forward.why_padded = "to compare"
    with forward.plain():
        padded_loss, padded = gradients()
    torch.testing.assert_close(packed_loss, padded_loss, atol=1e-3, rtol=1e-6)
    for name, gradient in packed.items():
        torch.testing.assert_close(gradient, padded[name], atol=2e-4, rtol=1e-3, msg=name)


def test_a_row_feels_nothing_of_its_neighbours(family: Any) -> None:
    import torch

    from dataexplore.tune.forward import Forward

    forward = Forward(family)
    embedding = family.get_input_embeddings()
    rows = [
        Encoded(0, list(range(10, 20)), [IGNORED] * 10),
        Encoded(1, list(range(30, 36)), [IGNORED, *range(31, 36)]),
    ]
    family.zero_grad()
    forward.loss(rows).backward()
    if family.config.tie_word_embeddings:
        pytest.skip(reason="a tied head reaches every token's embedding")
    assert not embedding.weight.grad[10:20].any()
    assert torch.all(embedding.weight.grad[30:35].abs().sum(1) > 0)


def test_a_model_that_mixes_rows_is_padded_and_says_why(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from dataexplore.tune.forward import Forward

    causal = tiny.causal("mixing")
    forward = Forward(causal)
    assert "rows" in forward.why_padded
    rows = rows_of([30, 12, 5])
    expected = torch.cat(each_alone(causal, rows)).sum()
    with torch.no_grad():
        torch.testing.assert_close(forward.loss(rows), expected, atol=1e-3, rtol=1e-5)


def test_a_head_of_its_own_is_left_to_the_model() -> None:
    import torch

    from dataexplore.tune.forward import Forward

    causal = tiny.causal("odd head")
    rows = rows_of([20, 12])
    expected = torch.cat(each_alone(causal, rows)).sum()
    forward = Forward(causal)
    assert forward._logits is None
    with torch.no_grad():
        torch.testing.assert_close(forward.loss(rows), expected, atol=1e-3, rtol=1e-5)


def test_the_plan_of_real_rows_fits_the_groups(tmp_path: Path) -> None:
    planned = plan(tiny.rows(), tiny.tokenizer(), settings(tmp_path))
    groups = split(planned.encoded, 10**6, packed=True)
    assert len(groups) == 1
    assert len(micro_batch(groups[0], packed=True).targets) == planned.supervised
