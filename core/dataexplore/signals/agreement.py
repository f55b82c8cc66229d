"""How far two signals say the same of the rows that both have scored."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from dataexplore.signals.consensus import scale_of
from dataexplore.signals.signal import Scores, Signal


@dataclass(frozen=True)
class Agreement:
    """Two signals over the rows that both have scored; None is what those rows cannot tell."""

    first: str
    second: str
    rows: int
    exact: float | None
    """Share of the rows with the same score."""
    kappa: float | None
    """Cohen's kappa with quadratic weights: 1 for the same scores, 0 for chance (Cohen 1968).

    It takes both to be on one scale.
    """
    spearman: float | None
    """Correlation of the ranks: 1 where both order the rows alike, on whatever scale."""
    one_scale: bool = True
    """Whether both seem to be on one scale (`scale_of`); where not, exact and kappa say little."""


def agreements(signals: Iterable[Signal]) -> list[Agreement]:
    """Compare each pair of signals, in the order in which they are given."""
    return [
        agreement(first.name, first.scores, second.name, second.scores)
        for first, second in combinations(signals, 2)
    ]


def agreement(first: str, a: Scores, second: str, b: Scores) -> Agreement:
    """Compare two signals' scores."""
    both = ~(np.isnan(a) | np.isnan(b))
    x, y = a[both].astype(np.float64), b[both].astype(np.float64)
    if not len(x):
        return Agreement(first, second, 0, None, None, None)
    return Agreement(
        first,
        second,
        len(x),
        float(np.mean(x == y)),
        _kappa(x, y),
        _correlation(_ranks(x), _ranks(y)),
        scale_of(x) == scale_of(y),
    )


def _kappa(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    """Compare the squared differences with those of the same scores handed out at random."""
    by_chance = x.var() + y.var() + (x.mean() - y.mean()) ** 2
    return float(1 - np.mean((x - y) ** 2) / by_chance) if by_chance > 0 else None


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    x, y = x - x.mean(), y - y.mean()
    size = np.sqrt((x @ x) * (y @ y))
    return float(np.clip(x @ y / size, -1, 1)) if size > 0 else None


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 0; equal values share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    middle: NDArray[np.float64] = (last - (count + 1) / 2)[place]
    return middle
