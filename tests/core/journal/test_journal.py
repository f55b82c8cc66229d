"""The journal is the only truth: what it says after any sequence of acts is what a simple model says."""

import sqlite3

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.journal.five_rows import KEYS, ROWS, keys_of, rows_of
from dataexplore.errors import WorkspaceError
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Act, Decision
from dataexplore.journal.journal import Entry, Journal
from dataexplore.journal.ledger import Ledger


def act(decisions: dict[int, int], hand: bool = True, reason: str = "why") -> Act:
    rule = None if hand else {"kind": "threshold", "signal": "s", "at": 1.0}
    return Act(keys_of(decisions), np.array(list(decisions.values()), np.int8), reason, hand, rule)


def replayed(journal: Journal) -> Ledger:
    ledger = Ledger(ROWS, rows_of)
    for entry in journal.entries():
        ledger.apply(entry)
    return ledger


class Model:
    """Two plain dictionaries and a list of what they were."""

    def __init__(self) -> None:
        self.hand: dict[int, int] = {}
        self.rules: dict[int, int] = {}
        self.past: list[tuple[dict[int, int], dict[int, int]]] = []
        self.future: list[tuple[dict[int, int], dict[int, int]]] = []

    def decide(self, decisions: dict[int, int], hand: bool) -> None:
        self.past.append((dict(self.hand), dict(self.rules)))
        self.future.clear()
        for row, decision in decisions.items():
            (self.hand if hand else self.rules)[row] = decision
            if hand and decision == UNDECIDED:
                self.rules[row] = UNDECIDED

    def undo(self) -> None:
        if self.past:
            self.future.append((self.hand, self.rules))
            self.hand, self.rules = self.past.pop()

    def redo(self) -> None:
        if self.future:
            self.past.append((self.hand, self.rules))
            self.hand, self.rules = self.future.pop()

    def decisions(self) -> list[int]:
        return [self.hand.get(row) or self.rules.get(row, UNDECIDED) for row in range(ROWS)]


DECIDE = st.tuples(
    st.dictionaries(st.integers(0, ROWS), st.sampled_from([0, 1, 2]), max_size=ROWS), st.booleans()
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(DECIDE | st.just("undo") | st.just("redo"), max_size=20))
def test_any_sequence_is_what_the_model_says_and_reopening_gives_the_same(
    database: sqlite3.Connection, steps: list[tuple[dict[int, int], bool] | str]
) -> None:
    database.execute("DELETE FROM journal")
    journal, ledger, model = Journal(database), Ledger(ROWS, rows_of), Model()
    for step in steps:
        if step == "undo":
            model.undo()
            if ledger.next_undo:
                ledger.apply(journal.append("undo"))
        elif step == "redo":
            model.redo()
            if ledger.next_redo:
                ledger.apply(journal.append("redo"))
        elif not isinstance(step, str):
            decisions, hand = step
            model.decide(decisions, hand)
            ledger.apply(journal.append("decide", act(decisions, hand)))
        assert ledger.decisions.tolist() == model.decisions()
        assert len(ledger.done) == len(model.past)
        assert ledger.by_hand.tolist() == [bool(model.hand.get(row)) for row in range(ROWS)]
        for row in range(ROWS):
            by = ledger.by(row)
            assert (by is None) == (ledger.decisions[row] == UNDECIDED)
            assert by is None or by.act.hand == bool(ledger.by_hand[row])
    again = replayed(journal)
    assert again.decisions.tolist() == ledger.decisions.tolist()
    assert again.ruled.tolist() == ledger.ruled.tolist()
    assert [entry.seq for entry in again.done] == [entry.seq for entry in ledger.done]
    assert (again.next_redo is None) == (ledger.next_redo is None)


def test_an_entry_comes_back_as_it_went_in(database: sqlite3.Connection) -> None:
    journal = Journal(database)
    made = journal.append(
        "decide", act({0: KEEP, 3: DROP}, hand=False, reason="score ≥ 4.5 \U0001f98a\nsecond")
    )
    (read,) = journal.entries()
    assert (read.seq, read.kind, read.act.reason, read.act.hand) == (
        made.seq,
        "decide",
        made.act.reason,
        False,
    )
    assert read.act.keys.tolist() == [KEYS[0], KEYS[3]]
    assert read.act.decisions.tolist() == [KEEP, DROP]
    assert read.act.rule == {"kind": "threshold", "signal": "s", "at": 1.0}
    assert not list(journal.entries(after=made.seq))


def test_a_reason_that_no_file_can_hold_does_not_stop_a_decision(database: sqlite3.Connection) -> None:
    journal = Journal(database)
    journal.append("decide", act({0: KEEP}, reason="half \ud800 a pair"))
    assert [entry.act.reason for entry in journal.entries()] == ["half ? a pair"]


def test_who_decided_what() -> None:
    ledger = Ledger(ROWS, rows_of)
    entries = [act({0: DROP, 1: DROP}, hand=False), act({0: KEEP}), act({0: UNDECIDED})]
    made = [Entry(seq, 0.0, "decide", one) for seq, one in enumerate(entries, 1)]
    ledger.apply(made[0])
    ledger.apply(made[1])
    assert ledger.by(0) is made[1]
    assert ledger.by(1) is made[0]
    assert ledger.by(2) is None
    assert ledger.decided_by(lambda entry: entry.seq == 1).tolist() == [False, True, False, False, False]
    assert ledger.ruled_by(lambda entry: entry.seq == 1).tolist() == [True, True, False, False, False]
    ledger.apply(made[2])
    assert ledger.by(0) is None
    assert Decision(int(ledger.decisions[0])) is UNDECIDED


def test_a_state_that_was_handed_out_does_not_change() -> None:
    ledger = Ledger(ROWS, rows_of)
    ledger.apply(Entry(1, 0.0, "decide", act({0: KEEP})))
    before = ledger.decisions
    ledger.apply(Entry(2, 0.0, "decide", act({1: DROP})))
    assert before.tolist() == [1, 0, 0, 0, 0]
    with pytest.raises(ValueError, match="read-only"):
        ledger.decisions[0] = 2


def test_decisions_on_rows_that_are_gone_wait_for_their_return() -> None:
    entries = [Entry(1, 0.0, "decide", act({0: KEEP, ROWS: DROP})), Entry(2, 0.0, "undo", act({}))]
    ledger = Ledger(ROWS, rows_of)
    assert ledger.apply(entries[0]).tolist() == [0]
    assert ledger.apply(entries[1]).tolist() == [0]
    assert ledger.decisions.tolist() == [0] * ROWS


@pytest.mark.parametrize("column", ["keys", "decisions", "rule"])
def test_a_damaged_entry_is_one_sentence(database: sqlite3.Connection, column: str) -> None:
    journal = Journal(database)
    journal.append("decide", act({0: KEEP}, hand=False))
    database.execute(f"UPDATE journal SET {column} = 'rubbish'")
    with pytest.raises(WorkspaceError, match="entry 1 of the journal is damaged"):
        list(journal.entries())


def test_a_decision_that_cannot_be_written_is_not_made(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA query_only=1")
    with pytest.raises(WorkspaceError, match="the decision was not saved"):
        Journal(database).append("decide", act({0: KEEP}))
    assert not list(Journal(database).entries())
