"""Two judges beside one another: equal scores, chance, ranks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.signals.agreement import agreement, agreements
from dataexplore.signals.signal import Signal

NAN = math.nan


def test_known_scores() -> None:
    found = agreement("a", np.array([1, 2, 3, NAN, 5.0]), "b", np.array([1, 3, 3, 4, NAN]))
    assert (found.first, found.second, found.rows) == ("a", "b", 3)
    assert found.exact == pytest.approx(2 / 3)
    # Weights of the nine pairs that chance would make: the mean squared difference is 1/3 against 14/9.
    assert found.kappa == pytest.approx(1 - (1 / 3) / (15 / 9))
    assert found.spearman == pytest.approx(math.sqrt(3) / 2)


def test_what_rows_cannot_tell_is_none() -> None:
    none = agreement("a", np.array([NAN, 1]), "b", np.array([2, NAN]))
    assert (none.rows, none.exact, none.kappa, none.spearman) == (0, None, None, None)
    same = agreement("a", np.array([4, 4]), "b", np.array([4, 4]))
    assert (same.exact, same.kappa, same.spearman) == (1, None, None)


def test_each_pair_is_compared_once() -> None:
    signals = [Signal(name, np.array([1, 2]), "field") for name in "abc"]
    assert [(one.first, one.second) for one in agreements(signals)] == [("a", "b"), ("a", "c"), ("b", "c")]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=50))
def test_kappa_is_that_of_the_table_of_both_judges(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs).T
    table = np.zeros((6, 6))
    np.add.at(table, (a, b), 1 / len(a))
    weight = (np.arange(6)[:, None] - np.arange(6)) ** 2
    chance = (weight * np.outer(table.sum(1), table.sum(0))).sum()
    kappa = agreement("a", a, "b", b).kappa
    if chance == 0:
        assert kappa is None
    else:
        assert kappa == pytest.approx(1 - (weight * table).sum() / chance)


@given(st.lists(st.integers(0, 9), min_size=3, max_size=30))
def test_spearman_looks_at_the_order_alone(values: list[int]) -> None:
    a = np.array(values)
    found = agreement("a", a, "b", np.exp(a / 3.0)).spearman
    assert found is None if len(set(values)) == 1 else found == pytest.approx(1)
    down = agreement("a", a, "b", -a).spearman
    assert down is None if len(set(values)) == 1 else down == pytest.approx(-1)
