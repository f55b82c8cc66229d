"""Finds every pair of rows at least as similar as a floor, each stored once for all thresholds above it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.bound import bounded_pairs
from dataexplore.duplicates.neighbours import approximate_pairs, hnsw_available
from dataexplore.duplicates.pairs import Pairs
from dataexplore.errors import EncoderError, RuleError
from dataexplore.vectors.arrays import BoolArray, Cancelled, FloatMatrix, IntArray, KeyArray, Progress

IDENTICAL = 1.0
"""Similarity of rows with the same normalised text or the same vector; no other edge reaches it."""
ALMOST = np.nextafter(np.float32(1), np.float32(0))
# Exact products take minutes here and grow with the square of the rows: an HNSW index overtakes them.
APPROXIMATE_ABOVE = 700_000


@dataclass(frozen=True)
class Edges:
    """Pairs of similar rows, i < j, in no promised order."""

    i: NDArray[np.int32]
    j: NDArray[np.int32]
    similarity: NDArray[np.float32]
    """Cosine, or exactly 1 where text or vector are identical (then `i` is the first such row)."""
    rows: int
    """Rows that were compared, with and without an edge."""
    floor: float
    """No pair below this was kept."""
    exact: bool = True
    """False when the pairs come from an approximate index, which may miss some."""
    complete: bool = True
    """False when there were too many pairs to keep: only those are left that make the same groups."""


def find_edges(
    vectors: FloatMatrix,
    texts: Sequence[str] | None = None,
    floor: float = 0.8,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Edges:
    """Return the pairs of rows with cosine >= `floor`, or with the same text after normalising.

    Identical rows form a star around their first row, which alone is compared with others, so many copies
    cost linear time. Rows of zeros have no vector and get edges from their text alone, blank rows none.
    Raises RuleError for a floor outside (0, 1], EncoderError for NaN.
    """
    if not 0 < floor <= 1:
        raise RuleError(f"A similarity floor of {floor:g} is outside (0, 1]: choose one such as 0.8.")
    rows = len(vectors)
    if texts is not None and len(texts) != rows:
        raise RuleError(f"There are {len(texts):,} texts for {rows:,} vectors: encode the rows again.")
    lengths = _lengths(vectors)
    roots: IntArray = np.arange(rows) if texts is None else _first_same_text(texts)
    roots = _first_same_vector(vectors, roots, lengths > 0)
    copies = np.flatnonzero(roots != np.arange(rows))
    compared = np.flatnonzero((roots == np.arange(rows)) & (lengths > 0))
    near = _similar(_unit(vectors, lengths, compared), floor, progress, cancelled)
    return Edges(
        i=np.concatenate([roots[copies], compared[near.i]]).astype(np.int32),
        j=np.concatenate([copies, compared[near.j]]).astype(np.int32),
        similarity=np.concatenate(
            [np.full(len(copies), IDENTICAL, np.float32), np.minimum(near.similarity, ALMOST)]
        ),
        rows=rows,
        floor=floor,
        exact=not _approximate(len(compared)),
        complete=near.complete,
    )


def normalised(text: str) -> str:
    """Return `text` as exact comparison sees it: NFKC, case and white space folded."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def _approximate(rows: int) -> bool:
    return rows > APPROXIMATE_ABOVE and hnsw_available()


def _similar(
    unit: FloatMatrix, floor: float, progress: Progress | None, cancelled: Cancelled | None
) -> Pairs:
    if _approximate(len(unit)):
        return approximate_pairs(unit, floor, progress, cancelled)
    return bounded_pairs(unit, floor, progress, cancelled)


def _lengths(vectors: FloatMatrix) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float32))
    bad = np.flatnonzero(~np.isfinite(lengths))
    if len(bad):
        where = f"{len(bad):,} rows, first row {bad[0] + 1:,}"
        raise EncoderError(f"Vectors hold NaN or infinity in {where}: encode these rows again.")
    return lengths


def _unit(vectors: FloatMatrix, lengths: NDArray[np.float32], rows: IntArray) -> FloatMatrix:
    """Return the vectors of `rows` at length 1, without a copy when they already are."""
    chosen = vectors if len(rows) == len(vectors) else vectors[rows]
    if np.allclose(lengths[rows], 1, rtol=0, atol=1e-5):
        return np.ascontiguousarray(chosen, np.float32)
    return np.ascontiguousarray(chosen / lengths[rows, None], np.float32)


def _first_same_text(texts: Sequence[str]) -> IntArray:
    """Return for each row the first row with the same normalised text; a blank row is alone."""
    seen: dict[str, int] = {}
    roots = np.arange(len(texts))
    for row, text in enumerate(texts):
        key = normalised(text)
        if key:
            roots[row] = seen.setdefault(key, row)
    return roots


def _first_same_vector(vectors: FloatMatrix, roots: IntArray, has_vector: BoolArray) -> IntArray:
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
