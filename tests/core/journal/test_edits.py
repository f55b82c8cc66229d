"""Edits and decisions are one line of acts: undo and redo walk it, and the journal tells it again."""

import sqlite3

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.journal.five_rows import KEYS, ROWS, keys_of, rows_of
from dataexplore.errors import WorkspaceError
from dataexplore.journal.decision import KEEP, Act, editing
from dataexplore.journal.journal import Entry, Journal
from dataexplore.journal.ledger import Ledger


def edit(edits: dict[int, bytes | None], reason: str = "edited output") -> Act:
    return editing(keys_of(edits), tuple(edits.values()), reason)


def keep(row: int) -> Act:
    return Act(KEYS[[row]], np.array([KEEP], np.int8), "by hand", hand=True)


EDITS = st.dictionaries(
    st.integers(0, ROWS),
    st.none() | st.sampled_from([b"{}", b'{"a": 1}', '{"ü": "\u2028"}'.encode()]),
    min_size=1,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EDITS | st.integers(0, ROWS - 1) | st.sampled_from(["undo", "redo"]), max_size=20))
def test_any_sequence_is_what_a_model_says_and_reopening_gives_the_same(
    database: sqlite3.Connection, steps: list[dict[int, bytes | None] | int | str]
) -> None:
    database.execute("DELETE FROM journal")
    journal, ledger = Journal(database), Ledger(ROWS, rows_of)
    past: list[tuple[dict[int, bytes], set[int]]] = []
    future: list[tuple[dict[int, bytes], set[int]]] = []
    edits: dict[int, bytes] = {}
    kept: set[int] = set()
    for step in steps:
        if step == "undo":
            if ledger.next_undo:
                ledger.apply(journal.append("undo"))
                future.append((edits, kept))
                edits, kept = past.pop()
        elif step == "redo":
            if ledger.next_redo:
                ledger.apply(journal.append("redo"))
                past.append((edits, kept))
                edits, kept = future.pop()
        else:
            past.append((edits, kept))
            future.clear()
            if isinstance(step, dict):
                ledger.apply(journal.append("edit", edit(step)))
                here = {row: new for row, new in step.items() if row < ROWS}
                edits = {row: new for row, new in {**edits, **here}.items() if new is not None}
            elif isinstance(step, int):
                ledger.apply(journal.append("decide", keep(step)))
                kept = kept | {step}
        assert ledger.edits == edits
        assert set(np.flatnonzero(ledger.decisions).tolist()) == kept
        assert all((ledger.edited_by(row) is not None) == (row in edits) for row in range(ROWS))
    again = Ledger(ROWS, rows_of)
    for entry in journal.entries():
        again.apply(entry)
    assert again.edits == edits
    assert again.decisions.tolist() == ledger.decisions.tolist()
    assert [entry.seq for entry in again.done] == [entry.seq for entry in ledger.done]


def test_an_edit_comes_back_as_it_went_in(database: sqlite3.Connection) -> None:
    new = '{"a": "tab\\t \\u2028 \u2028 é"}'.encode()
    Journal(database).append("edit", edit({0: new, 3: None, 1: b"{}"}, "edited a"))
    (read,) = Journal(database).entries()
    assert (read.kind, read.act.reason, read.act.edits) == ("edit", "edited a", (new, None, b"{}"))
    assert read.act.keys.tolist() == [KEYS[0], KEYS[3], KEYS[1]]
    assert not len(read.act.decisions)


def test_who_edited_what() -> None:
    ledger = Ledger(ROWS, rows_of)
    first, second = Entry(1, 0.0, "edit", edit({0: b"{}"})), Entry(2, 0.0, "edit", edit({0: b"[]", 1: b"[]"}))
    ledger.apply(first)
    assert ledger.apply(second).tolist() == [0, 1]
    assert ledger.edited_by(0) is second
    assert ledger.done == []
    assert ledger.next_undo is second
    ledger.apply(Entry(3, 0.0, "undo", edit({})))
    assert (ledger.edited_by(0), ledger.edited_by(1)) == (first, None)
    assert ledger.next_redo is second


def test_edits_of_rows_that_are_gone_wait_for_their_return() -> None:
    ledger = Ledger(ROWS, rows_of)
    assert ledger.apply(Entry(1, 0.0, "edit", edit({ROWS: b"{}", 2: b"{}"}))).tolist() == [2]
    assert ledger.edits == {2: b"{}"}
    ledger.apply(Entry(2, 0.0, "undo", edit({})))
    assert ledger.edits == {}


@pytest.mark.parametrize("value", ["'rubbish'", "NULL", "x'789c030000000001'"])
def test_a_damaged_edit_is_one_sentence(database: sqlite3.Connection, value: str) -> None:
    Journal(database).append("edit", edit({0: b"{}", 1: b"{}"}))
    database.execute(f"UPDATE journal SET edits = {value}")
    with pytest.raises(WorkspaceError, match="entry 1 of the journal is damaged"):
        list(Journal(database).entries())


def test_an_edit_that_cannot_be_written_is_not_made(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA query_only=1")
    with pytest.raises(WorkspaceError, match="the edit was not saved"):
        Journal(database).append("edit", edit({0: b"{}"}))
