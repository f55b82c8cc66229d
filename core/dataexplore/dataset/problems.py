"""What is odd about rows, by the name of the problem; the rows themselves are never changed."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Problems = dict[str, NDArray[np.int64]]
"""Row numbers (from 0) by the name of the problem."""


def merge(parts: Iterable[Problems]) -> Problems:
    """Join the findings of several chunks; a row is in each problem once."""
    joined: dict[str, list[NDArray[np.int64]]] = {}
    for part in parts:
        for name, rows in part.items():
            if len(rows):
                joined.setdefault(name, []).append(rows)
    return {name: np.unique(np.concatenate(rows)) for name, rows in joined.items()}
