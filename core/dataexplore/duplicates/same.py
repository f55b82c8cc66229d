"""Rows that are the same: their text apart from case, width and white space, or their vector to the bit."""

import unicodedata
from collections.abc import Sequence

import numpy as np

from dataexplore.vectors.arrays import BoolArray, FloatMatrix, IntArray, KeyArray


def normalised(text: str) -> str:
    """Return `text` as exact comparison sees it: NFKC, case and white space folded."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def first_same_text(normal: Sequence[str]) -> IntArray:
    """Return for each row the first row with the same normalised text; a blank row is alone."""
    seen: dict[str, int] = {}
    roots = np.arange(len(normal))
    for row, key in enumerate(normal):
        if key:
            roots[row] = seen.setdefault(key, row)
    return roots


def first_same_vector(vectors: FloatMatrix, roots: IntArray, has_vector: BoolArray) -> IntArray:
    """Return `roots` joined further where two of them have bit-identical vectors."""
    heads = np.flatnonzero((roots == np.arange(len(roots))) & has_vector)
    if len(heads) == 0:
        return roots
    bits = np.ascontiguousarray(vectors, np.float32).view(np.uint32)
    factors: KeyArray = np.random.default_rng(0).integers(1, 1 << 63, (bits.shape[1],), dtype=np.uint64)
    hashes = np.zeros(len(bits), np.uint64)
    for column, factor in zip(bits.T, factors | np.uint64(1), strict=True):
        hashes += column * factor
    _, first, inverse = np.unique(hashes[heads], return_index=True, return_inverse=True)
    joined = heads[first][inverse]
    other = np.flatnonzero(joined != heads)
    same = (bits[heads[other]] == bits[joined[other]]).all(axis=1)
    parents = np.arange(len(roots))
    parents[heads[other[same]]] = joined[other[same]]
    return parents[roots]
