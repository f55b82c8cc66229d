"""What rows are made of: the shares of labels, the spread of numbers, and how far two mixes are apart."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Numbers:
    """The spread of one number per row; NaN where there is no row."""

    rows: int
    """That have the number."""
    mean: float
    low: float
    """Of ten rows, one is lower."""
    median: float
    high: float
    """Of ten rows, one is higher."""


def numbers(values: NDArray[Any]) -> Numbers:
    """Return the spread of the values that are there."""
    there = values[~np.isnan(values)].astype(np.float64)
    if not len(there):
        return Numbers(0, float("nan"), float("nan"), float("nan"), float("nan"))
    low, median, high = np.quantile(there, (0.1, 0.5, 0.9)).tolist()
    return Numbers(len(there), float(there.mean()), low, median, high)


def shares(labels: Iterable[str]) -> dict[str, float]:
    """Return the share of each label, the commonest first."""
    counts = Counter(labels)
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return {label: count / total for label, count in ordered}


def apart(mix: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the share of rows that would need another label for the mixes to be the same (0 to 1)."""
    labels = mix.keys() | other.keys()
    return sum(abs(mix.get(label, 0) - other.get(label, 0)) for label in labels) / 2
