"""What a rule is: a decision on many rows, said declaratively."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from dataexplore.clusters.kmeans import Clusters
from dataexplore.dataset.dataset import Dataset
from dataexplore.duplicates.groups import Groups
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Decisions
from dataexplore.signals.signal import Scores
from dataexplore.vectors.arrays import FloatMatrix, Progress

Mask = NDArray[np.bool_]


class Knowledge(Protocol):
    """What a rule may ask about the rows; the session answers."""

    @property
    def dataset(self) -> Dataset:
        """The rows."""
        ...

    def scores(self, signal: str) -> Scores:
        """Return a signal's scores; raise SignalError when there is no such signal."""
        ...

    def where(self, sql: str, decisions: Decisions | None = None) -> Mask:
        """Return the rows that match a filter, with these decisions if any are given.

        Raise FilterError when the filter cannot be understood.
        """
        ...

    def groups(self, threshold: float, linkage: str = "single", kinds: Sequence[str] = ()) -> Groups:
        """Return the duplicate groups at a threshold, by the usual kinds or by these."""
        ...

    def clusters(self, k: int | None = None, seed: int = 0) -> Clusters:
        """Return the clusters of the rows."""
        ...

    def vectors(self) -> FloatMatrix:
        """Return the rows' vectors, of length 1, or 0 where a row has none."""
        ...

    def languages(self) -> Sequence[str]:
        """Return the language of each row as a label."""
        ...

    @property
    def progress(self) -> Progress | None:
        """What is told how far slow work is."""
        ...


@dataclass(frozen=True)
class Outcome:
    """What a rule asks for; rows in neither mask are left as they are."""

    keep: Mask
    drop: Mask


class Rule(Protocol):
    """A frozen dataclass whose fields are what a recipe says."""

    kind: ClassVar[str]

    @property
    def version(self) -> int:
        """The version of recipes that the step needs."""
        ...

    @property
    def title(self) -> str:
        """The rule in a few words, as a reason and as a funnel line."""
        ...

    @property
    def dropped(self) -> str:
        """Why it drops a row, in a few words."""
        ...

    @property
    def slot(self) -> str:
        """Rules of one slot replace each other: a moved threshold takes the place of the earlier one."""
        ...

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Return what to keep and drop; `alive` are the rows that are not dropped."""
        ...

    def as_step(self) -> dict[str, Any]:
        """Return the rule as it stands in a recipe."""
        ...


def settle(outcome: Outcome, decisions: Decisions, hand: Mask) -> Decisions:
    """Return the decisions after a rule: a hand decision stands, and a rule never revives a dropped row."""
    settled = decisions.copy()
    settled[outcome.drop & ~hand] = DROP
    settled[outcome.keep & ~hand & (settled == UNDECIDED)] = KEEP
    return settled
