"""The rules there are, each a frozen dataclass that says itself in a recipe."""

from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.duplicates.groups import Groups
from dataexplore.duplicates.policy import POLICIES, survivors
from dataexplore.errors import RuleError, SignalError
from dataexplore.journal.decision import Decision
from dataexplore.journal.ledger import Rows
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.text import short


class _Step:
    """What all rules share: how they stand in a recipe."""

    kind: ClassVar[str]

    @property
    def slot(self) -> str:
        """No slot: rules of this kind add up."""
        return ""

    def as_step(self) -> dict[str, Any]:
        """Return the rule as it stands in a recipe; what is unset is left out."""
        step: dict[str, Any] = {"kind": self.kind}
        for field in fields(self):  # type: ignore[arg-type] # every rule is a dataclass
            value = getattr(self, field.name)
            if isinstance(value, np.generic):
                step[field.name] = value.item()
            elif value is not None and value != ():
                step[field.name] = list(value) if isinstance(value, tuple) else value
        return step


@dataclass(frozen=True)
class Threshold(_Step):
    """Keep `signal >= at`, drop what is below, leave the unscored (AlpaGasus, arXiv 2307.08701)."""

    kind: ClassVar[str] = "threshold"
    signal: str
    at: float

    @property
    def title(self) -> str:
        """The condition."""
        return f"{self.signal} >= {self.at:g}"

    @property
    def slot(self) -> str:
        """One threshold per signal."""
        return f"threshold {self.signal}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Compare; NaN is neither above nor below."""
        scores = known.scores(self.signal)
        with np.errstate(invalid="ignore"):
            return Outcome(scores >= self.at, scores < self.at)


@dataclass(frozen=True)
class Only(_Step):
    """Keep the rows that match a filter and drop the others; one that lacks the score it hangs on is left."""

    kind: ClassVar[str] = "only"
    where: str

    @property
    def title(self) -> str:
        """The filter."""
        return f"only {self.where}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Ask the filter; a row for which it is neither true nor false for want of a score is left."""
        matching = known.where(self.where)
        return Outcome(matching, ~matching & ~self._unscored(known))

    def _unscored(self, known: Knowledge) -> Mask:
        lacking = np.zeros(len(known.dataset), bool)
        for name in pl.sql_expr(self.where).meta.root_names():
            with suppress(SignalError):  # a column that is no signal
                lacking |= np.isnan(known.scores(name))
        return lacking & known.where(f"({self.where}) IS NULL") if lacking.any() else lacking


@dataclass(frozen=True)
class Duplicates(_Step):
    """Drop all but one row of each duplicate group, among the rows that are left."""

    kind: ClassVar[str] = "duplicates"
    threshold: float
    policy: str
    signal: str | None = None
    """The score that `best score` goes by."""

    @property
    def title(self) -> str:
        """Threshold and policy."""
        by = f" ({self.signal})" if self.signal and self.policy == "best score" else ""
        return f"duplicates >= {self.threshold:.2f}, {self.policy}{by}"

    @property
    def slot(self) -> str:
        """One way to thin out duplicates at a time."""
        return "duplicates"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Drop what does not survive; a row that is dropped already cannot stand for its group."""
        if self.policy not in POLICIES:
            raise RuleError(
                f"no policy is called {short(self.policy, 40)!r}; there are {', '.join(POLICIES)}"
            )
        if self.policy == "best score" and not self.signal:
            raise RuleError("the policy 'best score' needs a signal to go by")
        drop = np.zeros(len(alive), bool)
        if self.policy != "none":
            scores: NDArray[Any] | None = known.scores(self.signal) if self.signal else None
            groups = _living(known.groups(self.threshold), alive)
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


@dataclass(frozen=True)
class Random(_Step):
    """Keep `size` of the rows that are left, drawn with a seed: the control every selection needs."""

    kind: ClassVar[str] = "random"
    size: int
    seed: int = 0

    @property
    def title(self) -> str:
        """Size and seed."""
        return f"random {self.size:,}, seed {self.seed}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Draw without replacement."""
        rows = np.flatnonzero(alive)
        drawn = _generator(self.seed).permutation(rows)[: _size(self.size, rows)]
        return _chosen(drawn, alive)


@dataclass(frozen=True)
class Longest(_Step):
    """Keep the `size` longest responses of the rows that are left: a strong baseline (arXiv 2402.04833)."""

    kind: ClassVar[str] = "longest"
    size: int

    @property
    def title(self) -> str:
        """The size."""
        return f"longest {self.size:,}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Take by characters; of equal ones the first."""
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
        """Size and signal."""
        return f"top {self.size:,} by {self.signal}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Take from the top; what is unscored is not in the running."""
        scores = known.scores(self.signal)
        rows = _generator(self.seed).permutation(np.flatnonzero(alive & ~np.isnan(scores)))
        order = np.argsort(-scores[rows], kind="stable")
        return _chosen(rows[order[: _size(self.size, rows)]], alive)


@dataclass(frozen=True)
class ByHand(_Step):
    """Decisions made by hand between two rules: the rules after it see them, and none changes them."""

    kind: ClassVar[str] = "hand"
    keep: tuple[str, ...] = ()
    """Row keys, as hexadecimal digits."""
    drop: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    """Rows whose decision was taken back."""

    @property
    def title(self) -> str:
        """Who decided."""
        return "by hand"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Ask nothing of the rules: these decisions lie over theirs."""
        nothing = np.zeros(len(alive), bool)
        return Outcome(nothing, nothing)


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


def _size(size: int, rows: Rows) -> int:
    if size < 1:
        raise RuleError(f"a subset of {size} rows cannot be made; ask for at least 1")
    if size > len(rows):
        raise RuleError(f"{size:,} rows were asked for, but {len(rows):,} are left")
    return size


def _generator(seed: int) -> np.random.Generator:
    if seed < 0:
        raise RuleError(f"a seed is a whole number from 0; {seed} is not")
    return np.random.default_rng(seed)


def _chosen(rows: Rows, alive: Mask) -> Outcome:
    keep = np.zeros(len(alive), bool)
    keep[rows] = True
    return Outcome(keep, alive & ~keep)
