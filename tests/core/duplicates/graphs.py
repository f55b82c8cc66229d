"""Edges made up for tests, and groups found one edge at a time."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from dataexplore.duplicates.edges import Edges


def edges_of(rows: int, triples: Sequence[tuple[int, int, float]], floor: float = 0.5) -> Edges:
    """Return the edges (i, j, similarity), all of them semantic."""
    i, j, similarity = zip(*triples, strict=True) if triples else ((), (), ())
    return Edges(
        np.array(i, np.int32),
        np.array(j, np.int32),
        np.array(similarity, np.float32),
        np.full(len(i), 2, np.uint8),
        rows=rows,
        floor=floor,
    )


@st.composite
def graphs(draw: st.DrawFn) -> Edges:
    """Draw up to 60 edges among up to 30 rows."""
    rows = draw(st.integers(2, 30))
    pairs = draw(st.sets(st.tuples(st.integers(0, rows - 1), st.integers(0, rows - 1)), max_size=60))
    levels = st.sampled_from([0.5, 0.6, 0.7, 0.8, 0.9, 0.99])
    return edges_of(rows, [(i, j, draw(levels)) for i, j in sorted(pairs) if i < j])


def joined_by_hand(edges: Edges, threshold: float) -> list[list[int]]:
    """Union-find, one edge at a time; groups largest first."""
    parent = list(range(edges.rows))

    def find(row: int) -> int:
        while parent[row] != row:
            row = parent[row]
        return row

    for i, j, similarity in zip(edges.i.tolist(), edges.j.tolist(), edges.similarity, strict=True):
        if similarity >= np.float32(threshold):
            parent[find(i)] = find(j)
    sets: dict[int, list[int]] = {}
    for row in range(edges.rows):
        sets.setdefault(find(row), []).append(row)
    return sorted((rows for rows in sets.values() if len(rows) > 1), key=lambda rows: (-len(rows), rows[0]))
