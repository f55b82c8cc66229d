"""Coverage by size, mixes, and the answer to `is it better than random?`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.coverage.curve import curve, sizes_up_to
from dataexplore.coverage.kcenter import k_center
from dataexplore.coverage.measure import coverage
from dataexplore.coverage.mix import apart, numbers, shares
from dataexplore.coverage.versus import Versus, sentence
from dataexplore.errors import RuleError
from dataexplore.vectors.arrays import FloatMatrix


def unit(rows: int, dimensions: int = 8, seed: int = 0) -> FloatMatrix:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimensions)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_curve_ends_where_coverage_is_and_never_rises() -> None:
    vectors = unit(3_000)
    vectors[7] = 0
    order = np.random.default_rng(1).permutation(3_000)[:200]
    points = curve(vectors, order, sizes_up_to(200))
    assert [point.size for point in points] == [12, 25, 50, 100, 200]
    for point in points:
        there = coverage(vectors, order[: point.size])
        assert (point.radius, point.mean) == pytest.approx((there.radius, there.mean), abs=1e-6)
    for measure in ("radius", "mean"):
        values = [getattr(point, measure) for point in points]
        assert values == sorted(values, reverse=True)


def test_k_center_is_below_random_at_every_size() -> None:
    vectors = unit(3_000)
    sizes = sizes_up_to(256)
    best = curve(vectors, k_center(vectors, 256), sizes)
    random = curve(vectors, np.random.default_rng(0).permutation(3_000), sizes)
    assert all(one.radius < other.radius for one, other in zip(best, random, strict=True))


@given(st.integers(1, 100_000))
def test_sizes_double_up_to_the_last(size: int) -> None:
    sizes = sizes_up_to(size)
    assert sizes[-1] == size
    assert sizes == sorted(set(sizes))
    assert len(sizes) <= 6


def test_a_curve_needs_a_vector() -> None:
    with pytest.raises(RuleError, match="no row of the subset has a vector"):
        curve(np.zeros((4, 2), np.float32), np.arange(2), [2])


def test_shares_and_how_far_mixes_are_apart() -> None:
    mix, other = shares("aab"), shares("abc")
    assert list(mix) == ["a", "b"]
    assert mix == pytest.approx({"a": 2 / 3, "b": 1 / 3})
    assert apart(mix, other) == pytest.approx(1 / 3)
    assert apart(mix, mix) == 0
    assert apart(shares("a"), shares("b")) == 1
    assert shares([]) == {}


def test_numbers_leave_out_what_is_not_there() -> None:
    found = numbers(np.array([np.nan, *range(1, 12)]))
    assert (found.rows, found.mean, found.low, found.median, found.high) == (11, 6, 2, 6, 10)
    assert np.isnan(numbers(np.array([np.nan])).median)


@pytest.mark.parametrize(
    ("subset", "random", "low_is_good", "verdict"),
    [
        (0.5, (0.69, 0.7, 0.71), True, "better"),
        (0.5, (0.31, 0.3, 0.29), True, "worse"),
        (0.5, (0.4, 0.6, 0.5), True, "no different"),
        (0.5, (0.52, 0.54, 0.56), True, "no different"),
        (0.5, (0.31, 0.3, 0.29), False, "better"),
        (0.5, (0.69, 0.7, 0.71), False, "worse"),
        (1, (0.0, 0.0), True, "worse"),
        (0, (0.0, 0.0), True, "no different"),
        (0.5, (0.9,), True, "no different"),
    ],
)
def test_it_is_better_only_where_random_hardly_is(
    subset: float, random: tuple[float, ...], low_is_good: bool, verdict: str
) -> None:
    assert Versus("x", subset, random, low_is_good).verdict == verdict


@pytest.mark.parametrize("draws", [2, 3, 5, 8, 30])
def test_one_in_twenty_random_subsets_is_called_different(draws: int) -> None:
    values = np.random.default_rng(draws).normal(size=(4_000, draws + 1)).tolist()
    verdicts = [Versus("x", mine, tuple(others)).verdict for mine, *others in values]
    assert 1 - verdicts.count("no different") / len(verdicts) == pytest.approx(0.05, abs=0.015)


def test_the_answer_says_where_and_by_how_much() -> None:
    good = Versus("max-min distance", 0.61, (0.92, 0.94))
    bad = Versus("mean distance", 0.46, (0.349, 0.35))
    same = Versus("rows that repeat", 3, (2.0, 9.0))
    assert sentence([good]) == (
        "Yes, measured against all of 2 random subsets of the same size: better by max-min distance 0.610 "
        "against 0.930 ± 0.014."
    )
    assert sentence([bad, same]).startswith("No, worse, measured against")
    assert sentence([same]) == (
        "No, measured against all of 2 random subsets of the same size: no different by rows that repeat 3 "
        "against 5.500 ± 4.950."
    )
    assert sentence([good, bad]).startswith("In part, ")
    assert "one random subset" in sentence([Versus("x", 1, (2.0,))])
