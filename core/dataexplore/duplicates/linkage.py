"""Splits groups whose rows hang together only through others, by a stricter idea of what belongs together."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dataexplore.errors import RuleError
from dataexplore.text import short
from dataexplore.vectors.arrays import BoolArray, IntArray

LINKAGES = ("single", "star", "complete")
"""Every row is like some other; every row is like the group's centre; every row is like every other."""
MOST_COMPARED = 2_000_000
"""Complete link looks at one pair after the other: about 2 s."""


def check_linkage(linkage: str) -> None:
    """Raise RuleError for a linkage that does not exist."""
    if linkage not in LINKAGES:
        raise RuleError(f"There is no linkage {short(linkage, 40)}: choose one of {', '.join(LINKAGES)}.")


def split(
    linkage: str,
    label: IntArray,
    chained: BoolArray,
    pairs: IntArray,
    similarity: NDArray[np.float32],
) -> IntArray:
    """Return `label` with a new label for each part of a chained group: the part's first node.

    `label` is the smallest node of each node's group; `pairs` (2, n) join nodes, each pair once, none with
    itself. Groups that are not chained stay as they are.
    """
    inside = chained[label[pairs[0]]]
    (a, b), similarity = pairs[:, inside], similarity[inside]
    nodes = np.flatnonzero(chained[label])
    found = label.copy()
    found[nodes] = nodes
    parts = _stars(nodes, len(label), a, b) if linkage == "star" else _cliques(a, b, similarity)
    for part in parts:
        found[part] = np.min(part)
    return found


def _stars(nodes: IntArray, count: int, a: IntArray, b: IntArray) -> Iterator[IntArray]:
    """Yield the row with the most neighbours and those of them that are free, then the next."""
    near, far = np.concatenate([a, b]), np.concatenate([b, a])
    far = far[np.argsort(near, kind="stable")]
    degree = np.bincount(near, minlength=count)
    ends = np.cumsum(degree)
    free = np.ones(count, np.bool_)
    for centre in nodes[np.argsort(-degree[nodes], kind="stable")].tolist():
        if free[centre]:
            around = far[ends[centre] - degree[centre] : ends[centre]]
            part = np.append(around[free[around]], centre)
            free[part] = False
            yield part


def _cliques(a: IntArray, b: IntArray, similarity: NDArray[np.float32]) -> Iterator[Sequence[int]]:
    """Yield the parts of complete linkage: two parts become one when every pair between them is there."""
    if len(a) > MOST_COMPARED:
        raise RuleError(
            f"Complete link would look at {len(a):,} pairs one by one: raise the threshold, or choose star."
        )
    order = np.lexsort((b, a, -similarity))
    part_of = {node: node for node in np.union1d(a, b).tolist()}
    members = {node: [node] for node in part_of}
    between: dict[int, dict[int, int]] = {node: {} for node in part_of}
    for x, y in zip(a[order].tolist(), b[order].tolist(), strict=True):
        one, other = part_of[x], part_of[y]
        count = between[one].get(other, 0) + 1
        between[one][other] = between[other][one] = count
        if count < len(members[one]) * len(members[other]):
            continue
        if len(members[one]) < len(members[other]):
            one, other = other, one
        for node in members[other]:
            part_of[node] = one
        members[one] += members.pop(other)
        del between[one][other]
        for third, pairs in between.pop(other).items():
            if third != one:
                del between[third][other]
                between[one][third] = between[third][one] = between[one].get(third, 0) + pairs
    yield from members.values()
