"""What lies at or above any threshold of a signal, counted beforehand: a moved line then only looks it up."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.signals.signal import Scores

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Weight:
    """What a threshold leaves, other rules aside."""

    kept: int
    tokens: int
    """Estimated tokens of the rows kept."""
    ties: int
    """Rows that have exactly this score."""
    flagged: Mapping[str, tuple[int, int]]
    """For each check, the rows it flags that are kept, and all that it flags."""


class Weights:
    """A signal's scored rows from the lowest score to the highest."""

    def __init__(self, scores: Scores, tokens: NDArray[np.integer], flagged: Mapping[str, Rows]) -> None:
        known = np.flatnonzero(~np.isnan(scores))
        order = np.argsort(scores[known], kind="stable")
        self.rows: Rows = known[order]
        self._scores = scores[self.rows]
        below = np.cumsum(tokens[self.rows], dtype=np.int64)
        self._below = np.concatenate([np.zeros(1, np.int64), below])
        self._flagged = {name: (np.sort(_known(scores[rows])), len(rows)) for name, rows in flagged.items()}

    @property
    def scored(self) -> int:
        """Rows that have a score."""
        return len(self.rows)

    def first(self, threshold: float) -> int:
        """Return the place, from the lowest score, of the first row that a threshold keeps."""
        return int(np.searchsorted(self._scores, threshold, side="left"))

    def at(self, threshold: float) -> Weight:
        """Return what a threshold leaves."""
        first = self.first(threshold)
        above = int(np.searchsorted(self._scores, threshold, side="right"))
        flagged = {
            name: (len(found) - int(np.searchsorted(found, threshold, side="left")), count)
            for name, (found, count) in self._flagged.items()
        }
        return Weight(self.scored - first, int(self._below[-1] - self._below[first]), above - first, flagged)


def _known(scores: Scores) -> Scores:
    known: Scores = scores[~np.isnan(scores)]
    return known
