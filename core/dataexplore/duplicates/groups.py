"""Groups of rows that repeat each other, for any threshold, from edges found once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.components import components
from dataexplore.duplicates.edges import IDENTICAL, Edges
from dataexplore.errors import RuleError
from dataexplore.vectors.arrays import BoolArray, IntArray


@dataclass(frozen=True)
class Groups:
    """Rows joined by edges at a threshold, largest group first, then by first row."""

    threshold: float
    rows: int
    """Rows of the dataset, in groups or not."""
    members: IntArray
    """Rows of all groups, group after group, ascending within each."""
    starts: IntArray
    """Where each group begins in `members`, and the end of the last."""
    lowest: NDArray[np.float32]
    """Per group, its weakest edge."""
    highest: NDArray[np.float32]
    """Per group, its strongest edge."""
    chained: BoolArray
    """Per group, whether two members are joined only through others."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, group: int) -> IntArray:
        """Return the rows of one group, ascending."""
        if not 0 <= group < len(self):
            raise IndexError(group)
        return self.members[self.starts[group] : self.starts[group + 1]]

    @property
    def sizes(self) -> IntArray:
        """Rows per group."""
        return np.diff(self.starts)

    @property
    def duplicates(self) -> int:
        """Rows beyond one per group."""
        return len(self.members) - len(self)

    @property
    def rows_left(self) -> int:
        """Rows of the dataset when one of each group stays."""
        return self.rows - self.duplicates

    @property
    def group_of_member(self) -> IntArray:
        """For each of `members`, its group."""
        return np.repeat(np.arange(len(self)), self.sizes)

    @property
    def group_of_row(self) -> IntArray:
        """For each row of the dataset its group, -1 without one."""
        groups = np.full(self.rows, -1, np.int64)
        groups[self.members] = self.group_of_member
        return groups


def group(edges: Edges, threshold: float) -> Groups:
    """Return the connected components of the edges at or above `threshold`.

    Raises RuleError for a threshold below the floor of the edges, or above 1.
    """
    # stored similarities are float32: 0.9 must keep an edge of float32(0.9)
    if not edges.floor - 1e-9 <= threshold <= 1:
        message = f"A threshold of {threshold:g} is outside {edges.floor:g} to 1, where pairs were compared."
        raise RuleError(message)
    kept = edges.similarity >= np.float32(threshold)
    i, j, similarity = edges.i[kept], edges.j[kept], edges.similarity[kept]
    joined = np.zeros(edges.rows, np.bool_)
    joined[i] = joined[j] = True
    nodes = np.flatnonzero(joined)
    node_of_row = np.cumsum(joined) - 1
    a, b = node_of_row[i], node_of_row[j]
    roots = components(len(nodes), a, b)

    heads, label, sizes = np.unique(roots, return_inverse=True, return_counts=True)
    order = np.lexsort((nodes[heads], -sizes))
    rank = np.empty(len(heads), np.int64)
    rank[order] = np.arange(len(heads))
    group_of_node = rank[label]
    sizes = sizes[order]
    group_of_edge = group_of_node[a]
    lowest = np.full(len(heads), np.inf, np.float32)
    highest = np.full(len(heads), -np.inf, np.float32)
    np.minimum.at(lowest, group_of_edge, similarity)
    np.maximum.at(highest, group_of_edge, similarity)
    return Groups(
        threshold=threshold,
        rows=edges.rows,
        members=nodes[np.lexsort((nodes, group_of_node))],
        starts=np.concatenate([[0], np.cumsum(sizes)]),
        lowest=lowest,
        highest=highest,
        chained=_chained(a, b, similarity, group_of_node, len(heads)),
    )


def _chained(
    a: IntArray, b: IntArray, similarity: NDArray[np.float32], group_of_node: IntArray, groups: int
) -> BoolArray:
    """Return which groups lack an edge between two members, identical rows counting as one."""
    count = len(group_of_node)
    same = similarity >= IDENTICAL
    class_of = components(count, a[same], b[same])
    classes = np.bincount(group_of_node[np.unique(class_of)], minlength=groups)
    low, high = a[~same], b[~same]
    if not (np.array_equal(class_of[low], low) and np.array_equal(class_of[high], high)):
        # some edge joins a copy: several edges may stand between the same two classes
        low, high = class_of[low], class_of[high]
        pairs = np.unique(np.stack([np.minimum(low, high), np.maximum(low, high)])[:, low != high], axis=1)
        low = pairs[0]
    joined = np.bincount(group_of_node[low], minlength=groups)
    chained: BoolArray = joined < classes * (classes - 1) // 2
    return chained
