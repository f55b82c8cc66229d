"""How well a subset covers all rows, as numbers that can be put beside those of a random subset."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.coverage.tiles import nearest, with_vector
from dataexplore.errors import RuleError
from dataexplore.vectors.arrays import FloatMatrix, IntArray


@dataclass(frozen=True)
class Coverage:
    """Distances are 1 - cosine, over all rows that have a vector."""

    rows: int
    """Of the subset, those without a vector included."""
    radius: float
    """Of the row that is farthest from the subset: the max-min distance of k-center."""
    mean: float
    """Mean distance of a row to the nearest one of the subset."""
    touched: float
    """Share of the clusters that have a row in the subset."""
    repeated: int
    """Rows of the subset that repeat another of its rows."""


def coverage(
    vectors: FloatMatrix,
    subset: IntArray,
    cluster: NDArray[np.int32] | None = None,
    group: IntArray | None = None,
) -> Coverage:
    """Measure a subset; `cluster` and `group` are numbers per row, -1 for none.

    Raises RuleError when no row of the subset has a vector.
    """
    rows = with_vector(vectors)
    inside = np.intersect1d(subset, rows)
    if not len(inside):
        raise RuleError("no row of the subset has a vector, so there is no distance to it")
    distance = 1 - np.minimum(nearest(vectors[rows], vectors[inside]), 1)
    return tallied(float(distance.max()), float(distance.mean()), subset, cluster, group)


def tallied(
    radius: float,
    mean: float,
    subset: IntArray,
    cluster: NDArray[np.int32] | None = None,
    group: IntArray | None = None,
) -> Coverage:
    """Put distances that are known together with what is counted in the subset."""
    return Coverage(
        len(subset),
        radius,
        mean,
        1.0 if cluster is None else _share(cluster, subset),
        0 if group is None else _repeated(group[subset]),
    )


def _share(cluster: NDArray[np.int32], subset: IntArray) -> float:
    there = np.unique(cluster[cluster >= 0])
    here = np.unique(cluster[subset][cluster[subset] >= 0])
    return len(here) / len(there) if len(there) else 1.0


def _repeated(groups: IntArray) -> int:
    grouped = groups[groups >= 0]
    return len(grouped) - len(np.unique(grouped))
