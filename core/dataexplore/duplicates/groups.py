"""Groups of rows that repeat each other, for any threshold, from edges found once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.components import components
from dataexplore.duplicates.curve import check_threshold
from dataexplore.duplicates.edges import IDENTICAL, Edges
from dataexplore.duplicates.linkage import check_linkage, split
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


def group(edges: Edges, threshold: float, linkage: str = "single") -> Groups:
    """Return the groups that the edges at or above `threshold` make.

    `single` joins whatever is connected; `star` and `complete` split groups that are chained: into rows
    around a centre, or into rows that are all alike. Raises RuleError for a threshold below the floor of
    the edges or above 1, for a linkage that does not exist, and to split edges that are not complete.
    """
    check_threshold(threshold, edges.floor)
    check_linkage(linkage)
    if linkage != "single" and not edges.complete:
        raise RuleError(
            "There were too many pairs to keep, and a split needs all: look for closer ones only."
        )
    # stored similarities are float32: 0.9 must keep an edge of float32(0.9)
    kept = edges.similarity >= np.float32(threshold)
    i, j, similarity = edges.i[kept], edges.j[kept], edges.similarity[kept]
    joined = np.zeros(edges.rows, np.bool_)
    joined[i] = joined[j] = True
    nodes = np.flatnonzero(joined)
    node_of_row = np.cumsum(joined) - 1
    a, b = node_of_row[i], node_of_row[j]
    roots = components(len(nodes), a, b)
    if linkage != "single":
        roots = _split(linkage, roots, a, b, similarity)
        inside = roots[a] == roots[b]
        a, b, similarity = a[inside], b[inside], similarity[inside]
        left = np.zeros(len(nodes), np.bool_)
        left[a] = left[b] = True
        renumbered = np.cumsum(left) - 1
        a, b, roots, nodes = renumbered[a], renumbered[b], renumbered[roots[left]], nodes[left]
    return _groups(edges.rows, threshold, nodes, roots, a, b, similarity)


def _groups(
    rows: int,
    threshold: float,
    nodes: IntArray,
    roots: IntArray,
    a: IntArray,
    b: IntArray,
    similarity: NDArray[np.float32],
) -> Groups:
    """Put rows (`nodes`) with the root of each, and the edges inside groups, in the order of `Groups`."""
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
        rows=rows,
        members=nodes[np.lexsort((nodes, group_of_node))],
        starts=np.concatenate([[0], np.cumsum(sizes)]),
        lowest=lowest,
        highest=highest,
        chained=_chained(group_of_node, len(heads), *_classes(len(nodes), a, b, similarity)[:2]),
    )


def _split(
    linkage: str, roots: IntArray, a: IntArray, b: IntArray, similarity: NDArray[np.float32]
) -> IntArray:
    """Return the roots of the parts; identical rows stay together."""
    class_of, pairs, similarity = _classes(len(roots), a, b, similarity)
    chained = np.zeros(len(roots), np.bool_)
    heads, label = np.unique(roots, return_inverse=True)
    chained[heads] = _chained(label, len(heads), class_of, pairs)
    return split(linkage, roots[class_of], chained, pairs, similarity)[class_of]


def _classes(
    count: int, a: IntArray, b: IntArray, similarity: NDArray[np.float32]
) -> tuple[IntArray, IntArray, NDArray[np.float32]]:
    """Return each node's first identical node, and the pairs between such nodes with their similarity."""
    same = similarity >= IDENTICAL
    class_of = components(count, a[same], b[same])
    pairs, between = np.stack([a[~same], b[~same]]), similarity[~same]
    if not np.array_equal(class_of[pairs], pairs):
        # some edge joins a copy: several edges may stand between the same two classes
        pairs = np.sort(class_of[pairs], axis=0)
        order = np.lexsort((-between, pairs[1], pairs[0]))
        pairs, between = pairs[:, order], between[order]
        once = pairs[0] != pairs[1]
        once[1:] &= (pairs[:, 1:] != pairs[:, :-1]).any(axis=0)
        pairs, between = pairs[:, once], between[once]
    return class_of, pairs, between


def _chained(group_of_node: IntArray, groups: int, class_of: IntArray, pairs: IntArray) -> BoolArray:
    """Return which groups lack an edge between two members, identical rows counting as one."""
    classes = np.bincount(group_of_node[np.unique(class_of)], minlength=groups)
    joined = np.bincount(group_of_node[pairs[0]], minlength=groups)
    chained: BoolArray = joined < classes * (classes - 1) // 2
    return chained
