"""Decisions in two layers, by rules and by hand over them, and how steps change them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dataexplore.clusters.kmeans import Clusters
from dataexplore.dataset.dataset import Dataset
from dataexplore.duplicates.groups import Groups
from dataexplore.errors import RuleError
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Decisions
from dataexplore.journal.ledger import Rows
from dataexplore.selection.rule import Knowledge, Mask, Outcome, Rule, settle
from dataexplore.selection.rules import ByHand
from dataexplore.signals.signal import Scores
from dataexplore.text import short
from dataexplore.vectors.arrays import FloatMatrix, Progress


@dataclass(frozen=True)
class Step:
    """One line of the funnel."""

    rule: str
    rows: int
    """Rows left after the rule."""


@dataclass(frozen=True)
class Layers:
    """What rules and what people decided on each row."""

    ruled: Decisions
    hand: Decisions

    @property
    def covered(self) -> Decisions:
        """The decisions that count: by hand where there is one, else by rule."""
        return np.where(self.hand != UNDECIDED, self.hand, self.ruled).astype(np.int8)

    @property
    def left(self) -> int:
        """Rows that are not dropped."""
        return int(np.count_nonzero(self.covered != DROP))

    def after(self, step: Rule, known: Knowledge) -> "Layers":
        """Return the layers after one step; a rule sees all decisions before it, those by hand included."""
        if isinstance(step, ByHand):
            return self._after_hand(step, known.dataset)
        outcome = outcome_of(step, known, self.covered)
        return replace(self, ruled=settle(outcome, self.ruled, np.zeros(len(self.ruled), bool)))

    def _after_hand(self, step: ByHand, dataset: Dataset) -> "Layers":
        ruled, hand = self.ruled.copy(), self.hand.copy()
        for keys, decision in ((step.keep, KEEP), (step.drop, DROP), (step.open, UNDECIDED)):
            rows = rows_by_text(dataset, keys)
            hand[rows] = decision
            if decision == UNDECIDED:
                ruled[rows] = UNDECIDED
        return Layers(ruled, hand)


@dataclass(frozen=True)
class _Moment:
    """What is known about the rows while their decisions are those of one step."""

    known: Knowledge
    decisions: Decisions

    @property
    def dataset(self) -> Dataset:
        return self.known.dataset

    def scores(self, signal: str) -> Scores:
        return self.known.scores(signal)

    def where(self, sql: str, decisions: Decisions | None = None) -> Mask:
        return self.known.where(sql, self.decisions if decisions is None else decisions)

    def groups(self, threshold: float, linkage: str = "single", kinds: Sequence[str] = ()) -> Groups:
        return self.known.groups(threshold, linkage, kinds)

    def clusters(self, k: int | None = None, seed: int = 0) -> Clusters:
        return self.known.clusters(k, seed)

    def vectors(self) -> FloatMatrix:
        return self.known.vectors()

    def languages(self) -> Sequence[str]:
        return self.known.languages()

    @property
    def progress(self) -> Progress | None:
        return self.known.progress


def outcome_of(rule: Rule, known: Knowledge, decisions: Decisions) -> Outcome:
    """Ask a rule what it makes of the rows that are not dropped."""
    alive: Mask = decisions != DROP
    return rule.outcome(_Moment(known, decisions), alive)


def rows_by_text(dataset: Dataset, keys: Iterable[str]) -> Rows:
    """Return the rows that have these keys; keys of other datasets are passed over."""
    rows = dataset.rows_of(np.array([_key(key) for key in keys], np.uint64))
    return rows[rows >= 0]


def _key(text: str) -> int:
    try:
        key = int(text, 16)
    except (ValueError, TypeError):
        key = -1
    if not 0 <= key < 2**64:
        raise RuleError(f"the recipe has {short(str(text), 40)!r} by hand, which is no row key")
    return key
