"""Equal scores that are told apart, without moving any threshold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.signals.ties import with_second_key

_SCORE = st.one_of(st.integers(0, 4).map(float), st.just(float("nan")))


@given(st.lists(st.tuples(_SCORE, _SCORE), max_size=40))
def test_the_order_is_that_of_both_keys_and_thresholds_mean_the_same(rows: list[tuple[float, float]]) -> None:
    first = np.array([one for one, _ in rows], np.float64)
    second = np.array([other for _, other in rows], np.float64)
    made = with_second_key(first, second)
    assert (np.isnan(made) == np.isnan(first)).all()
    for at in np.unique(first[~np.isnan(first)]).tolist():
        assert ((made >= at) == (first >= at)).all()
    key = [(a, -np.inf if np.isnan(b) else b) for a, b in rows]
    known = [at for at in range(len(rows)) if not np.isnan(first[at])]
    assert all((made[i] < made[j]) == (key[i] < key[j]) for i in known for j in known)


def test_whole_numbers_of_a_table_may_be_narrow() -> None:
    assert with_second_key(np.array([7, 7, 9], np.uint8), np.array([1, 2, 1], np.int8)).tolist() == [7, 8, 9]
