"""The fewest edges that give the same groups at every threshold: the maximum spanning forest.

Borůvka's algorithm: every round joins each tree to another by the strongest edge that leaves it.
"""

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.components import components
from dataexplore.vectors.arrays import IntArray


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
