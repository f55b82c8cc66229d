"""Finds the edges of the kinds that are asked for; those on disk are not looked for again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dataexplore.duplicates.edge_file import edge_identity, stored_edges
from dataexplore.duplicates.edges import Edges, check_floor, exact_edges, find_edges, merged
from dataexplore.duplicates.kinds import check_kinds
from dataexplore.duplicates.lexical import lexical_edges
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, KeyArray, Progress


@dataclass(frozen=True)
class Compared:
    """What rows are compared by."""

    keys: KeyArray
    """Per row, a name of its text: other text, another key."""
    recipe: str
    """Which text that is."""
    encoder: str
    """What tells the vectors from those of another encoder, or of other weights."""
    texts: Callable[[], Sequence[str]]
    """Without what many rows share."""
    whole: Callable[[], Sequence[str]]
    """With it: rows are the same only if all of their text is."""
    vectors: Callable[[], FloatMatrix]
    """Called for the semantic kind alone."""


def edges_of(
    rows: Compared,
    kinds: Sequence[str],
    floor: float,
    folder: Path,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    *,
    writable: bool = True,
) -> Edges:
    """Return the edges of all of `kinds` as one graph, from `folder` where they are there.

    Exact pairs are part of every kind. Raises RuleError for a floor or a kind that does not exist.
    """
    check_floor(floor)
    check_kinds(kinds)
    makers = {
        "lexical": lambda: lexical_edges(rows.texts(), floor, progress, cancelled, whole=rows.whole()),
        "semantic": lambda: find_edges(rows.vectors(), rows.whole(), floor, progress, cancelled),
    }
    facts = {"lexical": (rows.recipe,), "semantic": (rows.recipe, rows.encoder)}
    found = [
        stored_edges(
            folder,
            edge_identity(rows.keys, kind, floor, *facts[kind]),
            len(rows.keys),
            make,
            writable=writable,
        )
        for kind, make in makers.items()
        if kind in kinds
    ]
    if not found:
        return exact_edges(rows.whole())
    return merged(*found) if len(found) > 1 else found[0]
