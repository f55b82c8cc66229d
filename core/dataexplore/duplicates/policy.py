"""Says which row of each duplicate group stays."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.groups import Groups
from dataexplore.errors import RuleError
from dataexplore.text import short
from dataexplore.vectors.arrays import FloatArray, FloatMatrix, IntArray

POLICIES = ("best score", "longest", "first", "nearest to centre", "farthest from centre", "none")
"""`nearest` is to the mean of the group's vectors; SemDeDup (arXiv 2303.09540) keeps the row that is
`farthest` from the centre of its k-means cluster."""
# Cosines that differ by less are equal: of two rows neither is nearer to their mean.
_SAME = 1e-5
MEMBERS_AT_ONCE = 65_536


def survivors(
    groups: Groups,
    policy: str,
    score: FloatArray | IntArray | None = None,
    length: IntArray | None = None,
    *,
    vectors: FloatMatrix | None = None,
    centrality: FloatArray | None = None,
) -> IntArray:
    """Return one row per group, in the order of the groups; "none" decides nothing and returns no rows.

    All hold one value per row of the dataset; `centrality` is the cosine to the centre of the row's cluster.
    NaN means unscored and loses to any score; ties go to the longer row,
    then to the first. Raises RuleError for a policy that does not exist or lacks what it goes by.
    """
    check_policy(policy)
    if policy == "none" or len(groups) == 0:
        return np.empty(0, np.int64)
    if policy == "first":
        return groups.members[groups.starts[:-1]].astype(np.int64)
    if policy == "longest" and length is None:
        raise RuleError("The policy longest needs a length for every row: compute one first.")
    members = groups.members
    longest = -_per_member(groups, length, "a length") if length is not None else np.zeros(len(members))
    values = np.zeros(len(members))
    if policy == "best score":
        values = _per_member(groups, score, "a score")
    elif policy == "nearest to centre":
        values = _nearness(groups, vectors)
    elif policy == "farthest from centre":
        what = "the cosine to its cluster's centre"
        values = -np.round(_per_member(groups, centrality, what) / _SAME)
    order = np.lexsort(
        (members, longest, np.where(np.isnan(values), np.inf, -values), groups.group_of_member)
    )
    return members[order[groups.starts[:-1]]].astype(np.int64)


def removed(groups: Groups, stays: IntArray) -> NDArray[np.bool_]:
    """Return which rows go when of the groups these `survivors` stay; without any, none goes."""
    goes = np.zeros(groups.rows, np.bool_)
    if len(stays):
        goes[groups.members] = True
        goes[stays] = False
    return goes


def check_policy(policy: str) -> None:
    """Raise RuleError for a policy that does not exist."""
    if policy not in POLICIES:
        raise RuleError(f"no policy is called {short(policy, 40)!r}; there are {', '.join(POLICIES)}")


def _nearness(groups: Groups, vectors: FloatMatrix | None) -> NDArray[np.float64]:
    """Return per member its cosine to the mean of its group, in steps; NaN for one without a vector."""
    if vectors is None:
        raise RuleError("The policy nearest to centre needs vectors: encode the rows first.")
    _check_rows(groups, len(vectors))
    found = np.empty(len(groups.members))
    # Groups together have as many members as the dataset has rows at most: some at once bound the memory.
    for first, stop in _stretches(groups.starts):
        members = groups.members[groups.starts[first] : groups.starts[stop]]
        own = np.asarray(vectors[members], np.float64)
        sizes = groups.sizes[first:stop]
        centres = np.add.reduceat(own, groups.starts[first:stop] - groups.starts[first])
        cosine = np.einsum("ij,ij->i", own, np.repeat(centres, sizes, axis=0))
        norms = np.linalg.norm(own, axis=1) * np.repeat(np.linalg.norm(centres, axis=1), sizes)
        with np.errstate(invalid="ignore", divide="ignore"):
            found[groups.starts[first] : groups.starts[stop]] = np.round(cosine / norms / _SAME)
    return found


def _stretches(starts: IntArray) -> list[tuple[int, int]]:
    """Return runs of groups with about so many members each."""
    bounds = [0]
    while bounds[-1] < len(starts) - 1:
        stop = int(np.searchsorted(starts, starts[bounds[-1]] + MEMBERS_AT_ONCE, side="right")) - 1
        bounds.append(max(stop, bounds[-1] + 1))
    return list(pairwise(bounds))


def _per_member(groups: Groups, values: FloatArray | IntArray | None, what: str) -> NDArray[np.float64]:
    if values is None:
        raise RuleError(f"This policy needs {what} for every row: choose a signal, or another policy.")
    _check_rows(groups, len(values))
    return np.asarray(values, np.float64)[groups.members]


def _check_rows(groups: Groups, values: int) -> None:
    if values != groups.rows:
        raise RuleError(f"There are {values:,} values for {groups.rows:,} rows: compute the signal again.")
