"""Replays the journal over a dataset's rows: who decided what, and what undo brings back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.keys import Keys
from dataexplore.journal.decision import UNDECIDED, Decisions
from dataexplore.journal.journal import Entry

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class _Applied:
    entry: Entry
    rows: Rows
    decided_before: Decisions
    by_before: NDArray[np.int32]
    decided_after: Decisions


class Ledger:
    """The decisions that follow from a journal; keys that are not in the file are left alone."""

    def __init__(self, size: int, rows_of: Callable[[Keys], Rows]) -> None:
        self.decisions: Decisions = np.full(size, UNDECIDED, np.int8)
        self._by = np.zeros(size, np.int32)
        self._rows_of = rows_of
        self._entries: dict[int, Entry] = {}
        self._done: list[_Applied] = []
        self._undone: list[_Applied] = []

    def apply(self, entry: Entry) -> Rows:
        """Take in one entry and return the rows it touched."""
        if entry.kind == "decide":
            return self._decide(entry)
        if entry.kind == "undo":
            return self._undo()
        return self._redo()

    def by(self, row: int) -> Entry | None:
        """Return the entry that decided a row, if any did."""
        return self._entries.get(int(self._by[row]))

    @property
    def by_hand(self) -> NDArray[np.bool_]:
        """Rows whose decision was made by hand."""
        return self.decided_by(lambda entry: entry.act.hand)

    def decided_by(self, test: Callable[[Entry], bool]) -> NDArray[np.bool_]:
        """Rows that are decided, and by an entry that passes a test."""
        entries = [seq for seq, entry in self._entries.items() if test(entry)]
        return np.isin(self._by, entries) & (self.decisions != UNDECIDED)

    @property
    def done(self) -> list[Entry]:
        """The acts in force, oldest first."""
        return [applied.entry for applied in self._done]

    @property
    def next_undo(self) -> Entry | None:
        """The act that undo would take back."""
        return self._done[-1].entry if self._done else None

    @property
    def next_redo(self) -> Entry | None:
        """The act that redo would bring back."""
        return self._undone[-1].entry if self._undone else None

    def _decide(self, entry: Entry) -> Rows:
        rows = self._rows_of(entry.act.keys)
        here = rows >= 0
        rows, decisions = rows[here], entry.act.decisions[here]
        self._entries[entry.seq] = entry
        self._done.append(_Applied(entry, rows, self.decisions[rows], self._by[rows], decisions))
        self._undone.clear()
        self._write(rows, decisions, entry.seq)
        return rows

    def _undo(self) -> Rows:
        if not self._done:
            return np.empty(0, np.int64)
        applied = self._done.pop()
        self._undone.append(applied)
        self._write(applied.rows, applied.decided_before, applied.by_before)
        return applied.rows

    def _redo(self) -> Rows:
        if not self._undone:
            return np.empty(0, np.int64)
        applied = self._undone.pop()
        self._done.append(applied)
        self._write(applied.rows, applied.decided_after, applied.entry.seq)
        return applied.rows

    def _write(self, rows: Rows, decisions: Decisions, by: NDArray[np.int32] | int) -> None:
        changed = self.decisions.copy()  # a State handed out earlier still shows the old ones
        changed[rows] = decisions
        changed.flags.writeable = False
        self.decisions = changed
        self._by[rows] = by
