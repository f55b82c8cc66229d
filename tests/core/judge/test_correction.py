"""Scores put right by neighbours: known mistakes are found, noise is left alone."""

import math
from concurrent.futures import CancelledError
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from dataexplore.errors import SignalError
from dataexplore.judge.ds2.correction import binned, corrected, long_tail
from dataexplore.judge.ds2.neighbours import nearest_rows
from dataexplore.judge.ds2.transition import transition
from dataexplore.vectors.arrays import FloatMatrix

NAN = math.nan
ROWS = 3000


class Made(NamedTuple):
    """Rows in tight groups, each of which deserves one score, and what a judge made of them."""

    vectors: FloatMatrix
    true: NDArray[np.int64]
    given: NDArray[np.int64]


def unit(vectors: NDArray[np.float64]) -> FloatMatrix:
    lengths = np.linalg.norm(vectors, axis=1)[:, None]
    found: FloatMatrix = (vectors / lengths).astype(np.float32)
    return found


def matrix_of(right: float, count: int = 6) -> NDArray[np.float64]:
    """A judge that is right so often and else gives any other score."""
    matrix = np.full((count, count), (1 - right) / (count - 1))
    np.fill_diagonal(matrix, right)
    return matrix


def generous(right: float, count: int = 6) -> NDArray[np.float64]:
    """A judge that errs upwards, by one step."""
    matrix = right * np.eye(count)
    matrix[np.arange(count), np.minimum(np.arange(count) + 1, count - 1)] += 1 - right
    return matrix


def made(matrix: NDArray[np.float64], seed: int = 0) -> Made:
    rng = np.random.default_rng(seed)
    groups, count = 40, len(matrix)
    centres, deserved = rng.normal(size=(groups, 24)), np.arange(groups) % count
    group = rng.integers(groups, size=ROWS)
    true = deserved[group]
    given = (rng.random(ROWS)[:, None] > matrix[true].cumsum(axis=1)).sum(axis=1)
    return Made(unit(centres[group] + 0.25 * rng.normal(size=(ROWS, 24))), true, np.minimum(given, count - 1))


@pytest.mark.parametrize("matrix", [matrix_of(0.9), matrix_of(0.7), generous(0.7)], ids=["9", "7", "up"])
def test_the_matrix_of_mistakes_is_found_without_a_true_score(matrix: NDArray[np.float64]) -> None:
    rows = made(matrix)
    near = nearest_rows(rows.vectors, 2)
    found = transition(rows.given, near.places[:, 0], near.places[:, 1], 6)
    assert np.abs(found.matrix - matrix).max() < 0.08
    assert np.abs(found.true - np.bincount(rows.true, minlength=6) / ROWS).max() < 0.05
    np.testing.assert_allclose(found.matrix.sum(axis=1), 1)


@pytest.mark.parametrize("right", [0.9, 0.7, 0.5])
def test_correction_lowers_the_share_of_wrong_scores(right: float) -> None:
    rows = made(matrix_of(right))
    found = corrected(rows.given, rows.vectors)
    before, after = (rows.given != rows.true).mean(), (found.scores != rows.true).mean()
    assert after < before / 3
    assert found.changed.tolist() == np.flatnonzero(found.scores != rows.given).tolist()
    assert (found.confidence[found.changed] >= 0.5).all()


def test_scores_that_are_right_stay() -> None:
    rows = made(matrix_of(1.0))
    assert len(corrected(rows.given, rows.vectors).changed) < 0.02 * ROWS


@pytest.mark.parametrize("shares", [[1 / 6] * 6, [0.02, 0.03, 0.05, 0.1, 0.6, 0.2]], ids=["even", "skewed"])
def test_nothing_is_changed_where_neighbours_tell_nothing(shares: list[float]) -> None:
    noise = np.random.default_rng(1).choice(6, ROWS, p=shares)
    found = corrected(noise, made(matrix_of(0.7)).vectors)
    assert not found.informative
    assert len(found.changed) == 0
    assert found.transition is not None
    assert abs(found.transition.informative) < 0.05


