"""How many groups and rows a threshold leaves, for every threshold at once, and the other way round."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.edges import Edges
from dataexplore.duplicates.forest import spanning_forest
from dataexplore.errors import RuleError

STEP = 1e-4
"""Thresholds are numbers of four decimals."""


@dataclass(frozen=True)
class Left:
    """What a threshold makes of the rows."""

    threshold: float
    groups: int
    duplicates: int
    """Rows beyond one per group."""
    rows_left: int


@dataclass(frozen=True)
class Curve:
    """The similarities at which rows join, sorted: any threshold is then a look-up.

    In a maximum spanning forest every edge at or above a threshold takes one row away (single linkage).
    """

    rows: int
    floor: float
    joins: NDArray[np.float32]
    """The forest's edges, weakest first."""
    touched: NDArray[np.float32]
    """Per row with an edge its strongest, weakest first."""

    def at(self, threshold: float) -> Left:
        """Return the counts at a threshold; raise RuleError below the floor."""
        return self.over([threshold])[0]

    def over(self, thresholds: Sequence[float]) -> list[Left]:
        """Return the counts at each of some thresholds."""
        for threshold in thresholds:
            check_threshold(threshold, self.floor)
        at = np.asarray(thresholds, np.float32)
        joins = len(self.joins) - np.searchsorted(self.joins, at)
        touched = len(self.touched) - np.searchsorted(self.touched, at)
        return [
            Left(threshold, one - join, join, self.rows - join)
            for threshold, join, one in zip(thresholds, joins.tolist(), touched.tolist(), strict=True)
        ]

    def leaving(self, rows: int) -> Left:
        """Return the lowest threshold that leaves at least `rows`, and what it leaves.

        Raises RuleError when even 1 leaves fewer, or when the floor leaves more already.
        """
        fewest, most = self.at(max(self.floor, STEP)).rows_left, self.at(1).rows_left
        if not fewest <= rows <= most:
            message = (
                f"No threshold from {self.floor:g} to 1 leaves {rows:,} rows: choose {fewest:,} to {most:,}"
                + ("." if rows > most else ", or look for pairs further down.")
            )
            raise RuleError(message)
        weakest = len(self.joins) - (self.rows - rows)  # this many edges must not count
        if weakest <= 0:
            return self.at(max(self.floor, STEP))
        below = float(self.joins[weakest - 1])
        threshold = min(math.ceil(below / STEP) * STEP, 1.0)
        while np.float32(round(threshold, 4)) <= np.float32(below):
            threshold += STEP
        return self.at(min(round(threshold, 4), 1.0))


def curve(edges: Edges) -> Curve:
    """Return the counts that `group` would give at any threshold."""
    kept = spanning_forest(edges.rows, edges.i, edges.j, edges.similarity)
    similarity = edges.similarity[kept]
    best = np.full(edges.rows, -1, np.float32)
    np.maximum.at(best, edges.i[kept], similarity)
    np.maximum.at(best, edges.j[kept], similarity)
    return Curve(edges.rows, edges.floor, np.sort(similarity), np.sort(best[best >= 0]))


def check_threshold(threshold: float, floor: float) -> None:
    """Raise RuleError for a threshold at which pairs were not compared."""
    # a floor that went through float32 must still admit itself
    if not floor - 1e-9 <= threshold <= 1:
        raise RuleError(f"A threshold of {threshold:g} is outside {floor:g} to 1, where pairs were compared.")
