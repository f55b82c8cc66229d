"""Rules that take some rows of every group: a number of the best, or a share at random."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dataexplore.errors import RuleError
from dataexplore.journal.ledger import Rows
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Picking, chosen, falling, generator, size_of
from dataexplore.text import short

ORDERS = ("random", "longest", "best")


@dataclass(frozen=True)
class Quota(Picking):
    """Keep up to `each` rows of every cluster, or of every value of a column (CaR, arXiv 2402.18191)."""

    kind: ClassVar[str] = "quota"
    since: ClassVar[int] = 3
    each: int
    order: str = "random"
    """Which ones: random, longest, or best by the signal."""
    signal: str | None = None
    column: str | None = None
    """A field or signal; without one, groups are clusters."""
    k: int | None = None
    """Clusters; without it as many as suit the number of rows."""
    seed: int = 0
    """Of the clusters, of what is drawn and of the order of equal rows."""
    top: int = 0
    """So many rows at most are kept whatever their group: the best, or the longest, of all."""
    most: int | None = None
    """So many of the groups' rows at most: each group gives its next in turn until then."""

    @property
    def title(self) -> str:
        """Number, order and groups."""
        by = f" by {self.signal}" if self.order == "best" else ""
        first = f"{_word(self.order)} {self.top:,}{by} and " if self.top else ""
        turns = "" if self.most is None else f", {self.most:,} in turn"
        return f"{first}{_word(self.order)} {self.each:,}{by} of each {_groups(self.column, self.k)}{turns}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Take from the front of each group; what is unscored, or in no cluster, is not in the running."""
        if self.order not in ORDERS:
            raise RuleError(f"no order is called {short(self.order, 40)!r}; there are {', '.join(ORDERS)}")
        fewest = self.each if self.most is None else min(self.each, self.most)
        if fewest < 1:
            raise RuleError(f"a quota of {fewest} rows cannot be taken; ask for at least 1")
        ordered = self._ordered(known, alive)
        groups = groups_of(known, self.column, self.k, self.seed)[ordered]
        ranks = _ranks(groups)
        inside = np.flatnonzero((groups >= 0) & (ranks < self.each))
        if self.most is not None:
            inside = inside[np.argsort(ranks[inside], kind="stable")][: self.most]
        return chosen(np.union1d(ordered[: self.top], ordered[inside]), alive)

    def _ordered(self, known: Knowledge, alive: Mask) -> Rows:
        """Return the rows in the running in their order, equal ones as drawn."""
        draw = generator(self.seed)
        if self.order == "best":
            if not self.signal:
                raise RuleError("the order 'best' needs a signal to go by")
            scores = known.scores(self.signal)
            rows = draw.permutation(np.flatnonzero(alive & ~np.isnan(scores)))
            return rows[np.argsort(falling(scores[rows]), kind="stable")]
        rows = draw.permutation(np.flatnonzero(alive))
        if self.order == "longest":
            rows = rows[np.argsort(-known.dataset.response_chars[rows], kind="stable")]
        return rows


@dataclass(frozen=True)
class Stratified(Picking):
    """Keep `size` of the rows that are left, drawn so that each group has its share: a random control."""

    kind: ClassVar[str] = "stratified"
    since: ClassVar[int] = 3
    size: int
    seed: int = 0
    column: str | None = None
    k: int | None = None

    @property
    def title(self) -> str:
        """Size, groups and seed."""
        return f"random {self.size:,} by {_groups(self.column, self.k)}, seed {self.seed}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Draw in each group; rows that shares leave over go to the largest remainders."""
        rows = generator(self.seed).permutation(np.flatnonzero(alive))
        size = size_of(self.size, rows)
        # The clusters' own seed is not the draw's: draws of several seeds are from the same clusters.
        groups = groups_of(known, self.column, self.k, 0)[rows]
        _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        shares = sizes * size / len(rows)
        quota = np.floor(shares).astype(np.int64)
        left = size - int(quota.sum())
        quota[np.argsort(quota - shares, kind="stable")[:left]] += 1
        return chosen(rows[_ranks(codes) < quota[codes]], alive)


def groups_of(known: Knowledge, column: str | None, k: int | None, seed: int) -> NDArray[np.int64]:
    """Return each row's group as a number; -1 is in no cluster.

    Rows without a value in the column are a group of their own. Raises SignalError when there is no such
    field or signal.
    """
    if column is None:
        return known.clusters(k, seed).labels.astype(np.int64)
    values: NDArray[Any]
    if column in known.dataset.table.fields:
        values = known.dataset.table.column(column).rank("dense").fill_null(0).to_numpy()
    else:
        values = known.scores(column)
    found: NDArray[np.int64] = np.unique(values, return_inverse=True)[1]
    return found


def _ranks(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each place how many of its group are before it."""
    order = np.argsort(groups, kind="stable")
    grouped = groups[order]
    ranks = np.empty(len(groups), np.int64)
    ranks[order] = np.arange(len(groups)) - np.searchsorted(grouped, grouped, side="left")
    return ranks


def _word(order: str) -> str:
    return {"best": "best", "longest": "longest"}.get(order, "random")


def _groups(column: str | None, k: int | None) -> str:
    return f"{short(column, 40)}" if column else "cluster" if k is None else f"of {k:,} clusters"
