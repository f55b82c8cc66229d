"""The acts in force as steps that replay to the same decisions, and where a new rule goes among them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from dataexplore.dataset.keys import Keys, key_text
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Act, Decisions
from dataexplore.journal.journal import Entry
from dataexplore.journal.ledger import Ledger
from dataexplore.selection.layers import Layers
from dataexplore.selection.recipe import Hand, Recipe
from dataexplore.selection.rule import Knowledge, Rule
from dataexplore.selection.rules import ByHand
from dataexplore.session.running import Ran, run_rules
from dataexplore.session.shares import SEVERAL, Places, rules_of, several, tells

Chosen = dict[int, int]
"""Decisions by hand that came one after another: the last one on each key."""

Owners = frozenset[tuple[int, int]]
"""Journal entries, each with the place of one of its steps; -1 where it does not tell them apart."""


@dataclass(frozen=True)
class InForce:
    """A rule of the journal."""

    rule: Rule
    owners: Owners
    """Whose rows are its own; rules of equal owners can only be counted together."""


Steps = list[InForce | Chosen]


def steps_in_force(acts: Iterable[Entry]) -> Steps:
    """Return rules and decisions by hand in the order in which they replay."""
    steps: Steps = []
    for entry in acts:
        act = entry.act
        if act.rule is None:
            steps.append(dict(zip(act.keys.tolist(), act.decisions.tolist(), strict=True)))
        elif act.rule["kind"] == SEVERAL:
            told = tells(entry)
            rules = enumerate(rules_of(act.rule))
            made = (InForce(rule, frozenset({(entry.seq, at if told else -1)})) for at, rule in rules)
            steps = [_all_chosen(steps), *made]
        else:
            steps = placed(steps, rules_of(act.rule)[0], entry.seq)
    return steps


def rules_in_force(acts: Iterable[Entry]) -> list[InForce]:
    """Return the rules alone, in the order in which they replay."""
    return _rules(steps_in_force(entry for entry in acts if entry.act.rule is not None))


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
            rules.append(step.rule)
    return rules


def placed(steps: Steps, rule: Rule, seq: int = 0) -> Steps:
    """Add a rule of a journal entry, or put it in place of the one of its slot.

    When other rules come after that one, all that was decided by hand goes first: the rules run anew on it.
    """
    place = _place(steps, rule.slot)
    new = InForce(rule, frozenset({(seq, 0)}))
    if place is None:
        return [*steps, new]
    if all(isinstance(step, dict) for step in steps[place + 1 :]):
        return [*steps[:place], *steps[place + 1 :], new]
    # An act of one rule that made others run anew does not tell them apart.
    rules = _rules([new if at == place else step for at, step in enumerate(steps)])
    owners = frozenset[tuple[int, int]]().union(*(one.owners for one in rules))
    return [_all_chosen(steps), *(InForce(one.rule, owners) for one in rules)]


def anew(acts: Iterable[Entry], rule: Rule) -> tuple[Rule, ...] | None:
    """Return all rules with a new one among them; None when it comes last, so that no other runs anew."""
    steps: Steps = [*rules_in_force(acts)]
    place = _place(steps, rule.slot)
    if place is None or place == len(steps) - 1:
        return None
    return tuple(one.rule for one in _rules(placed(steps, rule)))


@dataclass(frozen=True)
class Ruling:
    """What a rule makes of the rows once it is among those in force."""

    ruled: Decisions = field(repr=False)
    own: Places = field(repr=False)
    """Per row the place in `rules` of the rule that decided it, -1 where an earlier act did."""
    rules: tuple[Rule, ...]
    """The rule alone, or all that run anew because it stands among them."""


def ruling(rule: Rule, ledger: Ledger, known: Knowledge) -> Ruling:
    """Return what the rules make of the rows once `rule` is among them."""
    steps = steps_in_force(ledger.done)
    if (place := _place(steps, rule.slot)) is None:
        return _last(rule, ledger.ruled, ledger, known)
    after = placed(steps, rule)
    if any(not isinstance(step, dict) for step in steps[place + 1 :]):
        rules = tuple(one.rule for one in _rules(after))
        ran = run_rules(rules, known, ledger.hand)
        return Ruling(ran.layers.ruled, ran.by, rules)
    before = None
    if not any(_holds(entry, rule.slot) for entry in ledger.done):
        before = ledger.ruled_without(lambda entry: _is_of(entry, rule.slot))
    if before is None:
        nothing = np.zeros(len(ledger.decisions), np.int8)
        layers = Layers(nothing, nothing)
        for one in as_rules(after[:-1]):
            layers = layers.after(one, known)
        before = layers.ruled
    return _last(rule, before, ledger, known)


def rule_act(rule: Rule, found: Ruling, ledger: Ledger, keys: Keys) -> Act:
    """Return the act that brings the rules to a ruling; rows that the rule's slot decided are now its own."""
    mine = ledger.ruled_by(lambda entry: bool(rule.slot) and _is_of(entry, rule.slot))
    rows = np.flatnonzero((found.ruled != ledger.ruled) | mine | (found.own >= 0))
    step = rule.as_step() if len(found.rules) == 1 else several(found.rules, found.own[rows])
    return Act(keys[rows], found.ruled[rows], rule.title, hand=False, rule=step)


def recipe_acts(recipe: Recipe, ran: Ran, ledger: Ledger, keys: Keys, reason: str = "") -> list[Act]:
    """Return the acts that bring the ledger to a recipe's outcome: the rules', then what it has by hand."""
    layers = ran.layers
    rows = np.flatnonzero((layers.ruled != ledger.ruled) | (layers.ruled != UNDECIDED))
    reason = reason or "; ".join(one.title for one in recipe.rules) or "recipe"
    rule = several(recipe.rules, ran.by[rows])
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


def _rules(steps: Sequence[InForce | Chosen]) -> list[InForce]:
    """Return the rules without what is decided by hand, in recipes, too."""
    rules = [step for step in steps if not isinstance(step, dict)]
    return [one for one in rules if not isinstance(one.rule, ByHand)]


def _last(rule: Rule, before: Decisions, ledger: Ledger, known: Knowledge) -> Ruling:
    ruled = Layers(before, ledger.hand).after(rule, known).ruled
    return Ruling(ruled, np.where(ruled != before, 0, -1).astype(np.int16), (rule,))


def _place(steps: Sequence[InForce | Chosen], slot: str) -> int | None:
    found = [
        at for at, step in enumerate(steps) if not isinstance(step, dict) and slot and step.rule.slot == slot
    ]
    return found[-1] if found else None


def _all_chosen(steps: Steps) -> Chosen:
    chosen: Chosen = {}
    for step in steps:
        if isinstance(step, dict):
            chosen.update(step)
        elif isinstance(step.rule, ByHand):
            chosen.update(_chosen(step.rule))
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
    return rule is not None and rule["kind"] != SEVERAL and rules_of(rule)[0].slot == slot


def _holds(entry: Entry, slot: str) -> bool:
    rule = entry.act.rule
    return rule is not None and rule["kind"] == SEVERAL and any(one.slot == slot for one in rules_of(rule))
