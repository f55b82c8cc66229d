"""How much two subsets have in common, against what chance would give."""

import math
from dataclasses import dataclass

import numpy as np

from dataexplore.journal.ledger import Rows


@dataclass(frozen=True)
class Overlap:
    """Two subsets of the same rows."""

    left: int
    right: int
    both: int
    """Rows that are in both."""
    total: int
    """Rows that there are to choose from."""

    @property
    def either(self) -> int:
        """Rows that are in one or both."""
        return self.left + self.right - self.both

    @property
    def expected(self) -> float:
        """Rows in both, on average, if one of the two were drawn at random."""
        return self.left * self.right / self.total if self.total else 0.0

    @property
    def spread(self) -> float:
        """Standard deviation of that: of the hypergeometric distribution."""
        if self.total < 2:
            return 0.0
        rest = (self.total - self.left) * (self.total - self.right)
        return math.sqrt(self.expected * rest / (self.total * (self.total - 1)))

    @property
    def ratio(self) -> float:
        """Times as many as chance gives; NaN where that gives none."""
        return self.both / self.expected if self.expected else math.nan


def overlap(left: Rows, right: Rows, total: int) -> Overlap:
    """Compare two subsets of `total` rows; a row that is named twice counts once."""
    left, right = np.unique(left), np.unique(right)
    return Overlap(len(left), len(right), len(np.intersect1d(left, right)), total)
