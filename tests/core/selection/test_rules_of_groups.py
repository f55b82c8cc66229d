"""Quotas and shares: of every cluster, or every value of a column."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.selection.made_up import said_outright
from dataexplore.errors import RuleError, SignalError
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import Only, Quota, Stratified

LABELS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
JUDGE = [1, 5, 5, 2, None, 3, 4, 1, None, 5]
KIND = ["a", "a", "b", "b", "b", None, None, "c", "a", "b"]
Make = Callable[..., Path]


def kept(alpaca: Make, rule: Rule, *before: Rule) -> list[int]:
    path = alpaca(["x" * length for length in (9, 1, 2, 8, 7, 3, 4, 5, 6, 0)], judge=JUDGE, kind=KIND)
    with said_outright(path, labels=LABELS) as session:
        for one in before:
            session.apply(one)
        decisions = session.preview(rule).decisions
        for _ in before:
            session.undo()
        rows: list[int] = np.flatnonzero(decisions == KEEP).tolist()
        return rows


def test_the_longest_of_each_cluster(alpaca: Make) -> None:
    assert kept(alpaca, Quota(1, "longest")) == [0, 4, 8]
    assert kept(alpaca, Quota(2, "longest")) == [0, 3, 4, 6, 7, 8]


def test_the_best_of_each_cluster_with_ties_drawn_and_the_unscored_out(alpaca: Make) -> None:
    found = {tuple(kept(alpaca, Quota(1, "best", "judge", seed=seed))) for seed in range(12)}
    assert found == {(1, 6, 9), (2, 6, 9)}, "two rows of the first cluster have a 5"
    assert kept(alpaca, Quota(99, "best", "judge")) == [0, 1, 2, 3, 5, 6, 7, 9]


def test_clustering_and_ranking_takes_the_best_of_all_besides(alpaca: Make) -> None:
    assert kept(alpaca, Quota(1, "best", "judge", top=3)) == [1, 2, 6, 9]
    assert kept(alpaca, Quota(1, "best", "judge", top=99)) == [0, 1, 2, 3, 5, 6, 7, 9]


def test_groups_give_their_next_in_turn_until_there_are_enough(alpaca: Make) -> None:
    assert kept(alpaca, Quota(9, "longest", most=3)) == [0, 4, 8]
    assert kept(alpaca, Quota(9, "longest", most=5)) == [0, 3, 4, 7, 8]
    assert kept(alpaca, Quota(9, "longest", most=99)) == list(range(10))
    assert kept(alpaca, Quota(1, "longest", most=5)) == [0, 4, 8], "one each is less than five"


def test_a_quota_of_each_value_of_a_field_or_signal(alpaca: Make) -> None:
    assert kept(alpaca, Quota(1, "longest", column="kind")) == [0, 3, 6, 7], "no value is a group of its own"
    assert kept(alpaca, Quota(1, "longest", column="judge")) == [0, 2, 3, 4, 5, 6]


def test_a_quota_takes_of_what_is_left(alpaca: Make) -> None:
    assert kept(alpaca, Quota(1, "longest"), Only("row > 1 and row <> 5")) == [3, 6, 8]


def test_what_a_quota_lacks_is_said(alpaca: Make) -> None:
    for rule, error, reason in (
        (Quota(1, "best"), RuleError, "needs a signal"),
        (Quota(1, "first"), RuleError, "there are random, longest, best"),
        (Quota(0), RuleError, "at least 1"),
        (Quota(1, most=0), RuleError, "at least 1"),
        (Quota(1, column="knid"), SignalError, "no signal is called 'knid'"),
        (Quota(1, "best", "scroe"), SignalError, "did you mean score"),
        (Stratified(11), RuleError, "11 rows were asked for, but 10 are left"),
    ):
        with pytest.raises(error, match=reason):
            kept(alpaca, rule)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 10), seed=st.integers(0, 30))
def test_a_stratified_draw_has_each_groups_share(
    alpaca: Make, tmp_path_factory: pytest.TempPathFactory, size: int, seed: int
) -> None:
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2])
    with said_outright(alpaca(10), labels=labels.tolist(), workspace=tmp_path_factory.mktemp("w")) as session:
        decisions = session.preview(Stratified(size, seed)).decisions
        again = session.preview(Stratified(size, seed)).decisions
    assert decisions.tolist() == again.tolist()
    assert np.count_nonzero(decisions != DROP) == size
    drawn = np.bincount(labels[decisions == KEEP], minlength=3)
    assert (np.abs(drawn - np.array([5, 3, 2]) * size / 10) < 1).all()


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(each=st.integers(1, 6), order=st.sampled_from(["random", "longest"]), seed=st.integers(0, 9))
def test_no_group_has_more_than_its_quota_and_none_less_than_it_could(
    alpaca: Make, tmp_path_factory: pytest.TempPathFactory, each: int, order: str, seed: int
) -> None:
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2])
    with said_outright(alpaca(10), labels=labels.tolist(), workspace=tmp_path_factory.mktemp("w")) as session:
        decisions = session.preview(Quota(each, order, seed=seed)).decisions
    assert np.bincount(labels[decisions == KEEP]).tolist() == [min(size, each) for size in (5, 3, 2)]
