"""Pairs of rows that are written alike, whatever they mean: Jaccard similarity of their character 5-grams."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.edges import ALMOST, Edges, check_floor, star
from dataexplore.duplicates.kinds import EXACT, LEXICAL
from dataexplore.duplicates.overlap import Overlap, jaccard
from dataexplore.duplicates.same import first_same_text, normalised
from dataexplore.duplicates.shingles import shingled
from dataexplore.vectors.arrays import Cancelled, IntArray, Progress


def lexical_edges(
    texts: Sequence[str],
    floor: float = 0.8,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    *,
    whole: Sequence[str] | None = None,
) -> Edges:
    """Return the pairs of rows whose normalised text is the same, or shares `floor` of its character 5-grams.

    Where `texts` lack what many rows share, `whole` has them with it: rows are the same only if those are.
    Every such pair is found, unless pieces of text are so common that this would take minutes: then `exact`
    is false. Raises RuleError for a floor outside (0, 1].
    """
    check_floor(floor)
    normal = list(map(normalised, texts))
    roots = first_same_text(normal if whole is None else list(map(normalised, whole)))
    here = np.arange(len(normal))
    heads = np.flatnonzero((roots == here) & np.array([bool(text) for text in normal], np.bool_))
    search = Overlap(shingled([normal[row] for row in heads.tolist()]), floor)
    near = search.pairs(progress, cancelled)
    copies = star(np.flatnonzero(roots != here), roots, EXACT, len(normal))
    return Edges(
        i=np.concatenate([copies.i, heads[near.i].astype(np.int32)]),
        j=np.concatenate([copies.j, heads[near.j].astype(np.int32)]),
        similarity=np.concatenate([copies.similarity, np.minimum(near.similarity, ALMOST)]),
        kind=np.concatenate([copies.kind, np.full(len(near), LEXICAL, np.uint8)]),
        rows=len(normal),
        floor=floor,
        exact=search.exact,
    )


def written_alike(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the (texts, texts) similarities of a few texts."""
    shingles = shingled([normalised(text) for text in texts])
    count = len(texts)
    i: IntArray = np.repeat(np.arange(count), count)
    return jaccard(shingles, i, np.tile(np.arange(count), count)).reshape(count, count)
