"""k-center greedy: again and again the row that is farthest from all picked ones (Gonzalez 1985).

A row's distance to the picked ones only ever shrinks, so what was computed some picks ago is a bound. Only
the rows that are farthest by that bound are kept exact, until one of the others might be farther; then all
rows are compared with the new picks in one product instead of one each.
"""

import numpy as np

from dataexplore.coverage.tiles import nearest, pickable, ticking
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, IntArray, Progress

_WATCHED = 2048
"""Rows that are kept exact: 2 MB of vectors, which stay in a core's cache."""


def k_center(
    vectors: FloatMatrix,
    size: int,
    seed: int = 0,
    among: IntArray | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> IntArray:
    """Return `size` rows in the order of picking, the first drawn with `seed`; equal ones in row order.

    `vectors` are of length 1, or 0 where a row has none; `among` are the rows that are covered and picked
    from. Raises RuleError when there are fewer rows with a vector.
    """
    rows = pickable(vectors, size, among)
    unit = np.ascontiguousarray(vectors if len(rows) == len(vectors) else vectors[rows], np.float32)
    tick = ticking(size, progress, cancelled)
    picked = [int(np.random.default_rng(seed).integers(len(rows)))]
    near = nearest(unit, unit[picked])
    near[picked] = 2  # a picked row is not picked again, whatever its copies are
    while len(picked) < size:
        fresh = _next(unit, near, size - len(picked))
        picked += fresh
        np.maximum(near, nearest(unit, unit[fresh]), out=near)
        near[fresh] = 2
        tick(len(picked))
    return rows[picked]


def _next(unit: FloatMatrix, near: FloatMatrix, most: int) -> list[int]:
    """Pick as long as no row that is not watched may be farther than the watched ones."""
    watched = np.sort(np.argpartition(near, min(_WATCHED, len(near) - 1))[:_WATCHED])
    others = np.ones(len(near), bool)
    others[watched] = False
    bound = near[others].min(initial=3)
    vectors, exact = unit[watched], near[watched]
    fresh = [int(near.argmin())]
    while True:
        np.maximum(exact, vectors @ unit[fresh[-1]], out=exact)
        exact[watched == fresh[-1]] = 2
        farthest = int(exact.argmin())
        if len(fresh) == most or exact[farthest] >= min(bound, 2):
            return fresh
        fresh.append(int(watched[farthest]))
