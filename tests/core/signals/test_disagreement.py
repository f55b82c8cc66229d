"""Rows on which judges differ, most of all first."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.errors import SignalError
from dataexplore.signals.consensus import rank_shares
from dataexplore.signals.disagreement import disagreement, queue
from dataexplore.signals.signal import Signal

NAN = math.nan


def judge(*scores: float) -> Signal:
    return Signal("judge", np.array(scores), "imported")


def test_a_strict_and_a_mild_judge_who_order_rows_alike_do_not_differ() -> None:
    np.testing.assert_allclose(disagreement([judge(0, 1, 2), judge(3, 4, 5)]), [0, 0, 0])


def test_first_with_one_and_last_with_the_other_is_the_largest_difference() -> None:
    np.testing.assert_allclose(disagreement([judge(1, 2, 3), judge(3, 2, 1)]), [1, 0, 1])


def test_a_row_with_one_score_has_no_difference() -> None:
    found = disagreement([judge(1, 2, NAN), judge(NAN, 1, 2), judge(NAN, 9, 3)])
    assert np.isnan(found).tolist() == [True, False, False]


def test_one_judge_cannot_differ() -> None:
    with pytest.raises(SignalError, match="at least two"):
        disagreement([judge(1, 2)])


def test_the_queue_begins_with_the_largest_difference() -> None:
    differences = np.array([0.2, NAN, 0.9, 0, 0.9, 0.4])
    assert queue(differences).tolist() == [2, 4, 5, 0]
    assert queue(differences, 2).tolist() == [2, 4]
    assert queue(differences, among=np.array([True, True, False, True, True, False])).tolist() == [4, 0]


TABLES = st.lists(
    st.lists(st.sampled_from([NAN, 0, 1, 2, 5]), min_size=5, max_size=5), min_size=2, max_size=5
)


@given(TABLES)
def test_it_is_the_mean_difference_of_all_pairs_of_judges(table: list[list[float]]) -> None:
    signals = [judge(*row) for row in table]
    shares = [rank_shares(signal.scores) for signal in signals]
    for row, found in enumerate(disagreement(signals)):
        known = [share[row] for share in shares if not np.isnan(share[row])]
        pairs = [abs(one - other) for one, other in combinations(known, 2)]
        assert np.isnan(found) if not pairs else found == pytest.approx(np.mean(pairs), abs=1e-12)
