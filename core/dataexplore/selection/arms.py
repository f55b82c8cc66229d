"""Arms of an experiment: the kept rows and, of the same size, the controls that they have to beat."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from dataexplore.errors import RuleError
from dataexplore.journal.ledger import Rows
from dataexplore.selection.recipe import Hand, Recipe
from dataexplore.selection.rule import Knowledge, Mask, Rule
from dataexplore.selection.rules import Longest, Random, Stratified
from dataexplore.text import short

NAMES = ("kept", "random", "longest", "full", "stratified")
EQUAL = ("rows", "tokens")


@dataclass(frozen=True)
class Arm:
    """A subset made for an experiment."""

    name: str
    """One of the names; of random ones with its seed."""
    rows: Rows = field(repr=False)
    tokens: int
    recipe: Recipe = field(repr=False)
    """Makes it again on the same dataset."""


@dataclass(frozen=True)
class Plan:
    """Which arms to make."""

    names: Sequence[str] = NAMES[:4]
    seeds: int = 1
    """Draws of each random arm, of the seeds from `seed` on."""
    seed: int = 0
    equal: str = "rows"
    """What random and longest have as much of as the kept rows: rows, or tokens (the nearest number)."""
    k: int | None = None
    """Clusters that a stratified arm has shares of."""


def arms(known: Knowledge, kept: Rows, recipe: Recipe, plan: Plan, among: Mask | None = None) -> list[Arm]:
    """Return the arms in the order of their names; controls are drawn from all rows, or from those `among`.

    `recipe` made the kept rows; its edits and its sight are every arm's. Raises RuleError for what cannot be
    made.
    """
    among = np.ones(len(known.dataset), bool) if among is None else among
    if unknown := [name for name in plan.names if name not in NAMES]:
        raise RuleError(f"no arm is called {short(unknown[0], 40)!r}; there are {', '.join(NAMES)}")
    if plan.equal not in EQUAL:
        raise RuleError(f"arms have equal {' or '.join(EQUAL)}, not {short(plan.equal, 40)!r}")
    if not len(kept):
        raise RuleError("no row is kept, so there is nothing to compare; choose some rows first")
    if plan.seeds < 1:
        raise RuleError("at least one seed is needed for random arms")
    found = []
    for name in dict.fromkeys(plan.names):
        if name == "kept":
            found.append(_arm(known, name, kept, recipe))
        elif name == "full":
            everything = replace(recipe, rules=(), hand=Hand())
            found.append(_arm(known, name, np.flatnonzero(among), everything))
        else:
            found += _controls(known, kept, name, recipe, plan, among)
    return found


def _controls(
    known: Knowledge, kept: Rows, name: str, recipe: Recipe, plan: Plan, among: Mask
) -> Iterator[Arm]:
    seeds = range(plan.seed, plan.seed + plan.seeds) if name != "longest" else [plan.seed]
    for seed in seeds:
        made = partial(_control, name, seed, plan.k)
        budget = int(known.dataset.tokens[kept].sum())
        rule = made(_nearest(known, made, budget, among) if plan.equal == "tokens" else len(kept))
        shown = name if name == "longest" else f"{name}-{seed}"
        yield _arm(known, shown, _rows(known, rule, among), replace(recipe, rules=(rule,), hand=Hand()))


def _control(name: str, seed: int, k: int | None, size: int) -> Rule:
    if name == "longest":
        return Longest(size)
    return Random(size, seed) if name == "random" else Stratified(size, seed, None, k)


def _nearest(known: Knowledge, make: Callable[[int], Rule], budget: int, among: Mask) -> int:
    """Return the size whose rows have about `budget` tokens: more rows never have fewer."""

    def tokens(size: int) -> int:
        return int(known.dataset.tokens[_rows(known, make(size), among)].sum())

    low, high = 1, int(np.count_nonzero(among))
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if tokens(middle) < budget else (low, middle)
    return low - 1 if low > 1 and budget - tokens(low - 1) < tokens(low) - budget else low


def _rows(known: Knowledge, rule: Rule, among: Mask) -> Rows:
    return np.flatnonzero(rule.outcome(known, among).keep)


def _arm(known: Knowledge, name: str, rows: Rows, recipe: Recipe) -> Arm:
    return Arm(name, rows, int(known.dataset.tokens[rows].sum()), recipe)
