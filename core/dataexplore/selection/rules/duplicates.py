"""A rule that thins out duplicate groups."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dataexplore.coverage.tiles import blocks
from dataexplore.duplicates.groups import Groups
from dataexplore.duplicates.policy import check_policy, removed, survivors
from dataexplore.errors import RuleError
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Step

_NEAREST, _FARTHEST = "nearest to centre", "farthest from centre"


@dataclass(frozen=True)
class Duplicates(Step):
    """Drop all but one row of each duplicate group, among the rows that are left."""

    kind: ClassVar[str] = "duplicates"
    threshold: float
    policy: str
    signal: str | None = None
    """The score that `best score` goes by."""
    linkage: str | None = None
    """How far a group stretches: star or complete, where chains are split."""
    kinds: tuple[str, ...] = ()
    """How rows are alike: exact, lexical, semantic; by default as the session compares them."""

    @property
    def title(self) -> str:
        """Threshold and policy."""
        by = f" ({self.signal})" if self.signal and self.policy == "best score" else ""
        how = "".join(f", {word}" for word in (*self.kinds, self.linkage) if word)
        return f"duplicates >= {self.threshold:.2f}{how}, {self.policy}{by}"

    @property
    def version(self) -> int:
        """Older recipes know neither linkage nor kinds."""
        return 3 if self.linkage or self.kinds else self.since

    @property
    def slot(self) -> str:
        """One way to thin out duplicates at a time."""
        return "duplicates"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Drop what does not survive; a row that is dropped already cannot stand for its group."""
        check_policy(self.policy)
        if self.policy == "best score" and not self.signal:
            raise RuleError("the policy 'best score' needs a signal to go by")
        drop = np.zeros(len(alive), bool)
        if self.policy != "none":
            scores: NDArray[Any] | None = known.scores(self.signal) if self.signal else None
            found = known.groups(self.threshold, self.linkage or "single", self.kinds)
            groups = _living(found, alive)
            stays = survivors(
                groups,
                self.policy,
                scores,
                known.dataset.response_chars,
                vectors=known.vectors() if self.policy == _NEAREST else None,
                centrality=_centrality(known) if self.policy == _FARTHEST else None,
            )
            drop = removed(groups, stays)
        return Outcome(np.zeros(len(alive), bool), drop)


def _centrality(known: Knowledge) -> NDArray[np.float32]:
    """Return the cosine of each row to the centre of its cluster; NaN for a row in none."""
    vectors, clusters = known.vectors(), known.clusters()
    lengths = np.linalg.norm(clusters.centres, axis=1, keepdims=True)
    centres = clusters.centres / np.maximum(lengths, np.finfo(np.float32).tiny)
    cosine = np.full(len(vectors), np.nan, np.float32)
    for some in blocks(len(vectors)):
        labels = clusters.labels[some]
        cosine[some] = np.einsum("ij,ij->i", vectors[some], centres[labels])
    cosine[clusters.labels < 0] = np.nan
    return cosine


def _living(groups: Groups, alive: Mask) -> Groups:
    """Return the groups without the members that are dropped already."""
    here = alive[groups.members]
    heads, sizes = np.unique(groups.group_of_member[here], return_counts=True)
    return replace(
        groups,
        members=groups.members[here],
        starts=np.concatenate([[0], np.cumsum(sizes)]),
        lowest=groups.lowest[heads],
        highest=groups.highest[heads],
        chained=groups.chained[heads],
    )
