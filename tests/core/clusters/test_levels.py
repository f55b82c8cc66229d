"""Clusters have clusters above them: every row is in one of both."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataexplore.clusters.kmeans import kmeans
from dataexplore.clusters.levels import upper_level
from dataexplore.errors import RuleError


def test_blobs_of_blobs_are_found_again() -> None:
    rng = np.random.default_rng(0)
    high = np.repeat(np.eye(3) * 20, 3, axis=0)
    low = high + rng.normal(size=(9, 3))
    truth = np.repeat(np.arange(9), [30, 30, 30, 50, 50, 50, 10, 10, 10])
    vectors = (low[truth] + 0.01 * rng.normal(size=(270, 3))).astype(np.float32)
    clusters = kmeans(vectors, 9)
    upper = upper_level(clusters)
    assert upper.sizes.tolist() == [150, 90, 30]
    assert upper.labels(clusters).tolist() == np.array([1, 0, 2])[truth // 3].tolist()
    assert sorted(np.concatenate([upper.members(one) for one in range(3)]).tolist()) == list(range(9))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(0, 100), st.data())
def test_every_row_with_a_vector_is_in_one(k: int, seed: int, data: st.DataObject) -> None:
    vectors = np.random.default_rng(seed).normal(size=(60, 4)).astype(np.float32)
    vectors[7] = 0
    clusters = kmeans(vectors, k, seed)
    upper = upper_level(clusters, data.draw(st.none() | st.integers(1, k)))
    labels = upper.labels(clusters)
    assert labels[7] == -1
    assert np.bincount(labels[labels >= 0], minlength=upper.k).tolist() == upper.sizes.tolist()
    assert (np.diff(upper.sizes) <= 0).all()


def test_a_centre_between_opposite_rows_still_is_a_centre() -> None:
    vectors = np.array([[1, 0], [-1, 0]] * 5, np.float32)
    assert upper_level(kmeans(vectors, 1)).sizes.tolist() == [10]


def test_more_than_there_are_clusters_is_refused() -> None:
    with pytest.raises(RuleError, match="choose 1 to 3"):
        upper_level(kmeans(np.eye(6, dtype=np.float32), 3), 4)
