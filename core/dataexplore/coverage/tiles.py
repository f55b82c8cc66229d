"""Similarities of many rows to some, in blocks that stay in a core's cache."""

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError

import numpy as np

from dataexplore.errors import EncoderError, RuleError
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, IntArray, Progress

_BLOCK = 4096
_OTHERS = 512


def nearest(unit: FloatMatrix, others: FloatMatrix) -> FloatMatrix:
    """Return for each row of `unit` its highest cosine with any row of `others`."""
    best = np.full(len(unit), -1, np.float32)
    for rows in blocks(len(unit)):
        for some in blocks(len(others), _OTHERS):
            np.maximum(best[rows], (unit[rows] @ others[some].T).max(axis=1), out=best[rows])
    return best


def blocks(rows: int, size: int = _BLOCK) -> Iterator[slice]:
    """Cut rows into slices."""
    return (slice(first, min(first + size, rows)) for first in range(0, rows, size))


def with_vector(vectors: FloatMatrix) -> IntArray:
    """Return the rows that have a vector; raise EncoderError where one has NaN."""
    squares = np.einsum("ij,ij->i", vectors, vectors)
    if not np.isfinite(squares).all():
        raise EncoderError("Some rows have vectors with NaN or infinity: encode them again.")
    return np.flatnonzero(squares > 0)


def pickable(vectors: FloatMatrix, size: int, among: IntArray | None) -> IntArray:
    """Return the rows (of `among`, if given) that can be picked; raise RuleError for fewer than `size`."""
    rows = with_vector(vectors)
    if among is not None:
        rows = np.intersect1d(rows, among)
    if not 1 <= size <= len(rows):
        raise RuleError(f"{size:,} rows were asked for, but {len(rows):,} with a vector are left")
    return rows


def ticking(total: int, progress: Progress | None, cancelled: Cancelled | None) -> Callable[[int], None]:
    """Return what reports steps done and ends cancelled work."""

    def tick(done: int) -> None:
        if cancelled and cancelled():
            raise CancelledError
        if progress:
            progress(done, total)

    return tick
