"""The rows of a view as lines: decision, number, edited or not, score, length, prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

from dataexplore.dataset.fitting import own_schema
from dataexplore.dataset.opening import Head
from dataexplore.dataset.schema import prompt_of, response_of, turns
from dataexplore.session.state import State
from dataexplore.text import short
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, WARN, line, shown, squeezed

if TYPE_CHECKING:  # these bring Polars, which the first screen does not wait for
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.signals.signal import Signal

_LETTERS: dict[int, tuple[str, Style]] = {0: ("·", DIM), 1: ("K", KEEP), 2: ("D", DROP)}
Flags = NDArray[np.bool_]
"""Per row, whether it has a problem."""

EDITED = ("✎", ACCENT)
"""The mark of a row that is not as the file has it."""
_SCORE = 12
"""Cells of a score, and of the name above it."""
_CUT = 400
"""Characters of a prompt that are looked at for one line."""


def letter(decision: int) -> tuple[str, Style]:
    """Return the letter and the colour of a decision: never the colour alone."""
    return _LETTERS[decision]


def score_text(score: float) -> str:
    """Return a score in four cells, nothing for an unscored row."""
    if score != score:  # NaN is the one value that differs from itself
        return ""
    whole = abs(score) >= 100 or (score == int(score) and abs(score) > 10)
    return f"{score:,.0f}" if whole else f"{score:.1f}"


class ViewSource:
    """The rows of a session's view."""

    def __init__(
        self, dataset: Dataset, state: State, signal: Signal | None, marks: set[int], flagged: Flags
    ) -> None:
        self.dataset = dataset
        self.state = state
        self.signal = signal
        self.marks = marks
        self._flagged = flagged

    def __len__(self) -> int:
        return len(self.state.view.rows)

    def row(self, index: int) -> int:
        """Return the row number (from 0) of a line."""
        return int(self.state.view.rows[index])

    def heading(self) -> Text:
        """Return the line above the rows."""
        name = f"{squeezed(self.signal.name, _SCORE):>{_SCORE}}" if self.signal else ""
        return line((f"   {'row':>8} {name} {'len':>6}  prompt", DIM))

    def line(self, index: int, width: int) -> Text:
        """Return one row as a line."""
        row = self.row(index)
        mark = ("▌", ACCENT) if row in self.marks else (" ", DIM)
        flag = ("!", WARN) if self._flagged[row] else (" ", DIM)
        score = f"{score_text(float(self.signal.scores[row])):>{_SCORE}}" if self.signal else ""
        return line(
            mark,
            letter(int(self.state.decisions[row])),
            flag,
            (f"{row + 1:>8,}", DIM),
            EDITED if row in self.dataset.edits else " ",
            score,
            (f" {int(self.dataset.response_chars[row]):>6,}  ", DIM),
            shown((self.dataset.prompt(row) or self.dataset.response(row))[:_CUT]),
        )


def view_title(state: State, total: int, marked: int, width: int) -> Text:
    """Return what is in view, of how many rows and in which order; a long filter gives way."""
    view = state.view
    known = [f"{len(view.rows):,} of {total:,}"]
    if view.sort:
        known.append(f"{squeezed(view.sort, 20)} {'↓' if view.descending else '↑'}")
    if state.edited:
        known.append(f"{state.edited:,} edited")
    if marked:
        known.append(f"{marked:,} marked")
    rest = " · " + " · ".join(known)
    return line(shown(short(view.filter or "all rows", max(12, width - len(rest)))), rest)


class HeadSource:
    """The first rows of a file while the others are still read."""

    def __init__(self, head: Head) -> None:
        self._head = head

    def __len__(self) -> int:
        return len(self._head.records)

    def heading(self) -> Text:
        """Return the line above the rows."""
        return line((f"   {'row':>8}  {'len':>6}  prompt", DIM))

    def line(self, index: int, width: int) -> Text:
        """Return one row as a line; nothing is decided and nothing scored yet."""
        record = self._head.records[index]
        said = turns(record, own_schema(record, self._head.schema))
        number, length = (f" {index + 1:>8,} ", DIM), (f" {len(response_of(said)):>6,}  ", DIM)
        return line((" ·", DIM), number, length, shown((prompt_of(said) or response_of(said))[:_CUT]))
