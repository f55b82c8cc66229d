"""The acts in force as steps that replay to the same decisions, and where a new rule goes among them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dataexplore.dataset.keys import Keys, key_text
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Act, Decisions
from dataexplore.journal.journal import Entry
from dataexplore.journal.ledger import Ledger
from dataexplore.selection.layers import Layers, run_steps
from dataexplore.selection.recipe import Hand, Recipe, rule_from
from dataexplore.selection.rule import Knowledge, Mask, Rule
from dataexplore.selection.rules import ByHand

Chosen = dict[int, int]
"""Decisions by hand that came one after another: the last one on each key."""

Steps = list[Rule | Chosen]


def steps_in_force(acts: Iterable[Entry]) -> Steps:
    """Return rules and decisions by hand in the order in which they replay."""
    steps: Steps = []
    for entry in acts:
        act = entry.act
        if act.rule is None:
            steps.append(dict(zip(act.keys.tolist(), act.decisions.tolist(), strict=True)))
        elif act.rule["kind"] == "recipe":
            steps = [_all_chosen(steps), *rules_of(act.rule)]
        else:
            steps = placed(steps, rule_from(act.rule))
    return steps


def as_rules(steps: Steps) -> list[Rule]:
    """Return steps as a recipe has them: decisions by hand that follow one another are one step."""
    rules: list[Rule] = []
    chosen: Chosen = {}
    for step in [*steps, None]:
        if isinstance(step, dict):
            chosen.update(step)
            continue
        if chosen:
            rules.append(_by_hand(chosen))
            chosen = {}
        if step is not None:
            rules.append(step)
    return rules


def placed(steps: Steps, rule: Rule) -> Steps:
    """Add a rule, or put it in place of the one of its slot.

    When other rules come after that one, all that was decided by hand goes first: the rules run anew on it.
    """
    place = _place(steps, rule.slot)
    if place is None:
        return [*steps, rule]
    if all(isinstance(step, dict) for step in steps[place + 1 :]):
        return [*steps[:place], *steps[place + 1 :], rule]
    rules = [rule if at == place else step for at, step in enumerate(steps) if not isinstance(step, dict)]
    return [_all_chosen(steps), *rules]


def ruling(rule: Rule, ledger: Ledger, known: Knowledge) -> Decisions:
    """Return what the rules make of the rows once `rule` is among them."""
    steps = steps_in_force(ledger.done)
    after = placed(steps, rule)
    now = Layers(ledger.ruled, ledger.hand)
    if _place(steps, rule.slot) is None:
        return now.after(rule, known).ruled
    nothing = np.zeros(len(now.ruled), np.int8)
    if after[-1] is not rule:
        return run_steps(as_rules(after), known, Layers(nothing, nothing))[0].ruled
    before = None
    if not any(_holds(entry, rule.slot) for entry in ledger.done):
        before = ledger.ruled_without(lambda entry: _is_of(entry, rule.slot))
    if before is None:
        before = run_steps(as_rules(after[:-1]), known, Layers(nothing, nothing))[0].ruled
    return Layers(before, ledger.hand).after(rule, known).ruled


def rule_act(rule: Rule, ruled: Decisions, ledger: Ledger, keys: Keys) -> Act:
    """Return the act that brings the rules to `ruled`; rows that its slot decided are now its own."""
    mine: Mask = ledger.ruled_by(lambda entry: bool(rule.slot) and _is_of(entry, rule.slot))
    rows = np.flatnonzero((ruled != ledger.ruled) | mine)
    return Act(keys[rows], ruled[rows], rule.title, hand=False, rule=rule.as_step())


def recipe_acts(recipe: Recipe, layers: Layers, ledger: Ledger, keys: Keys) -> list[Act]:
    """Return the acts that bring the ledger to a recipe's outcome: the rules', then what it has by hand."""
    rows = np.flatnonzero((layers.ruled != ledger.ruled) | (layers.ruled != UNDECIDED))
    rule = {"kind": "recipe", "step": [one.as_step() for one in recipe.rules]}
    reason = "; ".join(one.title for one in recipe.rules) or "recipe"
    acts = [Act(keys[rows], layers.ruled[rows], reason, hand=False, rule=rule)]
    open_again = (layers.hand == UNDECIDED) & (layers.ruled == UNDECIDED)
    chosen = np.flatnonzero((layers.hand != ledger.hand) & ((layers.hand != UNDECIDED) | open_again))
    if len(chosen):
        acts.append(Act(keys[chosen], layers.hand[chosen], "by hand, in the recipe", hand=True))
    return acts


def as_recipe(acts: Iterable[Entry]) -> Recipe:
    """Return acts in force as a recipe; what was decided by hand after the last rule stands apart."""
    rules = as_rules(steps_in_force(acts))
    if rules and isinstance(last := rules[-1], ByHand):
        return Recipe(tuple(rules[:-1]), Hand(last.keep, last.drop, last.open))
    return Recipe(tuple(rules))


def rules_of(step: dict[str, Any]) -> list[Rule]:
    """Return the rules of a journalled act."""
    return [rule_from(one) for one in step["step"]] if step["kind"] == "recipe" else [rule_from(step)]


def _place(steps: Sequence[Rule | Chosen], slot: str) -> int | None:
    found = [at for at, step in enumerate(steps) if not isinstance(step, dict) and slot and step.slot == slot]
    return found[-1] if found else None


def _all_chosen(steps: Steps) -> Chosen:
    chosen: Chosen = {}
    for step in steps:
        if isinstance(step, dict):
            chosen.update(step)
        elif isinstance(step, ByHand):
            chosen.update(_chosen(step))
    return {key: decision for key, decision in chosen.items() if decision != UNDECIDED}


def _chosen(step: ByHand) -> Chosen:
    sides = ((step.keep, KEEP), (step.drop, DROP), (step.open, UNDECIDED))
    return {int(key, 16): int(decision) for keys, decision in sides for key in keys}


def _by_hand(chosen: Chosen) -> ByHand:
    sides = (
        tuple(key_text(key) for key, decision in chosen.items() if decision == side)
        for side in (KEEP, DROP, UNDECIDED)
    )
    return ByHand(*sides)


def _is_of(entry: Entry, slot: str) -> bool:
    rule = entry.act.rule
    return rule is not None and rule["kind"] != "recipe" and rule_from(rule).slot == slot


def _holds(entry: Entry, slot: str) -> bool:
    rule = entry.act.rule
    return rule is not None and rule["kind"] == "recipe" and any(one.slot == slot for one in rules_of(rule))
