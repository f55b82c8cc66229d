"""Semantic duplicates within clusters."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataexplore.coverage.tiles import blocks, nearest, with_vector
from dataexplore.errors import RuleError
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Step, nothing
from dataexplore.vectors.arrays import BoolArray, FloatMatrix

_AT_ONCE = 1024


@dataclass(frozen=True)
class SemDeDup(Step):
    """Drop rows that are too like one of their cluster which is farther from its centre (arXiv 2303.09540).

    A row is compared with all before it, dropped or not, so of a chain the first alone stays.
    """

    kind: ClassVar[str] = "semdedup"
    since: ClassVar[int] = 3
    threshold: float
    """The cosine from which rows are alike: 1 - epsilon of the paper."""
    k: int | None = None
    """Clusters; without it as many as suit the number of rows."""
    seed: int = 0

    @property
    def title(self) -> str:
        """Threshold and clusters."""
        among = "cluster" if self.k is None else f"of {self.k:,} clusters"
        return f"alike >= {self.threshold:g} within each {among}, farthest from the centre stays"

    @property
    def slot(self) -> str:
        """One way to thin out semantic duplicates at a time."""
        return "semdedup"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Drop within each cluster; rows without a vector are like no other."""
        if not 0 < self.threshold <= 1:
            raise RuleError(f"a similarity threshold lies between 0 and 1; {self.threshold:g} does not")
        vectors, clusters = known.vectors(), known.clusters(self.k, self.seed)
        rows = with_vector(vectors)
        rows = rows[alive[rows]]
        order = rows[np.lexsort((rows, -clusters.distances[rows], clusters.labels[rows]))]
        ends = np.flatnonzero(np.diff(clusters.labels[order], append=-2)) + 1
        drop = nothing(alive)
        for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
            members = order[start:end]
            drop[members] = _repeat(vectors[members], self.threshold)
        return Outcome(nothing(alive), drop)


def _repeat(unit: FloatMatrix, threshold: float) -> BoolArray:
    """Return which rows are as like as `threshold` to an earlier one."""
    least = np.float32(threshold) - np.float32(1e-6)  # a product of unit vectors is off by so much
    found = np.zeros(len(unit), bool)
    for some in blocks(len(unit), _AT_ONCE):
        here = unit[some]
        alike = np.tril(here @ here.T >= least, -1).any(axis=1)
        if some.start:
            alike |= nearest(here, unit[: some.start]) >= least
        found[some] = alike
    return found
