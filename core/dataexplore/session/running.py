"""Steps run one after another, and which of them decided each row."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dataexplore.journal.decision import UNDECIDED, Decisions
from dataexplore.selection.layers import Layers, Step
from dataexplore.selection.recipe import Hand, Recipe
from dataexplore.selection.rule import Knowledge, Rule
from dataexplore.selection.rules import ByHand
from dataexplore.session.edits import recipe_changes, supposing
from dataexplore.session.known import Known
from dataexplore.session.shares import Places


@dataclass(frozen=True)
class Ran:
    """What steps made of the rows."""

    layers: Layers = field(repr=False)
    steps: list[Step]
    """The rows left after each."""
    by: Places = field(repr=False)
    """Per row the place of the step that decided it, by hand or not; -1 where none did."""


def run_rules(rules: Sequence[Rule], known: Knowledge, hand: Decisions) -> Ran:
    """Take rules one after another on rows of which only `hand` is decided."""
    layers, steps = Layers(np.zeros(len(hand), np.int8), hand), []
    by = np.full(len(hand), -1, np.int16)
    for place, rule in enumerate(rules):
        after = layers.after(rule, known)
        by[after.ruled != layers.ruled] = place
        layers = after
        steps.append(Step(rule.title, layers.left))
    by[layers.ruled == UNDECIDED] = -1
    return Ran(layers, steps, by)


def run_recipe(recipe: Recipe, known: Known, by_hand: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ran:
    """Run a recipe on all rows, edited as it says; `by_hand` are those whose decision stands."""
    hand = np.where(by_hand, known.decisions, UNDECIDED).astype(np.int8)
    last = (ByHand(recipe.hand.keep, recipe.hand.drop, recipe.hand.open),) if recipe.hand != Hand() else ()
    return run_rules(
        (*recipe.rules, *last), supposing(known, recipe_changes(known.dataset, recipe.edits)), hand
    )
