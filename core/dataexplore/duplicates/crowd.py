"""Near-copies by the thousand: their pairs are too many to list, so only those are kept that shape groups."""

import threading

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.forest import Attached, attached
from dataexplore.duplicates.pairs import Pairs, joined
from dataexplore.vectors.arrays import BoolArray, FloatMatrix


class Crowd:
    """A spanning forest that grows while threads compare rows, and tells them what they need not keep."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._forest: Pairs | None = None
        self._attached: Attached | None = None
        self._adding = threading.Lock()

    def add(self, pairs: Pairs) -> None:
        """Take in pairs; of those the forest has no use for, nothing is kept."""
        with self._adding:
            self._forest = joined([*self.pairs(), pairs]).thinned(self._rows)
            self._attached = attached(self._rows, self._forest.i, self._forest.j, self._forest.similarity)

    def pairs(self) -> list[Pairs]:
        """Return the forest, if any pairs were added."""
        return [] if self._forest is None else [self._forest]

    def sift(self, rows: slice, columns: slice, product: FloatMatrix, mask: BoolArray) -> None:
        """Clear in `mask` the pairs of a tile that are joined already by pairs at least as similar."""
        known = self._attached
        if known is not None:
            buffer: NDArray[np.float32] = np.empty_like(product)
            mask &= known.says_more(rows, columns, product, buffer)
