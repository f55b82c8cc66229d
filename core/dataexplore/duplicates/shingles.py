"""Texts as sets of character 5-grams: for any script, and all rows in one array."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dataexplore.vectors.arrays import IntArray, KeyArray
from dataexplore.vectors.blas import processors

LENGTH = 5
"""With 5, whole rows of Alpaca share few pieces by chance; a change of one letter costs five of them."""
LONGEST = 1 << 20
"""Characters of a text that are looked at: a text of a gigabyte would take fifty."""
# 1 MB of text as 64-bit numbers is what a core's cache holds.
_CHARACTERS = 1 << 17
_MOST_ROWS = 1 << 16
_BUCKETS = 20
"""Bits of a piece's hash that say where it is counted."""
_LOW = np.uint64(0xFFFFFFFF)
# Multiply-add hashing with random factors; its upper 32 bits are close to independent of each other.
_FACTORS = np.random.default_rng(0).integers(0, 1 << 63, LENGTH, np.uint64) * np.uint64(2) + np.uint64(1)


@dataclass(frozen=True)
class Shingles:
    """The sets of all rows, one after another."""

    pieces: NDArray[np.uint32]
    """Hashes, each once per row, the rarest of all rows first: two sets share a piece or a hash by chance
    (one in four billion)."""
    sizes: IntArray
    """Pieces per row."""

    @cached_property
    def starts(self) -> IntArray:
        """Where each row begins in `pieces`."""
        starts: IntArray = np.cumsum(self.sizes) - self.sizes
        return starts

    def of(self, rows: IntArray) -> tuple[IntArray, NDArray[np.uint32]]:
        """Return the pieces of some rows, and for each the place in `rows` of the row it is from."""
        sizes = self.sizes[rows]
        return np.repeat(np.arange(len(rows)), sizes), self.pieces[runs(self.starts[rows], sizes)]


def runs(starts: IntArray, lengths: IntArray) -> IntArray:
    """Return start, start + 1 ... for each start, as many as its length."""
    before = np.cumsum(lengths) - lengths
    found: IntArray = np.repeat(starts - before, lengths) + np.arange(lengths.sum())
    return found


def distinct(values: KeyArray) -> KeyArray:
    """Return the values sorted, each once; a good deal faster than `np.unique` on millions."""
    ordered = np.sort(values)
    once = np.ones(len(ordered), np.bool_)
    once[1:] = ordered[1:] != ordered[:-1]
    return ordered[once]


def shingled(normal: Sequence[str]) -> Shingles:
    """Return the sets of character 5-grams of texts; a shorter text is one piece, a blank one has none.

    Of a very long text the first million characters count.
    """
    normal = [text if len(text) <= LONGEST else text[:LONGEST] for text in normal]
    bounds = _bounds(normal)
    with ThreadPoolExecutor(min(processors(), 4)) as pool:
        parts = list(pool.map(lambda one: _hashed(normal[slice(*one)]), bounds))
        counts = np.zeros(1 << _BUCKETS, np.int64)
        for part in parts:
            counts += np.bincount(_bucket(part), minlength=len(counts))
        common = np.minimum(counts, 0xFFFF).astype(np.uint64)
        pieces = list(pool.map(lambda part: _rarest_first(part, common), parts))
    sizes = [
        np.bincount((part >> np.uint64(32)).astype(np.int64), minlength=stop - start)
        for part, (start, stop) in zip(parts, bounds, strict=True)
    ]
    return Shingles(
        np.concatenate([np.empty(0, np.uint32), *pieces]), np.concatenate([np.empty(0, np.int64), *sizes])
    )


def _bounds(normal: Sequence[str]) -> list[tuple[int, int]]:
    """Return stretches of rows with about as many characters each."""
    ends = np.cumsum(np.fromiter(map(len, normal), np.int64, len(normal)))
    bounds: list[tuple[int, int]] = []
    start = 0
    while start < len(normal):
        before = ends[start - 1] if start else 0
        stop = int(np.searchsorted(ends, before + _CHARACTERS))
        bounds.append((start, min(max(stop, start + 1), start + _MOST_ROWS, len(normal))))
        start = bounds[-1][1]
    return bounds


def _hashed(normal: Sequence[str]) -> KeyArray:
    """Return row << 32 | hash of each piece, each once."""
    padded = [text.ljust(LENGTH, "\0") if text else "" for text in normal]
    lengths = np.fromiter(map(len, padded), np.int64, len(padded))
    points = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(points) == 0:
        return np.empty(0, np.uint64)
    rows = np.repeat(np.arange(len(padded), dtype=np.uint64), lengths)
    last = len(points) - LENGTH + 1
    hashes = np.zeros(last, np.uint64)
    for place, factor in enumerate(_FACTORS):
        hashes += points[place : place + last] * factor
    inside = rows[:last] == rows[LENGTH - 1 :]
    return distinct((rows[:last][inside] << np.uint64(32)) | (hashes[inside] >> np.uint64(32)))


def _bucket(part: KeyArray) -> IntArray:
    return ((part & _LOW) >> np.uint64(32 - _BUCKETS)).astype(np.int64)


def _rarest_first(part: KeyArray, common: KeyArray) -> NDArray[np.uint32]:
    """Return the hashes, row by row, by how many rows have them."""
    rank = (part >> np.uint64(32) << np.uint64(48)) | (common[_bucket(part)] << np.uint64(32)) | (part & _LOW)
    rank.sort()
    pieces: NDArray[np.uint32] = (rank & _LOW).astype(np.uint32)
    return pieces
