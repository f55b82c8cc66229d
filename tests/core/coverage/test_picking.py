"""Rows that cover the others: k-center, facility location, and a spread in a given order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.coverage.facility import facility_location
from dataexplore.coverage.kcenter import k_center
from dataexplore.coverage.measure import coverage
from dataexplore.coverage.spread import spread
from dataexplore.errors import EncoderError, RuleError
from dataexplore.vectors.arrays import FloatMatrix


def unit(rows: int, dimensions: int = 16, seed: int = 0) -> FloatMatrix:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimensions)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def plain_k_center(vectors: FloatMatrix, size: int, first: int) -> list[int]:
    near = vectors @ vectors[first]
    picked = [first]
    near[first] = 2
    while len(picked) < size:
        farthest = int(near.argmin())
        picked.append(farthest)
        near = np.maximum(near, vectors @ vectors[farthest])
        near[farthest] = 2
    return picked


@pytest.mark.parametrize("rows", [40, 2_500, 9_000])
def test_k_center_picks_what_the_plain_way_picks(rows: int) -> None:
    vectors = unit(rows)
    picked = k_center(vectors, 40)
    assert picked.tolist() == plain_k_center(vectors, 40, int(picked[0]))


def test_a_row_is_never_picked_twice_among_copies() -> None:
    vectors = np.repeat(unit(3), 1_000, axis=0)
    assert len(np.unique(k_center(vectors, 3_000))) == 3_000


def test_the_first_picks_of_k_center_are_one_of_each_kind() -> None:
    kind = np.arange(3_000) % 5
    assert sorted(kind[k_center(unit(5)[kind], 5, seed=3)].tolist()) == [0, 1, 2, 3, 4]


def test_k_center_takes_only_from_the_rows_it_is_given_and_that_have_a_vector() -> None:
    vectors = unit(100)
    vectors[10:20] = 0
    among = np.arange(5, 30)
    picked = k_center(vectors, 15, among=among)
    assert sorted(picked.tolist()) == [*range(5, 10), *range(20, 30)]
    with pytest.raises(RuleError, match="16 rows were asked for, but 15 with a vector are left"):
        k_center(vectors, 16, among=among)


def test_k_center_covers_better_than_random_rows() -> None:
    vectors = unit(4_000, 8)
    random = np.random.default_rng(1).choice(4_000, 100, replace=False)
    assert coverage(vectors, k_center(vectors, 100)).radius < coverage(vectors, random).radius


def test_facility_location_has_a_higher_sum_than_random_rows_and_is_stable() -> None:
    vectors = unit(2_000, 8)
    picked = facility_location(vectors, 50, seed=4)
    assert picked.tolist() == facility_location(vectors, 50, seed=4).tolist()
    assert len(np.unique(picked)) == 50
    drawn = (np.random.default_rng(one).choice(2_000, 50, replace=False) for one in range(20))
    assert coverage(vectors, picked).mean < min(coverage(vectors, random).mean for random in drawn)


def test_facility_location_can_take_all() -> None:
    assert sorted(facility_location(unit(30), 30).tolist()) == list(range(30))


@given(st.integers(1, 60), st.floats(0.1, 0.99), st.integers(0, 9))
def test_no_two_rows_of_a_spread_are_too_alike(size: int, most_alike: float, seed: int) -> None:
    vectors = unit(60, 4, seed)
    order = np.random.default_rng(seed).permutation(60)
    taken = spread(vectors, order, size, most_alike)
    cosine = vectors[taken] @ vectors[taken].T - 2 * np.eye(len(taken))
    assert (cosine < most_alike + 1e-6).all()
    assert taken[0] == order[0]
    if len(taken) < size:
        assert (vectors @ vectors[taken].T).max(axis=1).min() >= most_alike - 1e-6


def test_coverage_of_known_rows() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0, 0]], np.float32)
    clusters, groups = np.array([0, 1, 1, -1], np.int32), np.array([-1, 0, 0, -1])
    found = coverage(vectors, np.array([0, 3]), clusters, groups)
    assert (found.rows, found.touched, found.repeated) == (2, 0.5, 0)
    assert (found.radius, found.mean) == pytest.approx((1.0, 1.4 / 3))
    assert coverage(vectors, np.array([1, 2]), clusters, groups).repeated == 1


def test_vectors_that_are_none() -> None:
    broken = unit(10)
    broken[3, 0] = np.nan
    with pytest.raises(EncoderError, match="NaN"):
        k_center(broken, 2)
    with pytest.raises(RuleError, match="no row of the subset has a vector"):
        coverage(np.zeros((4, 2), np.float32), np.arange(2))
