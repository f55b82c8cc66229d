"""Finds every pair of rows at least as similar as a floor, each stored once for all thresholds above it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.bound import bounded_pairs
from dataexplore.duplicates.kinds import EXACT, KINDS, SEMANTIC
from dataexplore.duplicates.neighbours import approximate_pairs, hnsw_available
from dataexplore.duplicates.pairs import Pairs
from dataexplore.duplicates.same import first_same_text, first_same_vector
from dataexplore.duplicates.same import (
    normalised as normalised,
)  # what `exact` means, for whoever splits rows
from dataexplore.errors import EncoderError, RuleError
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, IntArray, Progress

IDENTICAL = 1.0
"""Similarity of rows with the same normalised text or the same vector; no other edge reaches it."""
ALMOST = np.nextafter(np.float32(1), np.float32(0))
# Exact products take minutes here and grow with the square of the rows: an HNSW index overtakes them.
APPROXIMATE_ABOVE = 700_000


@dataclass(frozen=True)
class Edges:
    """Pairs of similar rows, i < j, each pair once, in no promised order."""

    i: NDArray[np.int32]
    j: NDArray[np.int32]
    similarity: NDArray[np.float32]
    """Cosine or Jaccard, or exactly 1 where text or vector are identical (then `i` is the first such row)."""
    kind: NDArray[np.uint8]
    """EXACT, LEXICAL or SEMANTIC: what the similarity was measured by."""
    rows: int
    """Rows that were compared, with and without an edge."""
    floor: float
    """No pair below this was kept."""
    exact: bool = True
    """False when the pairs come from an approximate search, which may miss some."""
    complete: bool = True
    """False when there were too many pairs to keep: only those are left that make the same groups."""

    def __len__(self) -> int:
        return len(self.i)

    def count(self) -> dict[str, int]:
        """Return how many pairs there are of each kind."""
        return dict(zip(KINDS, np.bincount(self.kind, minlength=len(KINDS)).tolist(), strict=True))


def check_floor(floor: float) -> None:
    """Raise RuleError for a floor outside (0, 1]."""
    if not 0 < floor <= 1:
        raise RuleError(f"A similarity floor of {floor:g} is outside (0, 1]: choose one such as 0.8.")


def star(copies: IntArray, roots: IntArray, kind: IntArray | int, rows: int) -> Edges:
    """Return an edge of similarity 1 from each of `copies` to its root."""
    return Edges(
        i=roots[copies].astype(np.int32),
        j=copies.astype(np.int32),
        similarity=np.full(len(copies), IDENTICAL, np.float32),
        kind=np.full(len(copies), kind, np.uint8),
        rows=rows,
        floor=0.0,
    )


def merged(first: Edges, *others: Edges) -> Edges:
    """Return the edges of several kinds as one graph, down to the highest of their floors.

    A pair that several kinds found has the higher similarity, and of equal ones the surer kind.
    """
    every = (first, *others)
    if {edges.rows for edges in every} != {first.rows}:
        raise RuleError("Edges of different rows cannot be joined: compare the rows again.")
    floor = max(edges.floor for edges in every)
    i, j, similarity, kind = (
        np.concatenate([getattr(edges, name) for edges in every]) for name in ("i", "j", "similarity", "kind")
    )
    codes = i.astype(np.int64) * first.rows + j
    order = np.lexsort((kind, -similarity, codes))
    ordered = codes[order]
    once = np.ones(len(order), np.bool_)
    once[1:] = ordered[1:] != ordered[:-1]
    kept = order[once]
    kept = kept[similarity[kept] >= np.float32(floor)]
    return Edges(
        i[kept],
        j[kept],
        similarity[kept],
        kind[kept],
        rows=first.rows,
        floor=floor,
        exact=all(edges.exact for edges in every),
        complete=all(edges.complete for edges in every),
    )


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
    check_floor(floor)
    rows = len(vectors)
    if texts is not None and len(texts) != rows:
        raise RuleError(f"There are {len(texts):,} texts for {rows:,} vectors: encode the rows again.")
    lengths = _lengths(vectors)
    same: IntArray = np.arange(rows) if texts is None else first_same_text(list(map(normalised, texts)))
    roots = first_same_vector(vectors, same, lengths > 0)
    copies = np.flatnonzero(roots != np.arange(rows))
    compared = np.flatnonzero((roots == np.arange(rows)) & (lengths > 0))
    near = _similar(_unit(vectors, lengths, compared), floor, progress, cancelled)
    kinds = np.where(same[copies] == roots[copies], EXACT, SEMANTIC)
    identical = star(copies, roots, kinds, rows)
    return Edges(
        i=np.concatenate([identical.i, compared[near.i].astype(np.int32)]),
        j=np.concatenate([identical.j, compared[near.j].astype(np.int32)]),
        similarity=np.concatenate([identical.similarity, np.minimum(near.similarity, ALMOST)]),
        kind=np.concatenate([identical.kind, np.full(len(near), SEMANTIC, np.uint8)]),
        rows=rows,
        floor=floor,
        exact=not _approximate(len(compared)),
        complete=near.complete,
    )


def exact_edges(texts: Sequence[str]) -> Edges:
    """Return a star of edges around the first row of each normalised text that repeats."""
    roots = first_same_text(list(map(normalised, texts)))
    return star(np.flatnonzero(roots != np.arange(len(roots))), roots, EXACT, len(roots))


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
