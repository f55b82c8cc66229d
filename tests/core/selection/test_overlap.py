"""Two subsets in common, against chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.selection.overlap import overlap

ROWS = st.sets(st.integers(0, 29))


def test_known_overlaps() -> None:
    found = overlap(np.arange(0, 50), np.arange(25, 75), 100)
    assert (found.left, found.right, found.both, found.either) == (50, 50, 25, 75)
    assert (found.expected, found.ratio) == (25, 1)
    assert found.spread == pytest.approx(2.5126, abs=1e-4)
    assert overlap(np.arange(10), np.arange(10), 100).ratio == 10
    assert np.isnan(overlap(np.arange(0), np.arange(10), 100).ratio)


@given(ROWS, ROWS)
def test_it_is_what_sets_say_whichever_comes_first(left: set[int], right: set[int]) -> None:
    one = overlap(np.array(sorted(left), np.int64), np.array(sorted(right), np.int64), 30)
    assert (one.both, one.either) == (len(left & right), len(left | right))
    other = overlap(np.array(sorted(right), np.int64), np.array(sorted(left), np.int64), 30)
    assert (other.both, other.expected) == (one.both, one.expected)


def test_random_subsets_share_what_chance_says() -> None:
    drawn = [np.random.default_rng(seed).choice(1_000, 200, replace=False) for seed in range(60)]
    shared = [overlap(one, other, 1_000) for one, other in zip(drawn[::2], drawn[1::2], strict=True)]
    assert np.mean([one.both for one in shared]) == pytest.approx(shared[0].expected, abs=shared[0].spread)
