"""Rows in a given order, but for those that are too near to an earlier one (DEITA, arXiv 2312.15685)."""

import numpy as np

from dataexplore.coverage.tiles import nearest, ticking
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, IntArray, Progress

_AT_ONCE = 1024


def spread(
    vectors: FloatMatrix,
    order: IntArray,
    size: int,
    most_alike: float,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> IntArray:
    """Return up to `size` rows of `order`, each with a cosine below `most_alike` to all taken before it.

    A row without a vector is like no other.
    """
    tick = ticking(size, progress, cancelled)
    taken: list[int] = []
    for first in range(0, len(order), _AT_ONCE):
        some = order[first : first + _AT_ONCE]
        unit = vectors[some]
        far = nearest(unit, vectors[taken]) < most_alike if taken else np.ones(len(some), bool)
        alike = unit @ unit.T >= most_alike
        for place, row in enumerate(some.tolist()):
            if far[place]:
                far[place + 1 :] &= ~alike[place, place + 1 :]
                taken.append(row)
                if len(taken) == size:
                    break
        tick(len(taken))
        if len(taken) == size:
            break
    return np.array(taken, np.int64)
