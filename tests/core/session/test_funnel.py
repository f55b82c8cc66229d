"""The funnel tells of every row which step decided it, whatever was decided after that."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.selection.made_up import said_outright
from dataexplore.errors import RuleError
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Decision
from dataexplore.journal.journal import Entry
from dataexplore.selection.recipe import Hand, Recipe, read_recipe, write_recipe
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import ByHand, Longest, Only, Random, Threshold
from dataexplore.session.funnel import FunnelStep, funnel
from dataexplore.session.session import Session
from dataexplore.session.steps import rules_in_force

ROWS = 12
LEFT = (3, 4, 5, 8, 9, 10, 11)
"""After the first two of these:"""
STEPS = (Threshold("score", 2), Only("row > 3"), Longest(3))

RULE: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Threshold, st.sampled_from(["score", "judge"]), st.integers(0, 5)),
    st.builds(Only, st.sampled_from(["score > 2", "row < 9", "decision = 'keep'"])),
    st.builds(Random, st.integers(1, ROWS // 2), st.integers(0, 3)),
    st.builds(Longest, st.integers(1, ROWS // 2)),
)
BY_HAND = st.tuples(
    st.sets(st.integers(0, ROWS - 1), min_size=1, max_size=4), st.sampled_from(list(Decision))
)
SOME = st.sets(st.integers(0, ROWS - 1), max_size=2)
RECIPE = st.lists(RULE | st.tuples(SOME, SOME, SOME), min_size=1, max_size=4)
"""Rules, and rows that a recipe keeps, drops and opens by hand."""
CHANGE = st.tuples(st.sampled_from(["out", "up"]), st.integers(0, 5))
ACT = RULE | BY_HAND | RECIPE | CHANGE | st.sampled_from(["undo", "redo"])


def lines(session: Session) -> list[tuple[str, int, int, int]]:
    return [(step.title, step.kept, step.dropped, step.left) for step in funnel(session)]


def told(session: Session, steps: Sequence[FunnelStep]) -> None:
    """Check that steps count every decided row once."""
    decisions = session.state.decisions
    times = np.sum([step.rows for step in steps], axis=0) if steps else np.zeros(ROWS, int)
    assert times.tolist() == (decisions != UNDECIDED).astype(int).tolist()
    assert sum(step.kept for step in steps) == session.state.counts.keep
    assert sum(step.dropped for step in steps) == session.state.counts.drop
    assert not steps or steps[-1].left == ROWS - session.state.counts.drop


def by_key(session: Session, step: Rule | tuple[set[int], ...]) -> Rule:
    if not isinstance(step, tuple):
        return step
    return ByHand(*(tuple(session.dataset.key(row) for row in sorted(rows)) for rows in step))


def back_or_forth(session: Session, way: str) -> None:
    """Undo or redo, of a recipe its rules and what it has by hand together: half of it is no recipe."""
    halves = "by hand, in the recipe"
    if way == "undo":
        again = session.state.undo == halves
        session.undo()
        if again:
            session.undo()
    else:
        session.redo()
        if session.state.redo == halves:
            session.redo()


def change(session: Session, how: str, at: int) -> None:
    rules = [one.rule for one in rules_in_force(session.acts)]
    if at < len(rules):
        moved = rules.pop(at)
        rules[max(0, at - 1) : max(0, at - 1)] = [moved] if how == "up" else []
        session.replay(Recipe(tuple(rules)), reason="changed")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACT, max_size=9))
def test_every_decided_row_is_of_one_step_and_the_recipe_replays(
    tmp_path_factory: pytest.TempPathFactory, alpaca: Callable[..., Path], acts: list[object]
) -> None:
    path = alpaca(ROWS, judge=[5 - row % 4 for row in range(ROWS)])
    folder = tmp_path_factory.mktemp("w")
    with said_outright(path, workspace=folder / "a") as session:
        for act in acts:
            try:
                if act in ("undo", "redo"):
                    back_or_forth(session, str(act))
                elif isinstance(act, list):
                    session.replay(Recipe(tuple(by_key(session, step) for step in act)))
                elif isinstance(act, tuple) and isinstance(act[0], str):
                    change(session, *act)
                elif isinstance(act, tuple):
                    session.decide(np.array(sorted(act[0])), act[1], "by hand")
                else:
                    session.apply(act)  # type: ignore[arg-type] # what is left of the acts are rules
            except RuleError:
                continue  # too few rows are left for a draw
            told(session, funnel(session))
        decisions, steps = session.state.decisions, lines(session)
        recipe_file = folder / "recipe.toml"
        recipe_file.write_bytes(write_recipe(session.recipe(), path.name, ROWS))
    with said_outright(path, workspace=folder / "a") as again:
        assert lines(again) == steps
    with said_outright(path, workspace=folder / "b") as other:
        assert other.replay(read_recipe(recipe_file))[0].tolist() == decisions.tolist()
        told(other, funnel(other))


def test_a_recipe_is_a_line_for_each_of_its_steps(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        _, ran = session.replay(Recipe(STEPS))
        assert lines(session) == [
            ("score >= 2", 3, 4, 8),
            ("only row > 3", 0, 1, 7),
            ("longest 3", 0, 4, 3),
        ]
        assert [step.left for step in funnel(session)] == [step.rows for step in ran]
        longest = np.flatnonzero(session.decisions == KEEP)[:1]
        session.decide(longest, DROP, "bad")
        session.apply(Random(1))
        assert lines(session) == [
            ("score >= 2", 1, 4, 8),
            ("only row > 3", 0, 1, 7),
            ("longest 3", 0, 4, 3),
            ("random 1, seed 0", 0, 1, 2),
            ("by hand", 0, 1, 1),
        ]


def test_what_a_recipe_has_by_hand_stands_in_its_place(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        key = [session.dataset.key(row) for row in range(3)]
        session.replay(
            Recipe((Threshold("score", 2), ByHand(keep=(key[0],)), Longest(4)), Hand(drop=(key[2],)))
        )
        assert lines(session) == [
            ("score >= 2", 4, 3, 9),
            ("by hand", 1, 0, 9),
            ("longest 4", 0, 3, 6),
            ("by hand", 0, 1, 5),
        ]
        told(session, funnel(session))


def test_a_threshold_moved_under_a_draw_leaves_the_draw_its_rows(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        session.apply(Threshold("score", 4))
        session.apply(Longest(2))
        session.apply(Threshold("score", 1))
        assert lines(session) == [("score >= 1", 2, 2, 10), ("longest 2", 0, 8, 2)]
        assert session.state.undo == "score >= 1"


def test_a_row_is_told_which_step_of_a_recipe_dropped_it(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    with said_outright(alpaca(ROWS)) as session:
        session.replay(Recipe(STEPS))
        why = session.why(1)
        assert why is not None
        assert (why.act.reason, why.act.rule) == ("score >= 2", STEPS[0].as_step())
        done = session.export(tmp_path / "out" / "kept.jsonl")
    dropped = [json.loads(line) for line in done.dropped_out.open()]
    assert {one["row"]: one["reason"] for one in dropped} == {
        **dict.fromkeys([0, 1, 6, 7], "score < 2"),
        2: "does not match row > 3",
        **dict.fromkeys(sorted(one["row"] for one in dropped if one["row"] in LEFT), "not among longest 3"),
    }
    assert len(dropped) == ROWS - 3
    assert all("by" not in one["rule"] for one in dropped)


def as_before(session: Session) -> None:
    """Let a journal forget which steps decided what, as those of older programs never knew it."""
    for seq, text in session.workspace.database.execute("SELECT seq, rule FROM journal").fetchall():
        rule = json.loads(text) if text else None
        if rule and rule.pop("by", None):
            session.workspace.database.execute(
                "UPDATE journal SET rule = ? WHERE seq = ?", (json.dumps(rule), seq)
            )


def test_an_older_recipe_counts_its_steps_together(alpaca: Callable[..., Path]) -> None:
    path = alpaca(ROWS)
    with said_outright(path) as session:
        session.replay(Recipe(STEPS))
        session.decide(np.array([0]), KEEP, "good")
        as_before(session)
    with said_outright(path) as session:
        first, last = funnel(session)
        assert (first.rules, first.kept, first.dropped, first.left) == (STEPS, 3, 8, 4)
        assert (last.title, last.kept) == ("by hand", 1)
        told(session, [first, last])
        why = session.why(1)
        assert why is not None
        assert why.act.reason == "score >= 2; only row > 3; longest 3"
        session.replay(Recipe(STEPS[:2]), reason="taken out")
        assert [(step.title, step.dropped) for step in funnel(session)] == [
            ("score >= 2", 3),
            ("only row > 3", 1),
            ("by hand", 0),
        ]


def test_an_older_threshold_among_others_is_counted_with_them(alpaca: Callable[..., Path]) -> None:
    path = alpaca(ROWS)
    with said_outright(path) as session:
        session.apply(Threshold("score", 4))
        session.apply(Longest(2))
        session.apply(Threshold("score", 1))
        (rule,) = session.workspace.database.execute("SELECT rule FROM journal WHERE seq = 3").fetchone()
        plain = json.dumps(json.loads(rule)["step"][0])
        session.workspace.database.execute("UPDATE journal SET rule = ? WHERE seq = 3", (plain,))
        decisions = session.decisions
    with said_outright(path) as session:
        assert session.decisions.tolist() == decisions.tolist()
        assert session.recipe().rules == (Threshold("score", 1), Longest(2))
        (both,) = funnel(session)
        assert (len(both.rules), both.kept, both.dropped, both.left) == (2, 2, 10, 2)


def test_a_damaged_note_of_who_decided_is_as_none(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        session.replay(Recipe(STEPS))
        (entry,) = session.acts
        for by in ("zz", "00", "78da030000000001", 3, None):
            damaged = replace(entry, seq=99, act=replace(entry.act, rule={**entry.act.rule, "by": by}))  # type: ignore[dict-item] # an act of a recipe has a rule
            assert (_shares(session, damaged) == -1).all()


def _shares(session: Session, entry: Entry) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    from dataexplore.session.shares import Shares

    return Shares(len(session.dataset), session.dataset.rows_of).places(entry)
