"""Five rows by their keys, and one key that no row has."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

ROWS = 5
KEYS = np.array([2**63 + 11, 7, 3, 99, 5], np.uint64)
STRANGER = 1234


def keys_of(rows: Iterable[int]) -> NDArray[np.uint64]:
    """Return the keys of rows; the row after the last is the stranger."""
    return np.array([KEYS[row] if row < ROWS else STRANGER for row in rows], np.uint64)


def rows_of(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the rows of keys; -1 for a stranger."""
    place = {int(key): row for row, key in enumerate(KEYS)}
    return np.array([place.get(int(key), -1) for key in keys], np.int64)
