"""The nearest rows of each row, exactly, by products of tiles that stay in a core's cache."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dataexplore.coverage.tiles import blocks, ticking
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, Progress
from dataexplore.vectors.blas import processors, single_threaded_products

_HEIGHT = 512
_WIDTH = 2048


class Nearest(NamedTuple):
    """The nearest other rows of each row, the nearest first; the rows are those that were given."""

    places: NDArray[np.int64]
    """Rows by k."""
    cosines: FloatMatrix
    """Rows by k."""


def nearest_rows(
    unit: FloatMatrix, k: int, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Nearest:
    """Return the `k` nearest other rows of each row of `unit` (length 1), fewer where there are fewer rows.

    Of equally near rows the earlier one stands first.
    """
    rows = len(unit)
    k = min(k, max(rows - 1, 0))
    places, cosines = np.empty((rows, k), np.int64), np.empty((rows, k), np.float32)
    if not k:
        return Nearest(places, cosines)
    columns = np.ascontiguousarray(unit.T)
    tick = ticking(rows, progress, cancelled)

    def look(some: slice) -> None:
        places[some], cosines[some] = _nearest_of(unit, columns, some, k)

    with single_threaded_products(), ThreadPoolExecutor(min(processors(), 16)) as pool:
        strips = list(blocks(rows, _HEIGHT))
        try:
            for strip, _ in zip(strips, pool.map(look, strips), strict=True):
                tick(strip.stop)
        finally:
            pool.shutdown(cancel_futures=True)
    return Nearest(places, cosines)


def _nearest_of(unit: FloatMatrix, columns: FloatMatrix, some: slice, k: int) -> Nearest:
    """Compare some rows with all: of a tile only what is nearer than the k nearest so far counts."""
    height = some.stop - some.start
    best = np.full((height, k), -2, np.float32)
    places = np.full((height, k), -1, np.int64)
    floor = np.full(height, -2, np.float32)
    own = np.arange(some.start, some.stop)
    for tile in blocks(len(unit), _WIDTH):
        products = unit[some] @ columns[:, tile]
        inside = np.flatnonzero((own >= tile.start) & (own < tile.stop))
        products[inside, own[inside] - tile.start] = -2
        if not tile.start and k < products.shape[1]:  # sorting a whole tile would take most of the time
            floor = np.nextafter(np.partition(products, -k, axis=1)[:, -k], np.float32(-2))
        row, column = np.divmod(np.flatnonzero(products > floor[:, None]), products.shape[1])
        if not len(row):
            continue
        touched, line = np.unique(row, return_inverse=True)
        kept = np.arange(len(touched)).repeat(k)
        lines = np.concatenate((kept, line))
        values = np.concatenate((best[touched].ravel(), products[row, column]))
        found = np.concatenate((places[touched].ravel(), column + tile.start))
        order = np.lexsort((found, -values, lines))
        starts = np.searchsorted(lines[order], np.arange(len(touched)))
        first = order[starts[:, None] + np.arange(k)]
        best[touched], places[touched] = values[first], found[first]
        floor = np.maximum(floor, best[:, -1])
    return Nearest(places, best)
