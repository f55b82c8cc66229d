"""What a person is given to score, and how far a judge is from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.signals.blind import Scale, Sheet, as_signal, compared, furthest, sample, scale_seen
from dataexplore.signals.signal import Signal

_NAN = float("nan")


def test_rare_scores_are_drawn_as_often_as_common_ones() -> None:
    scores = np.array([5.0] * 900 + [1.0] * 50 + [9.0] * 40 + [_NAN] * 10)
    drawn = scores[sample(scores, 30)]
    assert {value: int((drawn == value).sum()) for value in (1, 5, 9)} == {1: 10, 5: 10, 9: 10}


def test_a_continuous_score_is_drawn_over_its_whole_range() -> None:
    scores = np.concatenate([np.linspace(0, 0.1, 1000), np.linspace(0.1, 1, 50)])
    drawn = scores[sample(scores, 20)]
    assert np.count_nonzero(drawn > 0.5) >= 8


@given(
    st.lists(st.one_of(st.integers(0, 3).map(float), st.just(_NAN)), max_size=60),
    st.integers(1, 70),
    st.integers(0, 3),
)
def test_a_sample_repeats_grows_and_holds_scored_rows_once(values: list[float], size: int, seed: int) -> None:
    scores = np.array(values, np.float64)
    rows = sample(scores, size, seed)
    assert rows.tolist() == sample(scores, size, seed).tolist()
    assert len(set(rows.tolist())) == len(rows) == min(size, np.count_nonzero(~np.isnan(scores)))
    assert not np.isnan(scores[rows]).any()
    assert set(rows.tolist()) <= set(sample(scores, size + 5, seed).tolist())


def test_the_order_says_nothing_of_the_scores() -> None:
    scores = np.repeat(np.arange(5.0), 40)
    drawn = scores[sample(scores, 200)]
    assert abs(np.corrcoef(drawn, np.arange(200))[0, 1]) < 0.2


@pytest.mark.parametrize(
    ("scores", "scale"),
    [
        ([1, 7, 10], Scale(1, 10)),
        ([0.5, 4.5], Scale(0, 5, 0.5)),
        ([0.12, 0.9], Scale(0, 1, 0)),
        ([_NAN], Scale(0, 10)),
    ],
)
def test_the_scale_is_seen_from_the_scores(scores: list[float], scale: Scale) -> None:
    assert scale_seen(np.array(scores, np.float64)) == scale


def test_a_scale_says_what_is_not_on_it() -> None:
    halves = Scale(0, 5, 0.5)
    assert [halves.problem(score) for score in (0, 4.5, 5)] == ["", "", ""]
    assert "between two steps" in halves.problem(4.2)
    assert "not between" in halves.problem(5.5)
    assert "not between" in halves.problem(_NAN)
    assert (Scale(1, 10).one_key, Scale(0, 10).one_key, Scale(0, 9).one_key, halves.one_key) == (
        *(True, False),
        *(True, False),
    )


def test_a_sheet_goes_on_where_scores_are_missing() -> None:
    sheet = Sheet([4, 7, 2], {7: 3.0})
    assert sheet.row == 4
    sheet.give(1)
    assert sheet.row == 2
    sheet.skip()
    assert sheet.row is None
    assert sheet.again()
    assert sheet.row == 2
    sheet.back()
    sheet.give(5)
    assert sheet.scores == {7: 5, 4: 1}
    assert sheet.undo()
    assert (sheet.row, sheet.scores) == (7, {7: 3, 4: 1})
    assert sheet.undo()
    assert not sheet.undo()
    assert sheet.scores == {7: 3}


def test_judges_beside_a_person_the_most_alike_first() -> None:
    mine = Signal("mine", as_signal({0: 1, 1: 2, 2: 3}, 5), "imported")
    same = Signal("same", np.array([2, 3, 4, 5, 5]), "field")
    other = Signal("other", np.array([3.0, 2, 1, _NAN, 0]), "field")
    none = Signal("none", np.array([_NAN, _NAN, _NAN, 1, 2]), "field")
    found = compared(mine, [other, none, same])
    assert [one.agreement.second for one in found] == ["same", "other", "none"]
    assert [one.mean_difference for one in found] == [1, 0, None]
    assert [one.agreement.rows for one in found] == [3, 3, 0]
    assert furthest(mine.scores, other.scores).tolist() == [0, 2, 1]
