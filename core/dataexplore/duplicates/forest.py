"""The fewest edges that give the same groups at every threshold: the maximum spanning forest.

Borůvka's algorithm: every round joins each tree to another by the strongest edge that leaves it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.components import components
from dataexplore.vectors.arrays import BoolArray, IntArray

_MOST_LEVELS = 2000
"""A row farther from its root than this is as good as unattached; only a long chain has such rows."""


def spanning_forest(rows: int, i: IntArray, j: IntArray, similarity: NDArray[np.float32]) -> IntArray:
    """Return the positions of the edges of a maximum spanning forest, at most rows - 1 of them."""
    order = np.argsort(-similarity, kind="stable")
    trees: IntArray = np.arange(rows)
    left = np.arange(len(order))  # edges that may still join two trees, as ranks: 0 is the strongest
    kept: list[IntArray] = []
    while True:
        a, b = trees[i[order[left]]], trees[j[order[left]]]
        apart = a != b
        left, a, b = left[apart], a[apart], b[apart]
        if len(left) == 0:
            return order[np.concatenate(kept)] if kept else np.empty(0, np.int64)
        strongest = np.full(rows, len(order))
        np.minimum.at(strongest, a, left)
        np.minimum.at(strongest, b, left)
        # two trees may choose the same edge; ranks are distinct, so no circle can close
        chosen = np.unique(strongest[strongest < len(order)])
        kept.append(chosen)
        trees = components(rows, trees[i[order[chosen]]], trees[j[order[chosen]]])[trees]


@dataclass(frozen=True)
class Attached:
    """How firmly a forest holds each row: two rows of a tree are joined at the weaker of their strengths."""

    tree: NDArray[np.int32]
    """Per row, the root of its tree."""
    strength: NDArray[np.float32]
    """Per row, the weakest edge on its way to the root: 2 for the root itself, -2 where it is unknown."""

    def says_more(
        self, rows: slice, columns: slice, similarity: NDArray[np.float32], buffer: NDArray[np.float32]
    ) -> BoolArray:
        """Return which pairs of a tile are closer than the forest knows; the others would change no group."""
        np.minimum(self.strength[rows, None], self.strength[columns], out=buffer)
        more: BoolArray = similarity > buffer
        more |= self.tree[rows, None] != self.tree[columns]
        return more


def attached(rows: int, i: IntArray, j: IntArray, similarity: NDArray[np.float32]) -> Attached:
    """Return how a spanning forest holds each row, seen from the row of each tree with the most edges."""
    tree = components(rows, i, j)
    degree = np.bincount(i, minlength=rows) + np.bincount(j, minlength=rows)
    order = np.lexsort((-degree, tree))
    roots = order[np.concatenate([[True], tree[order][1:] != tree[order][:-1]])] if rows else order
    strength = np.full(rows, -2, np.float32)
    strength[roots] = 2
    near, far = np.concatenate([i, j]), np.concatenate([j, i])
    both = np.concatenate([similarity, similarity])
    by_row = np.argsort(near, kind="stable")
    far, both = far[by_row], both[by_row]
    starts = np.concatenate([[0], np.cumsum(degree)])
    front = roots[degree[roots] > 0]
    for _ in range(_MOST_LEVELS):
        if len(front) == 0:
            break
        counts = degree[front]
        places = np.repeat(starts[front] - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        reached, edge, held = far[places], both[places], np.repeat(strength[front], counts)
        new = strength[reached] == -2
        front = reached[new]
        strength[front] = np.minimum(edge[new], held[new])
    return Attached(tree.astype(np.int32), strength)