def test_the_same_seed_gives_the_same_correction() -> None:
    rows = made(matrix_of(0.5))
    one, same, other = (corrected(rows.given, rows.vectors, seed) for seed in (3, 3, 4))
    np.testing.assert_equal(one.confidence, same.confidence)
    np.testing.assert_equal(one.scores, same.scores)
    assert (one.confidence != other.confidence).any()


def test_rows_without_a_score_or_a_vector_are_as_they_were() -> None:
    rows = made(matrix_of(0.7))
    scores, vectors = rows.given.astype(np.float64), rows.vectors.copy()
    scores[:300], vectors[300:600] = NAN, 0
    found = corrected(scores, vectors)
    np.testing.assert_equal(found.scores[:600], scores[:600])
    assert np.isnan(found.confidence[:600]).all()
    assert (found.scores[600:] != rows.true[600:]).mean() < 0.1


def test_a_handful_of_rows_is_left_alone() -> None:
    found = corrected(np.array([1.0, 5, NAN]), unit(np.eye(3)))
    assert (found.transition, found.informative, len(found.changed)) == (None, False, 0)


def test_scores_of_many_values_are_binned_first() -> None:
    scores = np.linspace(0, 100, ROWS)
    rows = made(matrix_of(1.0))
    with pytest.raises(SignalError, match=r"3,000 values.*bin them"):
        corrected(scores, rows.vectors)
    assert len(np.unique(corrected(binned(scores), rows.vectors).values)) == 6


def test_bins_run_from_the_lowest_score_to_the_highest() -> None:
    np.testing.assert_allclose(binned(np.array([0, 1.9, 2.1, NAN, 10])), [0, 2, 2, NAN, 10])
    np.testing.assert_equal(binned(np.array([4, 4.0, NAN])), [4, 4, NAN])


def test_neighbours_are_those_that_all_products_tell() -> None:
    vectors = unit(np.random.default_rng(2).normal(size=(2600, 8)))  # more than one strip and one tile
    products = vectors @ vectors.T
    np.fill_diagonal(products, -2)
    found = nearest_rows(vectors, 5)
    np.testing.assert_allclose(found.cosines, -np.sort(-products, axis=1)[:, :5], atol=1e-6)
    np.testing.assert_allclose(products[np.arange(2600)[:, None], found.places], found.cosines, atol=1e-6)


def test_of_equal_rows_the_earlier_ones_are_nearest_and_none_is_its_own_neighbour() -> None:
    found = nearest_rows(unit(np.ones((6, 3))), 3)
    assert found.places.tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], [0, 1, 2], [0, 1, 2]]


def test_fewer_rows_than_neighbours_are_all_neighbours() -> None:
    assert nearest_rows(unit(np.eye(3)), 10).places.tolist() == [[1, 2], [0, 2], [0, 1]]
    assert nearest_rows(unit(np.eye(1)), 10).places.shape == (1, 0)


def test_a_rare_row_has_a_long_tail() -> None:
    crowd = np.tile([1.0, 0, 0], (20, 1)) + 0.01 * np.random.default_rng(0).normal(size=(20, 3))
    vectors = np.concatenate((unit(np.concatenate((crowd, [[0, 1, 0]]))), np.zeros((1, 3), np.float32)))
    found = long_tail(vectors, 5)
    assert found[20] > 0.9
    assert found[:20].max() < 0.01
    assert np.isnan(found[21])


def test_a_search_for_neighbours_tells_how_far_it_is_and_can_be_ended() -> None:
    vectors, told = made(matrix_of(1.0)).vectors, list[int]()
    nearest_rows(vectors, 2, progress=lambda done, total: told.append(done))
    assert told == sorted(told)
    assert told[-1] == ROWS
    with pytest.raises(CancelledError):
        nearest_rows(vectors, 2, cancelled=lambda: True)
