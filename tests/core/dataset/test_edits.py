"""An edited dataset is what a file with the edited rows would be, and its source is untouched."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.edits import with_edits
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import WorkspaceError


def opened(rows: list[bytes]) -> Dataset:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_bytes(b"".join(row + b"\n" for row in rows))
        return open_dataset(path)


def as_bytes(*records: Any) -> list[bytes]:
    return [json.dumps(record).encode() for record in records]


def problems(dataset: Dataset) -> dict[str, list[int]]:
    """All that a row has by itself: which ids are repeated is not looked for anew."""
    return {name: rows.tolist() for name, rows in dataset.problems.items() if name != "repeated id"}


def same(edited: Dataset, other: Dataset) -> None:
    """Both are the same to whoever looks at rows."""
    assert edited.table.kinds == other.table.kinds
    assert edited.frame.select(other.frame.columns).equals(other.frame)
    assert edited.prompts.equals(other.prompts)
    assert edited.responses.equals(other.responses)
    assert np.array_equal(edited.tokens, other.tokens)
    assert np.array_equal(edited.response_chars, other.response_chars)
    for row in range(len(other)):
        assert edited.raw(row) == other.raw(row)
        assert edited.prompt(row) == other.prompt(row) == edited.prompts[row]
        assert edited.response(row) == other.response(row) == edited.responses[row]
        assert edited.schema_of(row) == other.schema_of(row)
        assert edited.turns(row) == other.turns(row)
    assert problems(edited) == problems(other)
    assert edited.kinds == other.kinds


TEXT = st.sampled_from(["a", "How?", "", "<|im_start|>", "zero\u200bwidth", "two\nlines"])
ALPACA = st.fixed_dictionaries(
    {"instruction": TEXT, "output": TEXT},
    optional={
        "input": TEXT,
        "note": st.one_of(TEXT, st.integers(-5, 5), st.none()),
        "weight": st.sampled_from([0.5, -1.25, 2**60 + 1]),
        "history": st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=2),
    },
)
CHAT = st.builds(
    lambda texts: {
        "messages": [
            {"role": "assistant" if at % 2 else "user", "content": text} for at, text in enumerate(texts)
        ]
    },
    st.lists(TEXT, min_size=1, max_size=3),
)
ODD = st.fixed_dictionaries(
    {}, optional={"instruction": st.one_of(TEXT, st.integers()), "id": st.none() | st.integers()}
)
PLAIN = [{"instruction": f"Question {n}", "input": "", "output": f"Answer {n}"} for n in range(12)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(ALPACA, max_size=8),
    st.dictionaries(st.integers(0, 11), st.one_of(ALPACA, CHAT, ODD), min_size=1, max_size=4),
)
def test_edits_are_what_opening_them_is(more: list[Any], edits: dict[int, Any]) -> None:
    rows = as_bytes(*PLAIN, *more)
    new = {row: as_bytes(record)[0] for row, record in edits.items()}
    base = opened(rows)
    other = opened([new.get(row, old) for row, old in enumerate(rows)])
    if other.schema != base.schema:
        return  # what a field means is decided by all rows
    edited = with_edits(base, new)
    same(edited, other)
    assert np.array_equal(edited.keys, base.keys)
    assert [edited.original(row) for row in range(len(base))] == rows
    step_by_step = base
    for row, edit in new.items():
        step_by_step = with_edits(step_by_step, {row: edit})
    same(step_by_step, other)
    for row in new:
        step_by_step = with_edits(step_by_step, {row: None})
    assert step_by_step is base
    same(base, opened(rows))


def test_a_number_that_becomes_text_makes_its_column_text() -> None:
    rows = as_bytes(*({**row, "score": n} for n, row in enumerate(PLAIN)))
    edited = with_edits(opened(rows), {3: as_bytes({**PLAIN[3], "score": "high"})[0]})
    assert edited.table.kinds["score"] == pl.String
    assert edited.table.column("score").to_list() == [
        "0", "1", "2", "high", *map(str, range(4, 12))
    ]  # fmt: skip
    again = with_edits(edited, {3: as_bytes({**PLAIN[3], "score": 3.5})[0]})
    assert again.table.column("score").to_list() == [0, 1, 2, 3.5, *range(4, 12)]


def test_a_mixed_file_takes_an_edited_row_by_its_own_schema() -> None:
    edited = with_edits(
        opened(as_bytes(*PLAIN)), {2: as_bytes({"messages": [{"role": "user", "content": "Hi"}]})[0]}
    )
    assert edited.kinds == {"alpaca": 11, "messages": 1}
    assert edited.schema_of(2).turns == "messages"
    assert edited.prompt(2) == edited.prompts[2] == "Hi"


def test_a_repeated_id_stays_flagged_while_the_edit_leaves_it_alone() -> None:
    rows = as_bytes(*({**row, "id": n // 2} for n, row in enumerate(PLAIN)))
    base = opened(rows)
    assert len(base.problems["repeated id"]) == 12
    shorter = with_edits(base, {0: as_bytes({**PLAIN[0], "output": "Short", "id": 0})[0]})
    assert len(shorter.problems["repeated id"]) == 12
    mended = with_edits(base, {0: as_bytes({**PLAIN[0], "id": 99})[0]})
    assert 0 not in mended.problems["repeated id"]


def test_rows_that_are_printed_over_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(PLAIN, indent=2))
    base = open_dataset(path)
    new = as_bytes({**PLAIN[1], "output": "New"})[0]
    edited = with_edits(base, {1: new})
    assert (edited.raw(1), edited.response(1), edited.response(2)) == (new, "New", "Answer 2")
    assert b"\n" in edited.original(1)


def test_what_is_in_parts_is_edited_in_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataexplore.dataset.stretch._MOST", 64)
    monkeypatch.setattr("dataexplore.dataset.stretch._LEAST", 64)
    rows = as_bytes(*PLAIN)
    base = opened(rows)
    assert base.table.parts > 3
    new = {row: as_bytes({**PLAIN[row], "output": "New", "extra": row})[0] for row in (0, 5, 11)}
    same(with_edits(base, new), opened([new.get(row, old) for row, old in enumerate(rows)]))
    found = [text for part in with_edits(base, new).parts() for text in part.responses]
    assert found.count("New") == 3


def test_an_edit_that_is_no_row_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="an edit in the journal is no JSON object"):
        with_edits(opened(as_bytes(*PLAIN)), {0: b"[1, 2]"})


def test_a_container_is_edited_like_lines(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("instruction,output\nHello,Hi\nBye,Ciao\n")
    edited = with_edits(open_dataset(path), {1: b'{"instruction": "Bye", "output": "Tschuess"}'})
    assert edited.responses.to_list() == ["Hi", "Tschuess"]
