"""A rule that decides a whole cluster."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataexplore.errors import RuleError
from dataexplore.journal.decision import Decision
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Step
from dataexplore.text import short


@dataclass(frozen=True)
class Cluster(Step):
    """Keep or drop one cluster."""

    kind: ClassVar[str] = "cluster"
    cluster: int
    k: int
    seed: int
    decision: str

    @property
    def title(self) -> str:
        """The decision and the cluster."""
        return f"{self.decision} cluster {self.cluster}"

    @property
    def slot(self) -> str:
        """One decision per cluster."""
        return f"cluster {self.k} {self.seed} {self.cluster}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Decide the members, leave all others."""
        words = (Decision.KEEP.word, Decision.DROP.word)
        if self.decision not in words:
            raise RuleError(f"a cluster is kept or dropped; {short(self.decision, 40)!r} is neither")
        members = known.clusters(self.k, self.seed).labels == self.cluster
        nothing = np.zeros(len(alive), bool)
        if self.decision == Decision.KEEP.word:
            return Outcome(members, nothing)
        return Outcome(nothing, members)
