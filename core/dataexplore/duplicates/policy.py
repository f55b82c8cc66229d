"""Says which row of each duplicate group stays."""

import numpy as np

from dataexplore.duplicates.groups import Groups
from dataexplore.errors import RuleError
from dataexplore.text import short
from dataexplore.vectors.arrays import FloatArray, IntArray

POLICIES = ("best score", "longest", "first", "none")


def survivors(
    groups: Groups, policy: str, score: FloatArray | IntArray | None, length: IntArray | None
) -> IntArray:
    """Return one row per group, in the order of the groups; "none" decides nothing and returns no rows.

    `score` and `length` hold one value per row of the dataset. NaN means unscored and loses to any score;
    ties go to the longer row, then to the first.
    """
    if policy not in POLICIES:
        raise RuleError(f"There is no policy {short(policy)}: choose one of {', '.join(POLICIES)}.")
    if policy == "none" or len(groups) == 0:
        return np.empty(0, np.int64)
    if policy == "first":
        return groups.members[groups.starts[:-1]].astype(np.int64)
    members = groups.members
    sort_keys = [
        members,
        -_per_member(groups, length, "a length") if length is not None else np.zeros(len(members)),
    ]
    if policy == "best score":
        values = _per_member(groups, score, "a score")
        sort_keys.append(np.where(np.isnan(values), np.inf, -values))
    elif length is None:
        raise RuleError("The policy longest needs a length for every row: compute one first.")
    order = np.lexsort((*sort_keys, groups.group_of_member))
    return members[order[groups.starts[:-1]]].astype(np.int64)


def _per_member(groups: Groups, values: FloatArray | IntArray | None, what: str) -> FloatArray:
    if values is None:
        raise RuleError(f"This policy needs {what} for every row: choose a signal, or another policy.")
    if len(values) != groups.rows:
        raise RuleError(
            f"There are {len(values):,} values for {groups.rows:,} rows: compute the signal again."
        )
    return np.asarray(values, np.float64)[groups.members]
