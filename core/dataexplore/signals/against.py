"""A signal against the length, against clusters and against another signal."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.signals.agreement import agreement
from dataexplore.signals.histogram import Histogram, histogram
from dataexplore.signals.signal import Scores

Counts = NDArray[np.int64]
_GOLDEN = 0.6180339887498949
"""Multiples of it fill a band evenly, whatever number of rows there is."""
_TAIL = 0.999
"""The longest thousandth is drawn at the edge: a single row would press all others together."""


@dataclass(frozen=True)
class Spread:
    """The rows that both signals have, as places from 0 to 1 on a plane."""

    x: NDArray[np.float64]
    """By the logarithm of the length."""
    y: NDArray[np.float64]
    """By the score; where few values are taken each has a band of the same height, filled evenly."""
    lengths: tuple[float, float]
    """What lies at the left and the right edge."""
    values: tuple[float, ...]
    """The score of each band from below; of a continuous score its lowest and its highest."""
    bands: bool
    spearman: float | None

    def counts(self, width: int, height: int) -> Counts:
        """Count the rows on a grid, the highest score first."""
        column = np.minimum((self.x * width).astype(np.int64), width - 1)
        line = height - 1 - np.minimum((self.y * height).astype(np.int64), height - 1)
        return np.bincount(line * width + column, minlength=width * height).reshape(height, width)


def against(scores: Scores, lengths: Scores) -> Spread | None:
    """Place rows by length and score; None where no row has both."""
    both = np.flatnonzero(~(np.isnan(scores) | np.isnan(lengths)))
    if not len(both):
        return None
    score, length = scores[both].astype(np.float64), lengths[both].astype(np.float64)
    shape = histogram(score)
    if shape.exact:
        within = np.arange(len(both)) * _GOLDEN % 1
        y = (np.searchsorted(shape.edges, score) + within) / len(shape.edges)
        values = tuple(shape.edges.tolist())
    else:
        values = (float(score.min()), float(score.max()))
        y = (score - values[0]) / (values[1] - values[0])
    low, high = float(length.min()), float(np.quantile(length, _TAIL))
    floor = min(low, 0.0)
    span = np.log1p(max(high, low) - floor) - np.log1p(low - floor) or 1.0
    x = np.clip((np.log1p(length - floor) - np.log1p(low - floor)) / span, 0, 1)
    found = agreement("", score, "", length).spearman
    return Spread(x, y, (low, high), values, shape.exact, found)


@dataclass(frozen=True)
class Mean:
    """A cluster's mean score."""

    cluster: int
    rows: int
    """Scored ones."""
    mean: float


def by_cluster(scores: Scores, labels: NDArray[np.integer]) -> list[Mean]:
    """Return each cluster's mean score, the lowest first; -1 is no cluster."""
    known = np.flatnonzero(~np.isnan(scores) & (labels >= 0))
    label = labels[known].astype(np.int64)
    rows = np.bincount(label)
    total = np.bincount(label, scores[known].astype(np.float64), minlength=len(rows))
    there = np.flatnonzero(rows)
    means = total[there] / rows[there]
    order = np.argsort(means, kind="stable")
    return [Mean(int(there[one]), int(rows[there[one]]), float(means[one])) for one in order.tolist()]


@dataclass(frozen=True)
class Joint:
    """How often two judges gave each pair of scores."""

    first: Histogram
    second: Histogram
    counts: Counts
    """First judge's bars by the second's."""


def joint(first: Scores, second: Scores, bars: int = 10) -> Joint:
    """Count pairs of scores over the rows that both judges scored; many values are put into bins."""
    both = ~(np.isnan(first) | np.isnan(second))
    a, b = first[both].astype(np.float64), second[both].astype(np.float64)
    of_a, of_b = _bars(a, bars), _bars(b, bars)
    places = of_a[1](a) * len(of_b[0].edges) + of_b[1](b)
    size = (len(of_a[0].edges), len(of_b[0].edges))
    counts = np.bincount(places, minlength=size[0] * size[1]).reshape(size)
    return Joint(of_a[0], of_b[0], counts)


def _bars(
    scores: NDArray[np.float64], bars: int
) -> tuple[Histogram, Callable[[NDArray[np.float64]], Counts]]:
    shape = histogram(scores, bars)
    return shape, lambda values: np.searchsorted(shape.edges, values, side="right") - 1
