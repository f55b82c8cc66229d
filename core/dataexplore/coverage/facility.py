"""Facility location: rows whose nearest picked row is as similar as can be, over all rows.

The sum over rows of the similarity to the nearest picked row is submodular, so picking greedily comes near
the best subset; each step looks at a random part of the rows only (stochastic greedy, arXiv 1409.7938).
"""

import math

import numpy as np

from dataexplore.coverage.tiles import blocks, pickable, ticking
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, IntArray, Progress

_SERVED = 8192
"""Rows over which the sum goes: of more, so many are drawn."""
_MISSED = 0.05
"""The chance that a step looks at none of the rows it had better picked."""
_AT_ONCE = 256


def facility_location(
    vectors: FloatMatrix,
    size: int,
    seed: int = 0,
    among: IntArray | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> IntArray:
    """Return `size` rows in the order of picking; the same seed gives the same ones.

    `vectors` and `among` are as for k-center. Raises RuleError when fewer rows have a vector.
    """
    rows = pickable(vectors, size, among)
    rng = np.random.default_rng(seed)
    tick = ticking(size, progress, cancelled)
    served = rows if len(rows) <= _SERVED else np.sort(rng.choice(rows, _SERVED, replace=False))
    columns = np.ascontiguousarray(vectors[served].T)
    near = np.zeros(len(served), np.float32)
    looked_at = math.ceil(len(rows) / size * math.log(1 / _MISSED))
    left = rng.permutation(rows)
    count, picked = len(left), np.empty(size, np.int64)
    for step in range(size):
        places = np.sort(rng.choice(count, min(looked_at, count), replace=False))
        candidates = left[places]
        gains = np.concatenate(
            [_gains(vectors[candidates[some]] @ columns, near) for some in blocks(len(candidates), _AT_ONCE)]
        )
        best = int(gains.argmax())
        picked[step] = candidates[best]
        np.maximum(near, vectors[picked[step]] @ columns, out=near)
        count -= 1
        left[places[best]] = left[count]
        tick(step + 1)
    return picked


def _gains(similarity: FloatMatrix, near: FloatMatrix) -> FloatMatrix:
    """Return by how much each candidate (a row of `similarity`) would raise the sum."""
    np.subtract(similarity, near, out=similarity)
    np.maximum(similarity, 0, out=similarity)
    gains: FloatMatrix = similarity.sum(axis=1)
    return gains
