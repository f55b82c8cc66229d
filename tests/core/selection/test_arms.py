"""Arms: the kept rows and their controls, which replay to the same bytes."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.selection.made_up import said_outright
from dataexplore.errors import ExportError, RuleError
from dataexplore.journal.decision import DROP
from dataexplore.selection.arm_files import write_arms
from dataexplore.selection.arms import NAMES, Plan, arms
from dataexplore.selection.export import write_rows
from dataexplore.selection.recipe import Recipe, read_recipe
from dataexplore.selection.rules import Only
from dataexplore.session.session import Session

ROWS = 40
LABELS = [row % 3 for row in range(ROWS)]
KEPT = Only("row <= 9")
Make = Callable[..., Path]


def test_controls_have_as_many_rows_and_the_full_arm_all(alpaca: Make) -> None:
    with said_outright(alpaca(ROWS), labels=LABELS) as session:
        made = arms(session, np.arange(9), Recipe((KEPT,)), Plan(NAMES, seeds=2, seed=5))
        names = ["kept", "random-5", "random-6", "longest", "full", "stratified-5", "stratified-6"]
        assert [arm.name for arm in made] == names
        assert [len(arm.rows) for arm in made] == [9, 9, 9, 9, ROWS, 9, 9]
        assert made[1].rows.tolist() != made[2].rows.tolist()
        assert np.bincount(np.array(LABELS)[made[-1].rows]).tolist() == [3, 3, 3]
        chars = session.dataset.response_chars
        assert chars[made[3].rows].min() >= np.sort(chars)[-9]
        for arm in made:
            assert arm.tokens == int(session.dataset.tokens[arm.rows].sum())


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.sets(st.integers(0, ROWS - 1), min_size=1), seed=st.integers(0, 20))
def test_equal_tokens_are_as_near_as_whole_rows_allow(
    alpaca: Make, tmp_path_factory: pytest.TempPathFactory, kept: set[int], seed: int
) -> None:
    with said_outright(alpaca(ROWS), labels=LABELS, workspace=tmp_path_factory.mktemp("w")) as session:
        rows = np.array(sorted(kept))
        plan = Plan(("kept", "random", "longest"), seed=seed, equal="tokens")
        mine, *controls = arms(session, rows, Recipe(()), plan)
        for arm in controls:
            near = abs(arm.tokens - mine.tokens) <= session.dataset.tokens.max() / 2
            assert near or len(arm.rows) == 1, "an arm has at least a row"


def test_every_arm_replays_to_its_own_bytes(alpaca: Make, tmp_path: Path) -> None:
    path = alpaca(ROWS)
    with said_outright(path, labels=LABELS) as session:
        session.decide(np.array([2, 30]), DROP, "by hand: not in the kept arm, but in the controls")
        session.apply(KEPT)
        rows = np.flatnonzero(session.state.decisions != DROP)
        plan = Plan(NAMES, seeds=2, equal="tokens")
        written = write_arms(
            session.dataset, arms(session, rows, session.recipe(), plan), tmp_path / "arms", overwrite=False
        )
    assert len(written) == 7
    for one in written:
        with said_outright(path, labels=LABELS, workspace=tmp_path / one.arm.name) as other:
            decisions, _ = other.replay(read_recipe(one.recipe_out), decide=False)
            again = tmp_path / "again.jsonl"
            write_rows(other.dataset, np.flatnonzero(decisions != DROP), again)
        assert again.read_bytes() == one.out.read_bytes(), one.arm.name
    assert (tmp_path / "arms" / "full.jsonl").read_bytes() == path.read_bytes()


def test_the_summary_says_what_each_arm_has_and_shares(alpaca: Make, tmp_path: Path) -> None:
    with said_outright(alpaca(ROWS), labels=LABELS) as session:
        made = arms(session, np.arange(10), Recipe((KEPT,)), Plan(seeds=1))
        write_arms(session.dataset, made, tmp_path / "arms", overwrite=False)
        summary = (tmp_path / "arms" / "arms.json").read_bytes()
        found = {one["name"]: one for one in json.loads(summary)}
        assert found["kept"]["overlap"] == {"rows": 10, "expected": 2.5, "ratio": 4.0}
        assert found["full"]["overlap"] == {"rows": 10, "expected": 10.0, "ratio": 1.0}
        shared = np.intersect1d(made[1].rows, np.arange(10))
        assert found["random-0"]["overlap"]["rows"] == len(shared)
        write_arms(session.dataset, made, tmp_path / "arms", overwrite=True)
        assert (tmp_path / "arms" / "arms.json").read_bytes() == summary


def test_nothing_is_written_over_or_half(alpaca: Make, tmp_path: Path) -> None:
    path = alpaca(ROWS)
    folder = tmp_path / "arms"
    folder.mkdir()
    (folder / "full.toml").write_text("my own")
    with said_outright(path) as session:
        made = arms(session, np.arange(10), Recipe((KEPT,)), Plan())
        with pytest.raises(ExportError, match="is there already; --force"):
            write_arms(session.dataset, made, folder, overwrite=False)
        assert [one.name for one in folder.iterdir()] == ["full.toml"]
        with pytest.raises(ExportError, match="arms go into a folder"):
            write_arms(session.dataset, made, path, overwrite=True)


def test_arms_go_beside_the_source_but_not_over_it(alpaca: Make) -> None:
    path = alpaca(ROWS, name="full.jsonl")
    before = path.read_bytes()
    with said_outright(path) as session:
        made = arms(session, np.arange(10), Recipe((KEPT,)), Plan())
        with pytest.raises(ExportError, match="is the dataset itself"):
            write_arms(session.dataset, made, path.parent, overwrite=True)
    assert path.read_bytes() == before


def test_what_cannot_be_made_is_said(alpaca: Make) -> None:
    session = Session.open(alpaca(ROWS))
    for rows, plan, reason in (
        (np.arange(3), Plan(("kept", "best")), "no arm is called 'best'; there are kept, random, longest"),
        (np.arange(3), Plan(equal="cost"), "equal rows or tokens, not 'cost'"),
        (np.arange(0), Plan(), "no row is kept"),
        (np.arange(3), Plan(seeds=0), "at least one seed"),
    ):
        with pytest.raises(RuleError, match=reason):
            arms(session, rows, Recipe(()), plan)
    session.close()
