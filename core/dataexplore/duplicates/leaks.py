"""Rows of the data that are test prompts, or nearly: whoever tunes on them measures memory, not skill."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.edges import ALMOST, IDENTICAL, check_floor
from dataexplore.duplicates.kinds import EXACT, KINDS, LEXICAL, SEMANTIC, check_kinds
from dataexplore.duplicates.overlap import Overlap
from dataexplore.duplicates.same import normalised
from dataexplore.duplicates.shingles import shingled
from dataexplore.errors import RuleError
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, IntArray, Progress

_AT_ONCE = 4096
Found = tuple[IntArray, IntArray, NDArray[np.float32]]


@dataclass(frozen=True)
class Leaks:
    """Each row that is like a test prompt, once, with the prompt it is most like; rows ascend."""

    rows: IntArray
    prompts: IntArray
    """Per row the number of the test prompt."""
    similarity: NDArray[np.float32]
    kind: NDArray[np.uint8]
    """The surest kind that finds the row, by which the prompt was chosen."""
    exact: bool = True
    """False when the search for lexical pairs was cut short and may miss some."""

    def __len__(self) -> int:
        return len(self.rows)

    def count(self) -> dict[str, int]:
        """Return how many rows each kind found."""
        return dict(zip(KINDS, np.bincount(self.kind, minlength=len(KINDS)).tolist(), strict=True))


def leaks(
    texts: Sequence[str],
    against: Sequence[str],
    threshold: float = 0.8,
    kinds: Sequence[str] = KINDS,
    *,
    vectors: FloatMatrix | None = None,
    against_vectors: FloatMatrix | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Leaks:
    """Return the rows of `texts` that one of `against` is like: the same, or similar to `threshold`.

    The semantic kind needs the vectors of both, of one encoder. Raises RuleError for a threshold outside
    (0, 1], a kind that does not exist, or vectors that are not there.
    """
    check_floor(threshold)
    check_kinds(kinds)
    normal, asked = list(map(normalised, texts)), list(map(normalised, against))
    rows, prompts = np.full(len(normal), -1), np.full(len(normal), -1)
    similarity, kind = np.zeros(len(normal), np.float32), np.zeros(len(normal), np.uint8)
    complete = True

    def take(found: Found, what: int) -> None:
        i, j, close = found
        order = np.lexsort((j, -close, i))
        i, j, close = i[order], j[order], close[order]
        best = rows[i] < 0
        best[1:] &= i[1:] != i[:-1]
        i, j, close = i[best], j[best], close[best]
        rows[i], prompts[i], similarity[i], kind[i] = i, j, close, what

    if "exact" in kinds:
        take(_same(normal, asked), EXACT)
    if "lexical" in kinds:
        search = Overlap(shingled([*normal, *asked]), threshold, between=len(normal))
        near, complete = search.pairs(progress, cancelled), search.exact
        take((near.i.astype(np.int64), near.j.astype(np.int64) - len(normal), near.similarity), LEXICAL)
    if "semantic" in kinds:
        take(_meant(texts, against, threshold, vectors, against_vectors), SEMANTIC)
    kept = np.flatnonzero(rows >= 0)
    return Leaks(kept, prompts[kept], similarity[kept], kind[kept], complete)


def _same(normal: Sequence[str], asked: Sequence[str]) -> Found:
    first: dict[str, int] = {}
    for place, text in enumerate(asked):
        if text:
            first.setdefault(text, place)
    places = np.array([first.get(text, -1) for text in normal], np.int64)
    rows = np.flatnonzero(places >= 0)
    return rows, places[rows], np.full(len(rows), IDENTICAL, np.float32)


def _meant(
    texts: Sequence[str],
    against: Sequence[str],
    threshold: float,
    vectors: FloatMatrix | None,
    against_vectors: FloatMatrix | None,
) -> Found:
    """Return each row's nearest prompt, if it is near enough."""
    if vectors is None or against_vectors is None:
        raise RuleError("To compare what is meant, rows and prompts both need vectors: encode them first.")
    if len(vectors) != len(texts) or len(against_vectors) != len(against):
        raise RuleError("There are not as many vectors as texts: encode the rows and the prompts again.")
    prompts = np.zeros(len(vectors), np.int64)
    closest = np.zeros(len(vectors), np.float32)
    asked = _unit(against_vectors)
    for first in range(0, len(vectors) if len(asked) else 0, _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        product = _unit(vectors[some]) @ asked.T
        prompts[some] = product.argmax(axis=1)
        closest[some] = product.max(axis=1)
    rows = np.flatnonzero(closest >= np.float32(threshold))
    return rows, prompts[rows], np.minimum(closest[rows], ALMOST)


def _unit(vectors: FloatMatrix) -> FloatMatrix:
    """Return vectors of length 1; those of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)
