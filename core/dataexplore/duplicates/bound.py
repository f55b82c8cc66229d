"""All pairs of unit vectors above a cosine, exactly, at a fraction of the cost of the full product.

After a rotation by the eigenvectors of XᵀX most of each vector lies in its first coordinates. For the rest,
x·y <= |x||y| (Cauchy-Schwarz): leading coordinates plus the length of the rest bound the cosine from above,
and only pairs whose bound reaches the floor need the full product.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.crowd import Crowd
from dataexplore.duplicates.pairs import SLACK, Pairs, at_least, decided, joined
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, Progress
from dataexplore.vectors.blas import processors, single_threaded_products

# A tile's operands and product (512 x 1,024 floats = 2 MiB) stay in a core's cache.
TILE_ROWS = 512
TILE_COLUMNS = 1024
# Above this share of candidates in a tile one full product is cheaper than one product per pair.
DENSE = 0.02
PAIRS_AT_ONCE = 8192
# 240 MB. Thousands of near-identical rows make more: then only a spanning forest of them is kept.
MOST_PAIRS = 20_000_000
# Rows of a strip that have so many neighbours each, on average, lie in a crowd of near-copies.
CROWD = 2000


def bounded_pairs(
    unit: FloatMatrix, floor: float, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Pairs:
    """Return all pairs of `unit` rows (length 1) with cosine >= `floor`."""
    rows = len(unit)
    if rows < 2:
        return joined([])
    search = _Search(unit, floor)
    found: list[Pairs] = []
    with single_threaded_products(), ThreadPoolExecutor(min(processors(), 16)) as pool:
        try:
            for done, pairs in enumerate(pool.map(search.strip, range(0, rows, TILE_ROWS)), 1):
                found.append(pairs)
                if sum(map(len, found)) > MOST_PAIRS:
                    search.crowd.add(joined(found))
                    found = []
                if cancelled and cancelled():
                    raise CancelledError
                if progress:
                    progress(min(done * TILE_ROWS, rows), rows)
        finally:
            search.stopped = True
    return joined([*found, *search.crowd.pairs()])


class _Search:
    """The rotated rows and what the threads share."""

    def __init__(self, unit: FloatMatrix, floor: float) -> None:
        self.unit = unit
        self.floor = floor
        self.stopped = False
        self.crowd = Crowd(len(unit))
        rows, dimensions = unit.shape
        kept = min(leading(floor), dimensions)
        # eigh sorts ascending, so the last columns carry most of the length
        _, rotation = np.linalg.eigh(unit.T @ unit)
        self.bound = np.empty((rows, kept + 1), np.float32)
        np.matmul(unit, rotation[:, ::-1][:, :kept], out=self.bound[:, :kept])
        explained = np.einsum("ij,ij->i", self.bound[:, :kept], self.bound[:, :kept])
        self.bound[:, kept] = np.sqrt(np.maximum(1 - explained, 0) + SLACK)
        self.columns = np.ascontiguousarray(self.bound.T)
        self.local = threading.local()

    def strip(self, start: int) -> Pairs:
        """Compare the rows from `start`, one tile high, with all rows after them."""
        stop = min(start + TILE_ROWS, len(self.unit))
        found: list[Pairs] = []
        for left in range(start, len(self.unit), TILE_COLUMNS):
            if self.stopped:
                break
            found.extend(self._tile(start, stop, left))
            if sum(map(len, found)) > CROWD * (stop - start):
                self._crowded(start, stop)
                return joined([])
        return joined(found)

    def _crowded(self, start: int, stop: int) -> None:
        """Compare a few rows first and then twice as many: what they join need not be listed again."""
        height = 1
        while start < stop:
            below = min(start + height, stop)
            lefts = range(start, len(self.unit), TILE_COLUMNS)
            self.crowd.add(joined([pairs for left in lefts for pairs in self._tile(start, below, left)]))
            if self.stopped:
                break
            start, height = below, 2 * height

    def _tile(self, start: int, stop: int, left: int) -> Iterator[Pairs]:
        right = min(left + TILE_COLUMNS, len(self.unit))
        product, mask = self._buffers(stop - start, right - left)
        np.matmul(self.bound[start:stop], self.columns[:, left:right], out=product)
        np.greater_equal(product, self.floor - SLACK, out=mask)
        count = np.count_nonzero(mask)
        if count == 0:
            return
        dense = count > DENSE * mask.size
        if dense:
            np.matmul(self.unit[start:stop], self.unit[left:right].T, out=product)
            np.greater_equal(product, self.floor - SLACK, out=mask)
            self.crowd.sift(slice(start, stop), slice(left, right), product, mask)
        flat = np.flatnonzero(mask)
        i, j = np.divmod(flat, right - left)
        upper = i + start < j + left
        i, j, cosine = i[upper] + start, j[upper] + left, product.ravel()[flat[upper]]
        if dense:
            yield decided(self.unit, self.floor, i, j, cosine)
            return
        for first in range(0, len(i), PAIRS_AT_ONCE):
            some = slice(first, first + PAIRS_AT_ONCE)
            yield at_least(self.unit, self.floor, i[some], j[some])

    def _buffers(self, height: int, width: int) -> tuple[FloatMatrix, NDArray[np.bool_]]:
        """Return this thread's product and mask, cut to a tile."""
        if not hasattr(self.local, "product"):
            self.local.product = np.empty(TILE_ROWS * TILE_COLUMNS, np.float32)
            self.local.mask = np.empty(TILE_ROWS * TILE_COLUMNS, np.bool_)
        size = height * width
        return self.local.product[:size].reshape(height, width), self.local.mask[:size].reshape(height, width)


def leading(floor: float) -> int:
    """Return how many leading coordinates pay: a lower floor lets more pairs through a loose bound."""
    return 48 if floor >= 0.88 else 64 if floor >= 0.83 else 96 if floor >= 0.75 else 128
