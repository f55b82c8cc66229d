"""How a signal is spread: bars at the exact values when they are few, bins when they are many."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dataexplore.signals.signal import Scores

EXACT = 24
"""Up to this many distinct values each gets its own bar."""


@dataclass(frozen=True)
class Histogram:
    """Bars over a signal; unscored rows are counted apart."""

    edges: NDArray[np.float64]
    """Exact: the value of each bar. Binned: the lower edge of each bin."""
    counts: NDArray[np.int64]
    unscored: int
    exact: bool
    _ordered: NDArray[np.float64] = field(repr=False)

    @property
    def scored(self) -> int:
        """Rows that have a score."""
        return len(self._ordered)

    def at_least(self, threshold: float) -> int:
        """Count the rows whose score is at or above a threshold."""
        return len(self._ordered) - int(np.searchsorted(self._ordered, threshold, side="left"))

    def bar_of(self, threshold: float) -> int:
        """Return the first bar that lies at or above a threshold; one past the last when none does."""
        return int(np.searchsorted(self.edges, threshold, side="left"))


def histogram(scores: Scores, bins: int = 40) -> Histogram:
    """Count a signal's scores; `bins` applies when there are more than `EXACT` distinct ones."""
    known = np.sort(scores[~np.isnan(scores)]).astype(np.float64)
    unscored = len(scores) - len(known)
    values, counts = np.unique(known, return_counts=True)
    if len(values) <= EXACT:
        return Histogram(values, counts.astype(np.int64), unscored, True, known)
    # A long tail would squeeze all rows into one bar: the last bin takes all above the 99.5th percentile.
    top = float(np.quantile(known, 0.995))
    top = top if top > values[0] else float(values[-1])
    edges = _edges(float(values[0]), top, bins, whole=bool(np.array_equal(values, np.round(values))))
    counts = np.diff(np.append(np.searchsorted(known, edges, side="left"), len(known)))
    return Histogram(edges, counts.astype(np.int64), unscored, False, known)


def _edges(bottom: float, top: float, bins: int, whole: bool) -> NDArray[np.float64]:
    """Return the lower edge of each bin; whole numbers get bins of a whole width."""
    if whole and top - bottom < 2**53:
        width = max(1, round((top - bottom) / bins))
        return np.arange(bottom, max(top, bottom + width), width, dtype=np.float64)
    share = np.arange(bins) / bins
    return np.unique(bottom * (1 - share) + top * share)  # the range itself may be beyond a float
