"""Replays the journal over a dataset's rows: who decided or edited what, and what undo brings back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.keys import Keys
from dataexplore.journal.decision import UNDECIDED, Decisions
from dataexplore.journal.journal import Entry

Rows = NDArray[np.int64]


class _Layer:
    """What one side (rules, or the person) decided on each row, and by which entry."""

    def __init__(self, size: int) -> None:
        self.decisions: Decisions = np.full(size, UNDECIDED, np.int8)
        self.by = np.zeros(size, np.int32)

    def read(self, rows: Rows) -> tuple[Decisions, NDArray[np.int32]]:
        return self.decisions[rows], self.by[rows]

    def write(self, rows: Rows, decisions: Decisions, by: NDArray[np.int32] | int) -> None:
        self.decisions[rows] = decisions
        self.by[rows] = np.where(decisions == UNDECIDED, 0, by)


@dataclass(frozen=True)
class _Applied:
    entry: Entry
    rows: Rows
    decisions: Decisions
    ruled_before: tuple[Decisions, NDArray[np.int32]]
    chosen_before: tuple[Decisions, NDArray[np.int32]]


@dataclass(frozen=True)
class _Edited:
    entry: Entry
    rows: Rows
    edits: tuple[bytes | None, ...]
    before: tuple[tuple[bytes, Entry] | None, ...]


class Ledger:
    """The decisions and edits that follow from a journal; keys that are not in the file are left alone.

    Rules and the person decide in layers of their own, so that what a rule makes of the rows, and with it a
    recipe, does not depend on when something was decided by hand. A decision by hand covers the rules' one.
    """

    def __init__(self, size: int, rows_of: Callable[[Keys], Rows]) -> None:
        self.decisions: Decisions = np.full(size, UNDECIDED, np.int8)
        self._rules, self._hand = _Layer(size), _Layer(size)
        self._rows_of = rows_of
        self._entries: dict[int, Entry] = {}
        self._done: list[_Applied | _Edited] = []
        self._undone: list[_Applied | _Edited] = []
        self._edits: dict[int, tuple[bytes, Entry]] = {}

    def apply(self, entry: Entry) -> Rows:
        """Take in one entry and return the rows it touched."""
        if entry.kind == "decide":
            return self._decide(entry)
        if entry.kind == "edit":
            return self._edit(entry)
        if entry.kind == "undo":
            return self._undo()
        return self._redo()

    def by(self, row: int) -> Entry | None:
        """Return the entry that decided a row, if any did."""
        return self._entries.get(int(self._hand.by[row] or self._rules.by[row]))

    @property
    def edits(self) -> dict[int, bytes]:
        """The bytes of each row that is not as the source has it."""
        return {row: edit for row, (edit, _) in self._edits.items()}

    def edited_by(self, row: int) -> Entry | None:
        """Return the entry that gave a row its present bytes, None when they are the source's."""
        return self._edits[row][1] if row in self._edits else None

    @property
    def by_hand(self) -> NDArray[np.bool_]:
        """Rows whose decision was made by hand."""
        mask: NDArray[np.bool_] = self._hand.decisions != UNDECIDED
        return mask

    @property
    def ruled(self) -> Decisions:
        """What the rules alone decided."""
        return self._rules.decisions.copy()

    @property
    def hand(self) -> Decisions:
        """What was decided by hand alone."""
        return self._hand.decisions.copy()

    def ruled_without(self, test: Callable[[Entry], bool]) -> Decisions | None:
        """What the rules decided before the acts that pass a test; None when another came after one."""
        ruled = self.ruled
        rules = [one for one in self._done if isinstance(one, _Applied) and _touches_rules(one)]
        while rules and test(rules[-1].entry):
            applied = rules.pop()
            ruled[applied.rows] = applied.ruled_before[0]
        return None if any(test(applied.entry) for applied in rules) else ruled

    def decided_by(self, test: Callable[[Entry], bool]) -> NDArray[np.bool_]:
        """Rows that are decided, and by an entry that passes a test."""
        by = np.where(self.by_hand, self._hand.by, self._rules.by)
        return np.isin(by, self._passing(by, test))

    def ruled_by(self, test: Callable[[Entry], bool]) -> NDArray[np.bool_]:
        """Rows on which an entry that passes a test is the last of the rules, covered by hand or not."""
        return np.isin(self._rules.by, self._passing(self._rules.by, test))

    @property
    def done(self) -> list[Entry]:
        """The acts in force that decide, oldest first."""
        return [applied.entry for applied in self._done if isinstance(applied, _Applied)]

    @property
    def next_undo(self) -> Entry | None:
        """The act that undo would take back."""
        return self._done[-1].entry if self._done else None

    @property
    def next_redo(self) -> Entry | None:
        """The act that redo would bring back."""
        return self._undone[-1].entry if self._undone else None

    def _passing(self, by: NDArray[np.int32], test: Callable[[Entry], bool]) -> list[int]:
        return [seq for seq in np.unique(by).tolist() if seq and test(self._entries[seq])]

    def _decide(self, entry: Entry) -> Rows:
        rows = self._rows_of(entry.act.keys)
        here = rows >= 0
        rows, decisions = rows[here], entry.act.decisions[here]
        self._entries[entry.seq] = entry
        applied = _Applied(entry, rows, decisions, self._rules.read(rows), self._hand.read(rows))
        self._undone.clear()
        self._do(applied)
        return rows

    def _edit(self, entry: Entry) -> Rows:
        rows = self._rows_of(entry.act.keys)
        here = np.flatnonzero(rows >= 0).tolist()
        rows, edits = rows[here], tuple(entry.act.edits[at] for at in here)
        self._undone.clear()
        self._do(_Edited(entry, rows, edits, tuple(self._edits.get(row) for row in rows.tolist())))
        return rows

    def _do(self, applied: _Applied | _Edited) -> None:
        if isinstance(applied, _Edited):
            written = [None if edit is None else (edit, applied.entry) for edit in applied.edits]
            self._write(applied.rows, written)
            self._done.append(applied)
            return
        rows, seq = applied.rows, applied.entry.seq
        if applied.entry.act.hand:
            self._hand.write(rows, applied.decisions, seq)
            cleared = rows[applied.decisions == UNDECIDED]  # whoever decided them, they are open again
            self._rules.write(cleared, np.zeros(len(cleared), np.int8), 0)
        else:
            self._rules.write(rows, applied.decisions, seq)
        self._done.append(applied)
        self._cover(rows)

    def _undo(self) -> Rows:
        if not self._done:
            return np.empty(0, np.int64)
        applied = self._done.pop()
        self._undone.append(applied)
        if isinstance(applied, _Edited):
            self._write(applied.rows, applied.before)
            return applied.rows
        self._rules.write(applied.rows, *applied.ruled_before)
        self._hand.write(applied.rows, *applied.chosen_before)
        self._cover(applied.rows)
        return applied.rows

    def _redo(self) -> Rows:
        if not self._undone:
            return np.empty(0, np.int64)
        applied = self._undone.pop()
        self._do(applied)
        return applied.rows

    def _write(self, rows: Rows, edits: Iterable[tuple[bytes, Entry] | None]) -> None:
        for row, edit in zip(rows.tolist(), edits, strict=True):
            if edit is None:
                self._edits.pop(row, None)
            else:
                self._edits[row] = edit

    def _cover(self, rows: Rows) -> None:
        changed = self.decisions.copy()  # a State handed out earlier still shows the old ones
        by_hand = self._hand.decisions[rows]
        changed[rows] = np.where(by_hand != UNDECIDED, by_hand, self._rules.decisions[rows])
        changed.flags.writeable = False
        self.decisions = changed


def _touches_rules(applied: _Applied) -> bool:
    return not applied.entry.act.hand or bool(np.any(applied.decisions == UNDECIDED))
