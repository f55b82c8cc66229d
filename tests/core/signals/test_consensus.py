"""Several judges as one: means, the strictest, ranks, and rows that some judge left out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.errors import SignalError
from dataexplore.signals.consensus import HOWS, consensus, rank_shares, scale_of
from dataexplore.signals.signal import Scores, Signal

NAN = math.nan
SCORES = st.lists(
    st.one_of(st.just(NAN), st.sampled_from([0, 0.5, 1, 2, 3.5, 4.5, 5])), min_size=1, max_size=30
)


def judge(name: str, *scores: float) -> Signal:
    return Signal(name, np.array(scores), "imported")


STRICT, MILD = judge("strict", 1, 2, 3, NAN), judge("mild", 5, 2, 4, 4)


def test_the_mean_and_the_strictest_of_judges_on_one_scale() -> None:
    np.testing.assert_equal(consensus([STRICT, MILD], "mean"), [3, 2, 3.5, NAN])
    np.testing.assert_equal(consensus([STRICT, MILD], "min"), [1, 2, 3, NAN])


def test_rows_that_one_judge_left_out_count_where_any_will_do() -> None:
    np.testing.assert_equal(consensus([STRICT, MILD], "mean", over="any"), [3, 2, 3.5, 4])
    np.testing.assert_equal(consensus([STRICT, MILD], "min", over="any"), [1, 2, 3, 4])
    np.testing.assert_allclose(
        consensus([STRICT, MILD], over="any"), [(0 + 1) / 2, (0.5 + 0) / 2, (1 + 0.5) / 2, 0.5]
    )


def test_a_row_that_nobody_scored_has_no_consensus() -> None:
    one, other = judge("one", NAN, 1, 2), judge("other", NAN, 5, 3)
    for how in HOWS:
        for over in ("all", "any"):
            found = consensus([one, other], how, over)
            assert np.isnan(found).tolist() == [True, False, False]


@pytest.mark.parametrize("how", ["mean", "min"])
def test_scores_of_two_scales_are_not_averaged(how: str) -> None:
    of_five, of_ten = judge("of five", 0, 2.5, 5), judge("of ten", 1, 5, 9)
    with pytest.raises(
        SignalError, match=r"'of five' scores from 0 to 5 and 'of ten' from 0 to 10.*rank_mean"
    ):
        consensus([of_five, of_ten], how)  # type: ignore[arg-type] # a word of the parameter list
    np.testing.assert_allclose(consensus([of_five, of_ten]), [0, 0.5, 1])


def test_a_scale_that_is_said_is_not_guessed() -> None:
    seldom_five, often = judge("a", 1, 0, 1), judge("b", 5, 4, 3)
    with pytest.raises(SignalError, match="from 0 to 1"):
        consensus([seldom_five, often], "mean")
    np.testing.assert_equal(consensus([seldom_five, often], "mean", scales={"a": (0, 5)}), [3, 2, 2])


def test_the_scale_is_the_smallest_usual_one_that_holds_all_scores() -> None:
    assert scale_of(np.array([0.2, 1])) == (0, 1)
    assert scale_of(np.array([1, 4.5, NAN])) == (0, 5)
    assert scale_of(np.array([7])) == (0, 10)
    assert scale_of(np.array([86.0, 100])) == (0, 100)
    assert scale_of(np.array([-3.0, 140])) == (-3, 140)


def test_no_judge_is_no_consensus() -> None:
    with pytest.raises(SignalError, match="at least one signal"):
        consensus([])


def test_equal_scores_share_the_middle_of_their_ranks() -> None:
    np.testing.assert_allclose(rank_shares(np.array([4.5, 0, 4.5, NAN, 4.5])), [2 / 3, 0, 2 / 3, NAN, 2 / 3])
    np.testing.assert_equal(rank_shares(np.array([3, 3, 3])), [0.5, 0.5, 0.5])
    np.testing.assert_equal(rank_shares(np.array([NAN, 7])), [NAN, 0.5])
    assert len(rank_shares(np.array([]))) == 0


@given(SCORES)
def test_ranks_look_at_the_order_alone(values: list[float]) -> None:
    scores: Scores = np.array(values)
    shares = rank_shares(scores)
    np.testing.assert_allclose(rank_shares(np.exp(scores)), shares)
    np.testing.assert_allclose(rank_shares(-scores), 1 - shares)
    known = shares[~np.isnan(shares)]
    if len(known):
        assert np.mean(known) == pytest.approx(0.5)
        assert 0 <= known.min() <= known.max() <= 1


@given(
    st.lists(st.lists(st.sampled_from([NAN, 0, 1, 2.5, 5]), min_size=6, max_size=6), min_size=1, max_size=4)
)
def test_a_consensus_lies_between_its_judges(table: list[list[float]]) -> None:
    judges = [judge(str(place), *row) for place, row in enumerate(table)]
    scales = {one.name: (0.0, 5.0) for one in judges}
    mean = consensus(judges, "mean", "any", scales)
    lowest = consensus(judges, "min", "any", scales)
    there = ~np.isnan(np.array(table)).all(axis=0)
    assert (np.isnan(mean) == ~there).all()
    for row in np.flatnonzero(there):
        assert lowest[row] == np.nanmin(np.array(table)[:, row]) <= mean[row] + 1e-12
    np.testing.assert_equal(np.isnan(consensus(judges, "mean", "all", scales)), np.isnan(table).any(axis=0))
