"""How long things are: what to expect, and what is far from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PERCENTS = (5, 50, 95, 99)


@dataclass(frozen=True)
class Spread:
    """Some lengths at a glance; every figure but the mean is a length that a row has."""

    least: int = 0
    p5: int = 0
    median: int = 0
    mean: float = 0.0
    p95: int = 0
    p99: int = 0
    most: int = 0
    total: int = 0


def spread(lengths: NDArray[np.int64]) -> Spread:
    """Return the spread of some lengths; all zero when there are none."""
    if not len(lengths):
        return Spread()
    p5, median, p95, p99 = np.percentile(lengths, _PERCENTS, method="inverted_cdf").tolist()
    total = int(lengths.sum())
    return Spread(
        int(lengths.min()),
        int(p5),
        int(median),
        total / len(lengths),
        int(p95),
        int(p99),
        int(lengths.max()),
        total,
    )
