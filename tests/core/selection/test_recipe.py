"""A recipe is the journal as a file: it reads back the same and replays to the same decisions."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.selection.made_up import said_outright
from dataexplore.errors import RuleError
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Decision
from dataexplore.selection.recipe import Hand, Recipe, read_recipe, write_recipe
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import (
    ByHand,
    Cluster,
    Duplicates,
    Facility,
    KCenter,
    Language,
    Length,
    Longest,
    Only,
    Quota,
    Random,
    Regex,
    SemDeDup,
    Spread,
    Stratified,
    Threshold,
    Top,
)

ROWS = 12
GROUPS = [[0, 2, 4], [6, 7], [9, 10]]
LABELS = [row % 3 for row in range(ROWS)]
NAME = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
SIZE = st.integers(0, 2**31)
KEYS = st.lists(st.integers(0, 2**64 - 1).map("{:016x}".format), max_size=4).map(tuple)
NAMES = st.lists(NAME, min_size=1, max_size=3).map(tuple)
ANY_RULE: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Threshold, NAME, NUMBER),
    st.builds(Only, NAME),
    st.builds(Duplicates, NUMBER, NAME, st.none() | NAME),
    st.builds(Cluster, SIZE, SIZE, SIZE, NAME),
    st.builds(Random, SIZE, SIZE),
    st.builds(Longest, SIZE),
    st.builds(Top, NAME, SIZE, SIZE),
    st.builds(ByHand, KEYS, KEYS, KEYS),
    st.builds(Quota, SIZE, NAME, st.none() | NAME, st.none() | NAME, st.none() | SIZE, SIZE, SIZE),
    st.builds(Stratified, SIZE, SIZE, st.none() | NAME, st.none() | SIZE),
    st.builds(KCenter, SIZE, SIZE),
    st.builds(Facility, SIZE, SIZE),
    st.builds(Spread, NAMES, NUMBER, SIZE, SIZE),
    st.builds(SemDeDup, NUMBER, st.none() | SIZE, SIZE),
    st.builds(Length, SIZE, st.none() | SIZE, NAME, NAME),
    st.builds(Regex, NAME, NAME, NAME),
    st.builds(Language, NAMES),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rules=st.lists(ANY_RULE, max_size=5).map(tuple),
    hand=st.builds(Hand, KEYS, KEYS, KEYS),
    name=st.text(st.characters(codec=None)),
)
def test_a_recipe_reads_back_as_it_was_written(
    tmp_path: Path, rules: tuple[Rule, ...], hand: Hand, name: str
) -> None:
    recipe = Recipe(rules, hand)
    path = tmp_path / "recipe.toml"
    path.write_bytes(write_recipe(recipe, name, 52_002))
    assert read_recipe(path) == recipe
    assert tomllib.loads(path.read_text(encoding="utf-8"))["recipe"]["rows"] == 52_002


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", None),
        ("[recipe", "not a recipe"),
        ("recipe = 1", "a recipe has"),
        ("step = 1", "a recipe has"),
        ("step = [1]", "a recipe has"),
        ("hand = []", "a recipe has"),
        ("[recipe]\nversion = 4", "made by a newer dataexplore"),
        ("[recipe]\nversion = 'x'", "made by a newer dataexplore"),
        ("[[step]]\nsize = 1", "a step of kind 'None'"),
        ("[[step]]\nkind = 'magic'", "a step of kind 'magic'; there are threshold, only"),
        ("[[step]]\nkind = 'random'", "the recipe's random step needs size"),
        ("[[step]]\nkind = 'random'\nsize = 5\nsede = 3", "an unknown setting 'sede'"),
        ("[[step]]\nkind = 'random'\nsize = '5'", "size = 5, which is not a whole number"),
        ("[[step]]\nkind = 'random'\nsize = -5", "size = -5, which is not a whole number from 0"),
        ("[[step]]\nkind = 'random'\nsize = true", "size = True, which is not"),
        ("[[step]]\nkind = 'random'\nsize = 1\nseed = -1", "seed = -1, which is not"),
        ("[[step]]\nkind = 'threshold'\nsignal = 3\nat = 1", "signal = 3, which is not a text"),
        ("[[step]]\nkind = 'threshold'\nsignal = 's'\nat = nan", "at = nan, which is not a number"),
        ("[[step]]\nkind = 'threshold'\nsignal = 's'\nat = '\u001b[2J'", "not a recipe"),
        ("[hand]\nkeep = 'abc'", "keep = abc, which is not a list of texts"),
        ("[hand]\nkeep = [1]", "which is not a list of texts"),
        ("[hand]\nhold = []", "has keep, drop and open, not 'hold'"),
    ],
)
def test_a_file_that_is_no_recipe_is_one_sentence(tmp_path: Path, text: str, reason: str | None) -> None:
    path = tmp_path / "r.toml"
    path.write_text(text, encoding="utf-8")
    if reason is None:
        assert read_recipe(path) == Recipe(())
        return
    with pytest.raises(RuleError) as refused:
        read_recipe(path)
    assert reason in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_recipe_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no such recipe; name a file, or a recipe"):
        read_recipe(tmp_path / "none.toml")
    (tmp_path / "binary").write_bytes(b"\xff\x00")
    for name in ("binary", "."):
        with pytest.raises(RuleError, match="not a recipe"):
            read_recipe(tmp_path / name)


@pytest.mark.parametrize("key", ["xyz", "", "-1", "f" * 17])
def test_a_key_that_is_none_is_refused(alpaca: Callable[..., Path], key: str) -> None:
    with said_outright(alpaca(3)) as session, pytest.raises(RuleError, match="which is no row key"):
        session.replay(Recipe((), Hand(keep=(key,))))


RULE: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Threshold, st.sampled_from(["score", "judge"]), st.integers(0, 6).map(float)),
    st.builds(Duplicates, st.just(0.9), st.sampled_from(["first", "longest"])),
    st.builds(Cluster, st.integers(0, 2), st.just(3), st.just(0), st.sampled_from(["keep", "drop"])),
    st.builds(Only, st.sampled_from(["decision != 'drop'", "decision = 'keep' OR row > 4", "score != 2"])),
    st.builds(Random, st.integers(1, 8), st.integers(0, 3)),
    st.builds(Longest, st.integers(1, 8)),
    st.builds(
        Quota,
        st.integers(1, 3),
        st.sampled_from(["random", "longest", "best"]),
        st.just("judge"),
        st.sampled_from([None, "score"]),
        top=st.integers(0, 3),
    ),
    st.builds(Stratified, st.integers(1, 8), st.integers(0, 3)),
    st.builds(Length, st.integers(0, 20), st.none() | st.integers(20, 40)),
    st.builds(Regex, st.just("response"), st.sampled_from(["1", "x{9}"]), st.sampled_from(["keep", "drop"])),
)
BY_HAND = st.tuples(
    st.sets(st.integers(0, ROWS - 1), min_size=1, max_size=4), st.sampled_from(list(Decision))
)
ACT = RULE | BY_HAND | st.sampled_from(["undo", "redo"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACT, max_size=9))
def test_the_recipe_of_any_journal_replays_to_the_same_decisions(
    tmp_path_factory: pytest.TempPathFactory,
    alpaca: Callable[..., Path],
    acts: list[Rule | tuple[set[int], Decision] | str],
) -> None:
    path = alpaca(ROWS, judge=[5 - row % 4 for row in range(ROWS)])
    folder = tmp_path_factory.mktemp("w")
    with said_outright(path, GROUPS, LABELS, folder / "a") as session:
        for act in acts:
            try:
                if act == "undo":
                    session.undo()
                elif act == "redo":
                    session.redo()
                elif isinstance(act, tuple):
                    session.decide(np.array(sorted(act[0])), act[1], "by hand")
                elif not isinstance(act, str):
                    preview = session.preview(act).decisions
                    assert np.array_equal(session.apply(act).decisions, preview)
            except RuleError:
                continue  # too few rows are left for a draw
        decisions = session.state.decisions
        counts = session.state.counts
        assert counts.rows == ROWS
        assert counts.keep == np.count_nonzero(decisions == KEEP)
        recipe_file = folder / "recipe.toml"
        recipe_file.write_bytes(write_recipe(session.recipe(), path.name, ROWS))
        by_hand = session.by_hand
    recipe = read_recipe(recipe_file)
    with said_outright(path, GROUPS, LABELS, folder / "b") as other:
        replayed, steps = other.replay(recipe)
        assert replayed.tolist() == decisions.tolist()
        assert other.state.decisions.tolist() == decisions.tolist()
        assert other.by_hand.tolist() == by_hand.tolist()
        assert not steps or steps[-1].rows == np.count_nonzero(decisions != DROP)


def test_a_moved_threshold_takes_the_place_of_the_earlier_one(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        for at in (4, 1, 5, 2):
            session.apply(Threshold("score", at))
        scores = session.scores("score")
        assert np.array_equal(session.state.decisions == KEEP, scores >= 2)
        assert session.recipe().rules == (Threshold("score", 2),)
        assert all(session.why(row) is session.acts[-1] for row in range(ROWS))
        session.undo()
        assert np.array_equal(session.state.decisions == KEEP, scores >= 5)


def test_a_threshold_moved_under_a_draw_makes_the_draw_again(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        session.apply(Threshold("score", 4))
        session.apply(Longest(2))
        session.apply(Threshold("score", 0))
        assert session.recipe().rules == (Threshold("score", 0), Longest(2))
        longest = np.argsort(-session.dataset.response_chars, kind="stable")[:2]
        assert sorted(np.flatnonzero(session.state.decisions == KEEP)) == sorted(longest)


def test_taking_a_decision_back_opens_the_row_for_rules(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        session.apply(Threshold("score", 3))
        session.decide(np.array([0, 5]), UNDECIDED, "not sure")
        assert session.state.decisions[[0, 5]].tolist() == [UNDECIDED, UNDECIDED]
        assert session.why(0) is None
        session.apply(Only("row < 4"))
        assert session.state.decisions[[0, 5]].tolist() == [KEEP, DROP]


def test_a_recipe_replaces_the_rules_before_it_and_can_be_taken_back(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS), GROUPS) as session:
        session.apply(Threshold("score", 5))
        session.decide(np.array([1]), DROP, "bad")
        before = session.state.decisions
        decisions, steps = session.replay(Recipe((Duplicates(0.9, "first"), Random(4, 2))))
        assert [step.rule for step in steps] == ["duplicates >= 0.90, first", "random 4, seed 2"]
        assert steps[-1].rows == 4
        assert decisions[1] == DROP
        assert session.state.undo == "duplicates >= 0.90, first; random 4, seed 2"
        assert session.undo().decisions.tolist() == before.tolist()
        session.redo()
        assert session.recipe().rules[-2:] == (Duplicates(0.9, "first"), Random(4, 2))


def test_a_recipe_on_another_dataset_passes_over_its_keys(alpaca: Callable[..., Path]) -> None:
    with said_outright(alpaca(ROWS)) as session:
        hand = Hand(keep=("0123456789abcdef",))
        decisions, _ = session.replay(Recipe((Threshold("score", 3),), hand))
        assert np.count_nonzero(decisions == KEEP) == np.count_nonzero(session.scores("score") >= 3)
        assert len(session.acts) == 1
