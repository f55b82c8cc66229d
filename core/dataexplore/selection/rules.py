"""The rules there are, each a frozen dataclass that says itself in a recipe."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from dataexplore.duplicates.policy import POLICIES, survivors
from dataexplore.errors import RuleError
from dataexplore.journal.decision import Decision
from dataexplore.selection.rule import Knowledge, Mask, Outcome


class _Step:
    """What all rules share: how they stand in a recipe."""

    kind: ClassVar[str]

    @property
    def slot(self) -> str:
        return ""

    def as_step(self) -> dict[str, Any]:
        """Return the rule as it stands in a recipe; what is unset is left out."""
        fields = asdict(self)  # type: ignore[call-overload] # every rule is a dataclass
        return {"kind": self.kind} | {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True)
class Threshold(_Step):
    """Keep `signal >= at`, drop what is below, leave the unscored (AlpaGasus, arXiv 2307.08701)."""

    kind: ClassVar[str] = "threshold"
    signal: str
    at: float

    @property
    def title(self) -> str:
        return f"{self.signal} >= {self.at:g}"

    @property
    def slot(self) -> str:
        return f"threshold {self.signal}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        scores = known.scores(self.signal)
        with np.errstate(invalid="ignore"):
            return Outcome(scores >= self.at, scores < self.at)


@dataclass(frozen=True)
class Only(_Step):
    """Keep the rows that match a filter and drop all others."""

    kind: ClassVar[str] = "only"
    where: str

    @property
    def title(self) -> str:
        return f"only {self.where}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        matching = known.where(self.where)
        return Outcome(matching, ~matching)


@dataclass(frozen=True)
class Duplicates(_Step):
    """Drop all but one row of each duplicate group."""

    kind: ClassVar[str] = "duplicates"
    threshold: float
    policy: str
    signal: str | None = None
    """The score that `best score` goes by."""

    @property
    def title(self) -> str:
        by = f" ({self.signal})" if self.signal and self.policy == "best score" else ""
        return f"duplicates >= {self.threshold:.2f}, {self.policy}{by}"

    @property
    def slot(self) -> str:
        return "duplicates"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        if self.policy not in POLICIES:
            raise RuleError(f"no policy is called {self.policy!r}; there are {', '.join(POLICIES)}")
        if self.policy == "best score" and not self.signal:
            raise RuleError("the policy 'best score' needs a signal to go by")
        drop = np.zeros(len(alive), bool)
        if self.policy != "none":
            scores = known.scores(self.signal) if self.signal else None
            groups = known.groups(self.threshold)
            drop[groups.members] = True
            drop[survivors(groups, self.policy, scores, known.dataset.response_chars)] = False
        return Outcome(np.zeros(len(alive), bool), drop)


@dataclass(frozen=True)
class Cluster(_Step):
    """Keep or drop one cluster."""

    kind: ClassVar[str] = "cluster"
    cluster: int
    k: int
    seed: int
    decision: str

    @property
    def title(self) -> str:
        return f"{self.decision} cluster {self.cluster}"

    @property
    def slot(self) -> str:
        return f"cluster {self.k} {self.seed} {self.cluster}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        members = known.clusters(self.k, self.seed).labels == self.cluster
        nothing = np.zeros(len(alive), bool)
        if self.decision == Decision.KEEP.word:
            return Outcome(members, nothing)
        return Outcome(nothing, members)


@dataclass(frozen=True)
class Random(_Step):
    """Keep `size` of the rows that are left, drawn with a seed: the control every selection needs."""

    kind: ClassVar[str] = "random"
    size: int
    seed: int = 0

    @property
    def title(self) -> str:
        return f"random {self.size:,}, seed {self.seed}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        rows = np.flatnonzero(alive)
        drawn = np.random.default_rng(self.seed).permutation(rows)[: _size(self.size, rows)]
        return _chosen(drawn, alive)


@dataclass(frozen=True)
class Longest(_Step):
    """Keep the `size` longest responses of the rows that are left: a strong baseline (arXiv 2402.04833)."""

    kind: ClassVar[str] = "longest"
    size: int

    @property
    def title(self) -> str:
        return f"longest {self.size:,}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        rows = np.flatnonzero(alive)
        order = np.argsort(-known.dataset.response_chars[rows], kind="stable")
        return _chosen(rows[order[: _size(self.size, rows)]], alive)


@dataclass(frozen=True)
class Top(_Step):
    """Keep the `size` rows with the highest score; ties are drawn with a seed."""

    kind: ClassVar[str] = "top"
    signal: str
    size: int
    seed: int = 0

    @property
    def title(self) -> str:
        return f"top {self.size:,} by {self.signal}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        scores = known.scores(self.signal)
        rows = np.random.default_rng(self.seed).permutation(np.flatnonzero(alive & ~np.isnan(scores)))
        order = np.argsort(-scores[rows], kind="stable")
        return _chosen(rows[order[: _size(self.size, rows)]], alive)


def _size(size: int, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    if size < 1:
        raise RuleError(f"a subset of {size} rows cannot be made; ask for at least 1")
    if size > len(rows):
        raise RuleError(f"{size:,} rows were asked for, but {len(rows):,} are left")
    return size


def _chosen(rows: np.ndarray[tuple[int], np.dtype[np.int64]], alive: Mask) -> Outcome:
    keep = np.zeros(len(alive), bool)
    keep[rows] = True
    return Outcome(keep, alive & ~keep)
