"""A journal's rules and hand decisions as a file that replays on the same or another dataset."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from dataexplore.dataset.keys import key_text
from dataexplore.errors import RuleError
from dataexplore.journal.decision import DROP, KEEP, Decisions
from dataexplore.selection.rule import Knowledge, Mask, Outcome, Rule, settle
from dataexplore.selection.rules import Cluster, Duplicates, Longest, Only, Random, Threshold, Top
from dataexplore.text import short

VERSION = 1

_KINDS: dict[str, Any] = {rule.kind: rule for rule in (Threshold, Only, Duplicates, Cluster, Random, Longest, Top)}


@dataclass(frozen=True)
class Hand:
    """Decisions made by hand, by row key; they stand against every rule."""

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """Rules in order, then what was decided by hand."""

    rules: tuple[Rule, ...]
    hand: Hand = Hand()


@dataclass(frozen=True)
class Step:
    """One line of the funnel."""

    rule: str
    rows: int
    """Rows left after the rule."""


def rule_from(step: dict[str, Any]) -> Rule:
    """Return the rule that a recipe's step describes; raise RuleError naming what is wrong with it."""
    kind = step.get("kind")
    made = _KINDS.get(str(kind))
    if made is None:
        raise RuleError(f"the recipe has a step of kind {short(str(kind), 40)!r}; there are {', '.join(_KINDS)}")
    given = {name: value for name, value in step.items() if name != "kind"}
    known = {field.name for field in fields(made)}
    if unknown := sorted(given.keys() - known):
        raise RuleError(f"the recipe's {kind} step has an unknown setting {short(unknown[0], 40)!r}")
    try:
        rule: Rule = made(**given)
    except TypeError:
        raise RuleError(f"the recipe's {kind} step needs {', '.join(sorted(known - given.keys()))}") from None
    return rule


def run_recipe(recipe: Recipe, known: Knowledge, hand: Decisions) -> tuple[Decisions, list[Step]]:
    """Apply a recipe to rows of which only `hand` is decided; return the decisions and the funnel."""
    by_hand = hand != 0
    decisions = hand.copy()
    for keys, decision in ((recipe.hand.keep, KEEP), (recipe.hand.drop, DROP)):
        rows = known.dataset.rows_of(np.array([_key(key) for key in keys], np.uint64))
        decisions[rows[rows >= 0]] = decision
        by_hand[rows[rows >= 0]] = True
    steps = []
    for rule in recipe.rules:
        decisions = settle(outcome_of(rule, known, decisions), decisions, by_hand)
        steps.append(Step(rule.title, int(np.count_nonzero(decisions != DROP))))
    return decisions, steps


def outcome_of(rule: Rule, known: Knowledge, decisions: Decisions) -> Outcome:
    """Ask a rule what it makes of the rows that are not dropped."""
    alive: Mask = decisions != DROP
    return rule.outcome(known, alive)


def write_recipe(recipe: Recipe, dataset: str, rows: int) -> bytes:
    """Return a recipe as TOML."""
    steps = [rule.as_step() for rule in recipe.rules]
    document: dict[str, Any] = {"recipe": {"version": VERSION, "dataset": dataset, "rows": rows}, "step": steps}
    if recipe.hand.keep or recipe.hand.drop:
        document["hand"] = {"keep": list(recipe.hand.keep), "drop": list(recipe.hand.drop)}
    return tomli_w.dumps(document).encode()


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file; raise RuleError saying what is wrong with it."""
    name = short(str(path), 200)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RuleError(f"{name}: no such recipe; name a file or one of random, longest-1k") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{name}: not a recipe ({short(str(error), 80)})") from None
    steps, hand = document.get("step", []), document.get("hand", {})
    if not isinstance(steps, list) or not isinstance(hand, dict) or not all(isinstance(step, dict) for step in steps):
        raise RuleError(f"{name}: a recipe has [[step]] tables and at most one [hand] table")
    if document.get("recipe", {}).get("version", VERSION) > VERSION:
        raise RuleError(f"{name}: made by a newer dataexplore; upgrade to replay it")
    decided = Hand(tuple(hand.get("keep", ())), tuple(hand.get("drop", ())))
    return Recipe(tuple(rule_from(step) for step in steps), decided)


def named_recipe(name: str, size: int | None, seed: int) -> Recipe | None:
    """Return a recipe that ships with the program, None when there is none of that name."""
    if name == "random":
        if size is None:
            raise RuleError("the recipe 'random' needs --size N")
        return Recipe((Random(size, seed),))
    if name in ("longest", "longest-1k"):
        return Recipe((Longest(size or 1000),))
    return None


def hand_of(keys: Sequence[int], decisions: Decisions) -> Hand:
    """Return decisions by hand as a recipe keeps them."""
    keep = tuple(key_text(key) for key, decision in zip(keys, decisions, strict=True) if decision == KEEP)
    drop = tuple(key_text(key) for key, decision in zip(keys, decisions, strict=True) if decision == DROP)
    return Hand(keep, drop)


def _key(text: str) -> int:
    try:
        return int(text, 16) & (2**64 - 1)
    except (ValueError, TypeError):
        raise RuleError(f"the recipe's [hand] table has {short(str(text), 40)!r}, which is no row key") from None
