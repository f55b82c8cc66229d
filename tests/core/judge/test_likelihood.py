"""Probabilities of many sequences at once are those of each by itself, in whatever memory there is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.judge import little
from dataexplore.errors import JudgeError
from dataexplore.judge.model import likelihood as module
from dataexplore.judge.model.batching import batches
from dataexplore.judge.model.likelihood import Likelihood, Wanted
from dataexplore.judge.model.shared_prefix import SharedPrefix


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return little.save(tmp_path_factory.mktemp("model"))


def some(count: int = 12, longest: int = 40) -> list[Wanted]:
    """Sequences of all lengths, with places in no order and some twice."""
    dice = np.random.default_rng(0)
    made = []
    for _ in range(count):
        length = int(dice.integers(1, longest))
        asked = int(dice.integers(1, 9))
        ids = dice.integers(5, 300, length).tolist()
        made.append(Wanted(ids, dice.integers(0, length, asked), dice.integers(0, 300, asked)))
    return made


def plain(folder: Path, wanted: list[Wanted]) -> list[Any]:
    model = little.Plain(folder)
    return [model.logs(one.ids)[one.places, one.tokens] for one in wanted]


def same(found: Any, expected: Any) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 500))
def test_each_sequence_is_in_one_batch_with_little_padding(lengths: list[int], budget: int) -> None:
    made = list(batches(lengths, budget))
    assert sorted(place for batch in made for place in batch) == list(range(len(lengths)))
    for batch in made:
        width = lengths[batch[0]]
        assert len(batch) == 1 or width * len(batch) <= budget
        assert all(min(0.75 * width, width - 16) <= lengths[place] <= width for place in batch)


@pytest.mark.parametrize("budget", [1, 70, 100_000])
def test_batched_is_plain(folder: Path, budget: int) -> None:
    wanted = some()
    same(Likelihood(str(folder), budget).log_probabilities(wanted), plain(folder, wanted))


@pytest.mark.parametrize("family", ["Cohere", "Gemma2", "Granite", "GPT2"])
def test_what_a_family_does_to_its_logits_is_done_here_too(family: str, tmp_path: Path) -> None:
    folder = little.save_family(tmp_path, family)
    wanted = some(6)
    same(Likelihood(str(folder)).log_probabilities(wanted), plain(folder, wanted))


@pytest.mark.parametrize("family", ["Llama", "Cohere", "Gemma2", "Granite", "GPT2"])
def test_what_all_begin_with_is_read_once(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = little.save(tmp_path) if family == "Llama" else little.save_family(tmp_path, family)
    beginning = np.random.default_rng(1).integers(5, 300, 50).tolist()
    wanted = [Wanted(beginning + one.ids, one.places + 50, one.tokens) for one in some()]
    model = Likelihood(str(folder), 200)
    model.share(beginning)
    assert model.shared == 50
    reads: list[int] = []
    hidden = SharedPrefix.hidden
    monkeypatch.setattr(
        SharedPrefix, "hidden", lambda self, ids: [reads.append(ids.numel()), hidden(self, ids)][1]
    )
    for _ in range(2):  # the second time it is as it was
        same(model.log_probabilities(wanted), plain(folder, wanted))
    assert sum(reads) < sum(len(one.ids) for one in wanted)
    others = [*wanted, *some(2)]
    same(model.log_probabilities(others), plain(folder, others))


def test_a_beginning_that_cannot_be_shared_is_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = SharedPrefix.hidden
    monkeypatch.setattr(SharedPrefix, "hidden", lambda self, ids: hidden(self, ids) + 1)
    model = Likelihood(str(folder))
    for beginning in ([5] * 60, [5] * 10):
        model.share(beginning)
        assert model.shared == 0


def test_logits_are_made_a_few_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    whole = Likelihood._logits

    def counted(self: Likelihood, hidden: Any) -> Any:
        made.append(hidden.shape[0])
        return whole(self, hidden)

    model = Likelihood(str(folder))
    monkeypatch.setattr(Likelihood, "_logits", counted)
    monkeypatch.setitem(module._LOGITS, model._kind, 3 * 340)
    wanted = some()
    same(model.log_probabilities(wanted), plain(folder, wanted))
    assert max(made) <= 3
    assert sum(made) == sum(len(set(one.places.tolist())) for one in wanted)


@pytest.mark.parametrize("kind", ["cuda", "cpu"])
def test_a_batch_that_does_not_fit_is_halved(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    import torch

    whole = Likelihood._run

    def small(self: Likelihood, wanted: Any, skip: int) -> Any:
        if len(wanted) * max(len(one.ids) for one in wanted) > 80:
            if kind == "cuda":
                raise torch.OutOfMemoryError("CUDA out of memory")
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return whole(self, wanted, skip)

    monkeypatch.setattr(Likelihood, "_run", small)
    model = Likelihood(str(folder), 1000)
    wanted = [*some(), Wanted([7] * 90, np.array([3]), np.array([7]))]
    found = model.log_probabilities(wanted)
    assert found.pop() is None  # too long by itself
    same(found, plain(folder, wanted[:-1]))
    assert model.batch_tokens < 160


def test_another_error_is_not_taken_for_want_of_memory(folder: Path) -> None:
    with pytest.raises(IndexError):
        Likelihood(str(folder)).log_probabilities([Wanted([100_000], np.array([0]), np.array([0]))])


def test_weights_that_are_no_numbers_are_named(tmp_path: Path) -> None:
    with pytest.raises(JudgeError, match="outputs are no finite numbers"):
        Likelihood(str(little.spoilt(tmp_path, float("nan"))))


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    little.save(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(JudgeError, match="has no weights"):
        Likelihood(str(tmp_path))


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    little.save(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}")
    with pytest.raises(JudgeError, match="the model cannot be loaded"):
        Likelihood(str(tmp_path))


def test_a_family_with_unknown_outputs_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Likelihood._logits
    monkeypatch.setattr(Likelihood, "_logits", lambda self, hidden: 2 * whole(self, hidden))
    with pytest.raises(JudgeError, match="family of models is not known"):
        Likelihood(str(folder))
