"""Steps that are taken out, changed or moved: what is left is as if they had been chosen so."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.selection.made_up import said_outright
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.layers import outcome_of
from dataexplore.selection.recipe import Recipe
from dataexplore.selection.rule import Knowledge, Mask, Outcome, Rule
from dataexplore.selection.rules import ByHand, Longest, Only, Random, Threshold
from dataexplore.session.running import run_recipe
from dataexplore.session.session import Session
from dataexplore.session.steps import anew, rules_in_force

ROWS = 12
RULES: tuple[Rule, ...] = (Threshold("score", 2), Only("row > 3"), Random(5, 1), Longest(3))


def in_force(session: Session) -> list[Rule]:
    return [one.rule for one in rules_in_force(session.acts)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(RULES), size=st.integers(0, len(RULES)), by_hand=st.sets(st.integers(0, ROWS - 1))
)
def test_steps_in_another_order_are_as_if_they_were_chosen_so(
    tmp_path_factory: pytest.TempPathFactory,
    alpaca: Callable[..., Path],
    order: list[Rule],
    size: int,
    by_hand: set[int],
) -> None:
    path, folder = alpaca(ROWS), tmp_path_factory.mktemp("w")
    dropped = np.array(sorted(by_hand)[:3], np.int64)
    wanted = [rule for rule in order if rule.kind not in ("random", "longest")][:size]
    with said_outright(path, workspace=folder / "a") as session:
        for rule in RULES:
            session.apply(rule)
        session.decide(dropped, DROP, "bad")
        before = session.decisions
        session.replay(Recipe(tuple(wanted)), reason="other steps")
        assert in_force(session) == wanted
        assert session.by_hand.sum() == len(dropped)
        after = session.decisions
        assert session.state.undo == "other steps"
        assert session.undo().decisions.tolist() == before.tolist()
        assert in_force(session) == list(RULES)
        assert session.redo().decisions.tolist() == after.tolist()
    with said_outright(path, workspace=folder / "b") as other:
        other.decide(dropped, DROP, "bad")
        for rule in wanted:
            other.apply(rule)
        assert other.decisions.tolist() == after.tolist()


def test_the_last_step_taken_out_leaves_what_is_by_hand(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        session.decide(np.array([3]), KEEP, "good")
        session.apply(Threshold("score", 2))
        session.replay(Recipe(()), reason="taken out")
        assert (session.state.counts.keep, session.state.counts.drop) == (1, 0)
        assert in_force(session) == []
        assert session.recipe().rules == ()
        assert session.undo().counts.drop == 4


def test_only_a_rule_among_others_runs_them_anew(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        assert anew(session.acts, Threshold("score", 1)) is None
        session.apply(Threshold("score", 1))
        session.decide(np.array([3]), DROP, "bad")
        assert anew(session.acts, Threshold("score", 2)) is None
        session.apply(Longest(3))
        assert anew(session.acts, Longest(2)) is None
        assert anew(session.acts, Threshold("score", 2)) == (Threshold("score", 2), Longest(3))


class Once(Threshold):
    """A threshold that counts how often it is asked."""

    asked = 0

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        Once.asked += 1
        return super().outcome(known, alive)


def test_what_ran_is_recorded_without_running_again(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        recipe = Recipe((Once("score", 2),))
        ran = run_recipe(recipe, session, session.by_hand)
        assert session.state.counts.drop == 0
        decisions, steps = session.replay(recipe, ran=ran)
        assert Once.asked == 1
        assert [step.rows for step in steps] == [8]
        assert session.decisions.tolist() == decisions.tolist()
        keep = outcome_of(Threshold("score", 2), session, np.zeros(ROWS, np.int8)).keep
        assert np.array_equal(session.decisions == KEEP, keep)


def test_a_recipe_moved_on_keeps_what_was_decided_by_hand_since(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        key = session.dataset.key(5)
        session.replay(Recipe((Threshold("score", 2), ByHand(keep=(key,)), Longest(3))))
        session.decide(np.array([5]), DROP, "no")
        session.apply(Threshold("score", 1))
        assert session.decisions[5] == DROP
        decisions = session.decisions
        assert session.replay(session.recipe(), decide=False)[0].tolist() == decisions.tolist()
