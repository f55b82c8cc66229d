"""Ratings made elsewhere come in by row, key or field and stay with their rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import key_text
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import DataexploreError, SignalError
from dataexplore.session.session import Session
from dataexplore.signals.imports import read_ratings

NAN = None


@pytest.fixture
def dataset(alpaca: Callable[..., Path]) -> Dataset:
    return open_dataset(alpaca(["a", "b", "b", "c"]))


@pytest.fixture
def ratings(tmp_path: Path) -> Callable[..., Path]:
    def write(lines: list[dict[str, Any]] | str, name: str = "ratings.jsonl") -> Path:
        path = tmp_path / name
        path.write_text(
            lines if isinstance(lines, str) else "".join(json.dumps(line) + "\n" for line in lines)
        )
        return path

    return write


def scores(values: np.ndarray[Any, Any]) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def test_by_row_from_zero(dataset: Dataset, ratings: Callable[..., Path]) -> None:
    path = ratings(
        [
            {"row": 2, "q": 4},
            {"row": 0, "q": None},
            {"row": 3, "q": 1.5},
            {"row": 9, "q": 5},
            {"row": -1, "q": 5},
        ]
    )
    found = read_ratings(path, dataset)
    assert scores(found.columns["q"]) == [NAN, NAN, 4, 1.5]
    assert (found.matched, found.unmatched) == (3, 2)


def test_by_key(dataset: Dataset, ratings: Callable[..., Path]) -> None:
    lines = [{"key": key_text(int(dataset.keys[row])), "q": row} for row in (3, 1)] + [{"key": "ff", "q": 9}]
    found = read_ratings(ratings(lines), dataset, "key")
    assert scores(found.columns["q"]) == [NAN, 1, NAN, 3]
    assert (found.matched, found.unmatched) == (2, 1)


def test_by_a_field_every_row_that_has_the_value_is_rated(
    dataset: Dataset, ratings: Callable[..., Path]
) -> None:
    found = read_ratings(ratings([{"output": "b", "q": 1}, {"output": "zzz", "q": 2}]), dataset, "output")
    assert scores(found.columns["q"]) == [NAN, 1, 1, NAN]
    assert (found.matched, found.unmatched) == (1, 1)


def test_of_two_lines_for_one_row_the_last_counts(dataset: Dataset, ratings: Callable[..., Path]) -> None:
    for on, value in (("row", 0), ("output", "a")):
        found = read_ratings(ratings([{on: value, "q": 1}, {on: value, "q": 2}]), dataset, on)
        assert scores(found.columns["q"])[0] == 2


def test_csv_and_tsv(dataset: Dataset, ratings: Callable[..., Path]) -> None:
    for name, text in (("r.csv", "row,q,words\n1,2.5,x\n3,,y\n"), ("r.tsv", "row\tq\n1\t2.5\n")):
        found = read_ratings(ratings(text, name), dataset)
        assert list(found.columns) == ["q"]
        assert scores(found.columns["q"]) == [NAN, 2.5, NAN, NAN]


def test_what_the_dataset_has_itself_is_not_taken(dataset: Dataset, ratings: Callable[..., Path]) -> None:
    line = {
        "key": key_text(int(dataset.keys[0])),
        "score": 9,
        "row": 7,
        "decision": 1,
        "q": 3,
        "words": "text",
        "yes": True,
    }
    assert list(read_ratings(ratings([line]), dataset, "key").columns) == ["q"]


@pytest.mark.parametrize(
    ("lines", "on", "reason"),
    [
        ([{"id": 1, "q": 2}], "row", "has no column 'row' to match on; it has id, q"),
        ([{"row": 1.5, "q": 2}], "row", "column 'row' is not a whole number"),
        ([{"row": "1", "q": 2}], "row", "column 'row' is not a whole number"),
        ([{"key": "xyz", "q": 2}], "key", "column 'key' is not 16 hexadecimal digits"),
        ([{"key": "f" * 17, "q": 2}], "key", "column 'key' is not 16 hexadecimal digits"),
        ([{"row": 99, "q": 2}], "row", "none of its 1 lines matches a row by 'row'"),
        ([{"row": 1, "q": "good"}], "row", "has no numeric column that the dataset lacks"),
        ([{"name": 1, "q": 2}], "name", "the dataset has no field 'name' to match on"),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    dataset: Dataset, ratings: Callable[..., Path], lines: list[dict[str, Any]], on: str, reason: str
) -> None:
    with pytest.raises(SignalError) as refused:
        read_ratings(ratings(lines), dataset, on)
    assert reason in str(refused.value)


@pytest.mark.parametrize("name", ["none.jsonl", "none.csv", "."])
def test_a_file_that_is_not_there(dataset: Dataset, tmp_path: Path, name: str) -> None:
    with pytest.raises(DataexploreError, match=r"no such file|is a directory"):
        read_ratings(tmp_path / name, dataset)


def test_an_unreadable_csv(dataset: Dataset, ratings: Callable[..., Path]) -> None:
    for text in ("", 'a,b\n1,"2\n3,4,5'):
        with pytest.raises(SignalError):
            read_ratings(ratings(text, "r.csv"), dataset)


def test_imported_scores_stay_with_their_rows(
    alpaca: Callable[..., Path], ratings: Callable[..., Path]
) -> None:
    path = alpaca(["a", "b", "c"])
    session = Session.open(path)
    session.import_scores(ratings([{"row": 0, "q": 1}, {"row": 2, "q": 3}], "näme \x1b.jsonl"))
    session.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[2], b'{"instruction":"new","output":"n"}\n', lines[0]]))
    again = Session.open(path)
    assert scores(again.scores("q")) == [3, NAN, 1]
    signal = again.columns.signals["q"]
    assert (signal.origin, signal.scored, signal.unscored) == ("imported", 2, 1)
    assert signal.note == "näme ␛.jsonl"
    again.import_scores(ratings([{"row": 1, "q": 7}]))
    assert scores(again.scores("q")) == [NAN, 7, NAN]
    again.close()


def test_a_damaged_signal_is_one_sentence(alpaca: Callable[..., Path], ratings: Callable[..., Path]) -> None:
    path = alpaca(["a", "b", "c"])
    session = Session.open(path)
    session.import_scores(ratings([{"row": 0, "q": 1}]))
    session.workspace.database.execute("UPDATE signals SET scores = x'00'")
    session.close()
    for _ in range(2):  # and the workspace is let go
        with pytest.raises(DataexploreError, match="the stored signal 'q' is damaged"):
            Session.open(path)


def test_the_real_ratings(real: Callable[[str], Path]) -> None:
    dataset = open_dataset(real("alpaca.jsonl"))
    found = read_ratings(real("alpaca_ratings.jsonl"), dataset)
    assert (found.matched, found.unmatched) == (52_002, 0)
    overall = found.columns["gpt4omini_overall"]
    assert int(np.count_nonzero(overall >= 7)) == 9_131
    assert int(np.isnan(overall).sum()) == 27
    empty = dataset.problems["empty response"]
    assert int(np.count_nonzero(overall[empty] >= 5)) == 16
    three = [found.columns[judge] >= 3 for judge in ("gpt4omini", "llama31_8b", "mistral_7b")]
    assert int(np.logical_and.reduce(three).sum()) == 5_353
