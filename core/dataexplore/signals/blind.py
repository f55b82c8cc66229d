"""Scoring by hand without seeing a judge's scores: which rows, on which scale, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from dataexplore.signals.agreement import Agreement, agreement
from dataexplore.signals.histogram import EXACT
from dataexplore.signals.signal import Scores, Signal

Rows = NDArray[np.int64]
_STRATA = 10
"""Bins of equal width over the range of a judge with many different scores."""


@dataclass(frozen=True)
class Scale:
    """The scores that a person may give."""

    lowest: float
    highest: float
    step: float = 1.0
    """Scores between two steps are none; 0 allows every number."""

    def problem(self, score: float) -> str:
        """Say why a score is not on the scale; "" when it is."""
        if not self.lowest <= score <= self.highest:
            return f"{score:g} is not between {self.lowest:g} and {self.highest:g}"
        if self.step and (score - self.lowest) % self.step:
            return f"{score:g} lies between two steps: the scale goes by {self.step:g}"
        return ""

    @property
    def one_key(self) -> bool:
        """Whether each score is one digit, 10 being the key 0 where there is no 0."""
        ten = self.highest == 10 and self.lowest >= 1
        return self.step == 1 and self.lowest >= 0 and (self.highest <= 9 or ten)

    @property
    def title(self) -> str:
        """The scale in a few words."""
        steps = {1.0: "", 0.0: ", any number"}.get(self.step, f" in steps of {self.step:g}")
        return f"{self.lowest:g} to {self.highest:g}{steps}"


def scale_seen(scores: Scores) -> Scale:
    """Return the scale that a judge's scores seem to be on: whole numbers, halves, or any number."""
    known = scores[~np.isnan(scores)].astype(np.float64)
    if not len(known):
        return Scale(0, 10)
    step = next((one for one in (1.0, 0.5) if not (known % one).any()), 0.0)
    return Scale(float(floor(known.min())), float(ceil(known.max())), step)


def sample(scores: Scores, size: int, seed: int = 0) -> Rows:
    """Draw scored rows evenly over the range of the scores, in an order that says nothing of them.

    Each value has the same chance, each tenth of the range where there are many values: judges crowd
    most rows into two or three of them, and agreement is told from all.
    """
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(~np.isnan(scores)))
    values = scores[rows].astype(np.float64)
    found = np.unique(values)
    if len(found) > EXACT:
        edges = np.linspace(found[0], found[-1], _STRATA + 1)[1:-1]
        stratum = np.searchsorted(edges, values, side="right")
    else:
        stratum = np.searchsorted(found, values)
    turn = np.zeros(len(rows), np.int64)
    for one in np.unique(stratum).tolist():
        here = stratum == one
        turn[here] = np.arange(np.count_nonzero(here))
    chosen = np.argsort(turn, kind="stable")[:size]
    drawn: Rows = np.random.default_rng([seed, 1]).permutation(rows[chosen])
    return drawn


@dataclass
class Sheet:
    """The rows to score, the scores so far, and where the person is."""

    rows: Sequence[int]
    scores: dict[int, float]
    """By row; also of rows that an earlier sample had."""
    at: int = 0

    def __post_init__(self) -> None:
        self._done: list[tuple[int, int, float | None]] = []
        self.at = self._next(-1)

    @property
    def row(self) -> int | None:
        """The row on screen; None when all have been looked at."""
        return self.rows[self.at] if self.at < len(self.rows) else None

    @property
    def scored(self) -> int:
        """Rows of the sample with a score."""
        return sum(row in self.scores for row in self.rows)

    def give(self, score: float) -> None:
        """Score the row on screen and go on to the next one without a score."""
        row = self.rows[self.at]
        self._done.append((self.at, row, self.scores.get(row)))
        self.scores[row] = score
        self.at = self._next(self.at)

    def skip(self) -> None:
        """Leave the row on screen without a score for now."""
        self.at = min(self.at + 1, len(self.rows))

    def back(self) -> None:
        """Go back to the row before."""
        self.at = max(0, self.at - 1)

    def undo(self) -> bool:
        """Take the last score back and show its row; False when none was given."""
        if not self._done:
            return False
        self.at, row, before = self._done.pop()
        if before is None:
            del self.scores[row]
        else:
            self.scores[row] = before
        return True

    def again(self) -> bool:
        """Go to the first row without a score, such as a skipped one; False when there is none."""
        self.at = self._next(-1)
        return self.row is not None

    def _next(self, after: int) -> int:
        places = range(after + 1, len(self.rows))
        return next((at for at in places if self.rows[at] not in self.scores), len(self.rows))


@dataclass(frozen=True)
class Compared:
    """A judge beside the person, over the rows that both scored."""

    agreement: Agreement
    mean_difference: float | None
    """The judge's score less the person's, in the mean; None where no row has both."""


def compared(by_hand: Signal, judges: Sequence[Signal]) -> list[Compared]:
    """Compare each judge with the person, the one that orders rows most alike first."""
    found = []
    for judge in judges:
        both = ~(np.isnan(judge.scores) | np.isnan(by_hand.scores))
        apart = judge.scores[both] - by_hand.scores[both]
        alike = agreement(by_hand.name, by_hand.scores, judge.name, judge.scores)
        found.append(Compared(alike, float(apart.mean()) if len(apart) else None))
    return sorted(found, key=lambda one: 2.0 if (rank := one.agreement.spearman) is None else -rank)


def furthest(by_hand: Scores, judge: Scores) -> Rows:
    """Return the rows that both scored, those furthest apart first."""
    rows = np.flatnonzero(~(np.isnan(judge) | np.isnan(by_hand)))
    order = np.argsort(-np.abs(judge[rows] - by_hand[rows]), kind="stable")
    return rows[order]


def as_signal(scores: Mapping[int, float], rows: int) -> NDArray[np.float64]:
    """Return scores by row as a column."""
    column = np.full(rows, np.nan)
    column[list(scores)] = list(scores.values())
    return column
