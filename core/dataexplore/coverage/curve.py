"""How coverage grows with size, when rows are taken in some order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataexplore.coverage.tiles import nearest, ticking, with_vector
from dataexplore.errors import RuleError
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, IntArray, Progress

_POINTS = 6
_FEWEST = 8


@dataclass(frozen=True)
class Point:
    """Distances of all rows to the first rows of an order: 1 - cosine."""

    size: int
    radius: float
    """Of the row that is farthest from them."""
    mean: float


def sizes_up_to(size: int, points: int = _POINTS) -> list[int]:
    """Return sizes that double, the last of them `size`."""
    halved = [size >> step for step in range(points)]
    return sorted({one for one in halved if one >= min(_FEWEST, size)})


def curve(
    vectors: FloatMatrix,
    order: IntArray,
    sizes: Sequence[int],
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> list[Point]:
    """Return the coverage of the first rows of `order`, at each of the ascending `sizes`.

    Raises RuleError when none of the first rows has a vector.
    """
    rows = with_vector(vectors)
    unit = vectors if len(rows) == len(vectors) else vectors[rows]
    near = np.full(len(rows), -1, np.float32)
    inside = np.zeros(len(vectors), bool)
    inside[rows] = True
    tick = ticking(sizes[-1] if sizes else 0, progress, cancelled)
    points, before = [], 0
    for size in sizes:
        some = order[before:size]
        some = some[inside[some]]
        if len(some):
            np.maximum(near, nearest(unit, vectors[some]), out=near)
        if near.max(initial=-1) == -1:
            raise RuleError("no row of the subset has a vector, so there is no distance to it")
        distance = 1 - np.minimum(near, 1)
        points.append(Point(size, float(distance.max()), float(distance.mean())))
        before = size
        tick(size)
    return points
