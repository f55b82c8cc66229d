"""Training and validation: what repeats stays together, whatever the order."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.selection.made_up import said_outright
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import ExportError
from dataexplore.selection.export import export_all
from dataexplore.selection.formats import with_word
from dataexplore.selection.split import Split, validation
from dataexplore.selection.writing import Wishes
from dataexplore.session.publish import publish


def dataset(path: Path, prompts: list[str]) -> Dataset:
    rows = [{"instruction": prompt, "output": f"answer {place}"} for place, prompt in enumerate(prompts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return open_dataset(path)


def drawn(source: Dataset, split: Split) -> set[int]:
    """Return the keys of the rows for validation."""
    rows = np.arange(len(source))
    return set(source.keys[validation(source, rows, split)].tolist())


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    order=st.permutations(range(30)),
    same=st.integers(1, 10),
    share=st.floats(0.05, 0.9),
    seed=st.integers(0, 2**31),
)
def test_reordered_rows_stay_on_their_side(
    tmp_path: Path, order: list[int], same: int, share: float, seed: int
) -> None:
    lines = [
        json.dumps({"instruction": f"Question {row % (3 * same)}", "output": f"answer {row}"}) + "\n"
        for row in range(30)
    ]
    (tmp_path / "a.jsonl").write_text("".join(lines))
    (tmp_path / "b.jsonl").write_text("".join(lines[row] for row in order))
    split = Split(share, seed)
    found = drawn(open_dataset(tmp_path / "a.jsonl"), split)
    assert found == drawn(open_dataset(tmp_path / "b.jsonl"), split)
    assert 0 < len(found) < 30


def test_rows_stay_on_their_side_when_others_come_or_go(tmp_path: Path) -> None:
    prompts = [f"Question {row}" for row in range(200)]
    long = dataset(tmp_path / "a.jsonl", prompts)
    short = dataset(tmp_path / "b.jsonl", prompts[:150])
    split = Split(0.2, 3)
    both = set(short.keys.tolist())
    assert drawn(long, split) & both == drawn(short, split)
    some = np.arange(0, 200, 2)
    assert set(long.keys[some[validation(long, some, split)]].tolist()) <= drawn(long, split)


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_about_the_share_is_drawn_and_a_seed_draws_others(tmp_path: Path, share: float) -> None:
    source = dataset(tmp_path / "a.jsonl", [f"Question {row}" for row in range(2000)])
    sizes = [len(drawn(source, Split(share, seed))) for seed in range(5)]
    assert all(abs(size - 2000 * share) < 5 * (2000 * share) ** 0.5 for size in sizes)
    assert drawn(source, Split(share, 0)) != drawn(source, Split(share, 1))


def test_the_same_prompt_is_on_one_side_however_it_is_spelt(tmp_path: Path) -> None:
    source = dataset(
        tmp_path / "a.jsonl", [f"{'QUESTION' if row % 2 else ' question'} {row // 2}" for row in range(80)]
    )
    side = validation(source, np.arange(80), Split(0.5))
    assert (side[::2] == side[1::2]).all()
    assert 0 < side.sum() < 80


def test_rows_without_a_prompt_are_not_all_on_one_side(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(f'{{"text":"text {row}"}}\n' for row in range(60)))
    source = open_dataset(tmp_path / "a.jsonl")
    assert 0 < validation(source, np.arange(60), Split(0.5)).sum() < 60


def test_similar_rows_are_on_one_side_when_that_is_asked_for(
    alpaca: Callable[..., Path], tmp_path: Path
) -> None:
    groups = [[row, row + 1, row + 2] for row in range(0, 60, 3)]
    with said_outright(alpaca(60), groups) as session:
        done = publish(session, tmp_path / "out" / "a.jsonl", Wishes(split=Split(0.3, 1, 0.9)))
    train, held_out = (
        [json.loads(line)["instruction"].split()[1] for line in one.path.open()]
        for one in done.written.outputs
    )
    assert len(train) + len(held_out) == done.rows == 60
    sides = {int(row): side for side, rows in enumerate((train, held_out)) for row in rows}
    assert all(len({sides[row] for row in group}) == 1 for group in groups)
    assert held_out


def test_neither_side_is_ever_empty(tmp_path: Path) -> None:
    source = dataset(tmp_path / "a.jsonl", ["a", "b"])
    for seed in range(20):
        assert len(drawn(source, Split(0.001, seed))) == len(drawn(source, Split(0.999, seed))) == 1
    source = dataset(tmp_path / "b.jsonl", ["a", "A "])
    with pytest.raises(ExportError, match="there is nothing to split: all rows repeat each other"):
        drawn(source, Split(0.5))
    with pytest.raises(ExportError, match="lies between 0 and 1; 1 does not"):
        drawn(source, Split(1.0))


def test_two_files_with_the_names_that_loaders_look_for(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    source = open_dataset(alpaca(40))
    out = tmp_path / "out" / "a.jsonl"
    done = export_all(source, out, Wishes(split=Split(0.25)))
    assert [one.path.name for one in done.written.outputs] == ["a.train.jsonl", "a.validation.jsonl"]
    assert done.out == out.with_name("a.train.jsonl")
    assert not out.exists()
    lines = [one.path.read_bytes().splitlines(keepends=True) for one in done.written.outputs]
    assert [len(side) for side in lines] == [one.rows for one in done.written.outputs]
    assert sorted(lines[0] + lines[1]) == sorted(source.path.read_bytes().splitlines(keepends=True))
    names = {"a": "a.train", "a.b.jsonl.gz": "a.b.train.jsonl.gz", "a.parquet": "a.train.parquet"}
    assert {name: with_word(Path(name), "train").name for name in names} == names
