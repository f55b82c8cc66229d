"""Clusters: each row in one, none empty, the same for the same seed."""

from concurrent.futures import CancelledError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dataexplore.clusters.kmeans import default_k, kmeans
from dataexplore.clusters.samples import outliers, samples
from dataexplore.errors import EncoderError, RuleError


def blobs(
    rows: int, k: int, seed: int = 0, spread: float = 0.05
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(k, 12)) * 3
    truth = np.arange(rows) % k
    return (centres[truth] + spread * rng.normal(size=(rows, 12))).astype(np.float32), truth


def test_well_separated_blobs_are_found() -> None:
    vectors, truth = blobs(600, 4)
    clusters = kmeans(vectors, 4)
    assert clusters.sizes.tolist() == [150] * 4
    assert len(set(zip(clusters.labels.tolist(), truth.tolist(), strict=True))) == 4


def test_the_same_seed_gives_the_same_clusters() -> None:
    vectors, _ = blobs(3000, 40, spread=2.0)
    first, again, other = (
        kmeans(vectors, 20, seed=7),
        kmeans(vectors, 20, seed=7),
        kmeans(vectors, 20, seed=8),
    )
    assert np.array_equal(first.labels, again.labels)
    assert first.inertia == again.inertia
    assert not np.array_equal(first.labels, other.labels)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 1000), st.data())
def test_every_cluster_has_rows_and_the_figures_agree(rows: int, seed: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, rows))
    distinct = data.draw(st.integers(1, rows))
    rng = np.random.default_rng(seed)
    vectors = (rng.normal(size=(distinct, 5)) + 0.1)[rng.integers(distinct, size=rows)].astype(np.float32)
    clusters = kmeans(vectors, k, seed)
    assert np.array_equal(np.bincount(clusters.labels, minlength=k), clusters.sizes)
    assert (clusters.sizes > 0).all()
    assert (np.diff(clusters.sizes) <= 0).all()
    apart = np.linalg.norm(vectors - clusters.centres[clusters.labels], axis=1)
    assert clusters.distances == pytest.approx(apart, abs=1e-4)
    assert clusters.inertia == pytest.approx(float((apart**2).sum()), rel=1e-3, abs=1e-3)


def test_as_many_clusters_as_rows_leave_each_row_alone() -> None:
    vectors, _ = blobs(50, 50)
    clusters = kmeans(vectors, 50)
    assert sorted(clusters.labels.tolist()) == list(range(50))
    assert clusters.inertia == pytest.approx(0, abs=1e-6)


def test_rows_without_a_vector_belong_to_no_cluster() -> None:
    vectors, _ = blobs(100, 2)
    vectors[[3, 50]] = 0
    clusters = kmeans(vectors, 2)
    assert np.flatnonzero(clusters.labels == -1).tolist() == [3, 50]
    assert np.isnan(clusters.distances[[3, 50]]).all()
    assert clusters.sizes.sum() == 98


@pytest.mark.parametrize("k", [0, -1, 11])
def test_an_impossible_k_is_refused(k: int) -> None:
    with pytest.raises(RuleError, match="choose 1 to 10"):
        kmeans(blobs(10, 2)[0], k)


def test_no_vectors_and_nan_are_refused() -> None:
    with pytest.raises(RuleError, match="No row has a vector"):
        kmeans(np.zeros((3, 4), np.float32))
    with pytest.raises(EncoderError, match="NaN"):
        kmeans(np.full((3, 4), np.nan, np.float32))


def test_k_for_alpaca_is_that_of_car() -> None:
    assert default_k(52_002) == 161


def test_it_reports_progress_and_stops_when_asked() -> None:
    seen: list[tuple[int, int]] = []
    vectors, _ = blobs(500, 5)
    kmeans(vectors, 5, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]
    with pytest.raises(CancelledError):
        kmeans(vectors, 5, cancelled=lambda: True)


def test_samples_are_nearest_farthest_or_random() -> None:
    vectors, _ = blobs(300, 3, spread=0.5)
    clusters = kmeans(vectors, 3)
    rows = np.flatnonzero(clusters.labels == 1)
    by_distance = rows[np.argsort(clusters.distances[rows])]
    assert samples(clusters, 1, "nearest", 5, 0).tolist() == by_distance[:5].tolist()
    assert samples(clusters, 1, "farthest", 5, 0).tolist() == by_distance[::-1][:5].tolist()
    picked = samples(clusters, 1, "random", 20, 3)
    assert len(set(picked.tolist())) == 20
    assert set(picked.tolist()) <= set(rows.tolist())
    assert picked.tolist() == samples(clusters, 1, "random", 20, 3).tolist()
    assert sorted(samples(clusters, 1, "random", 10_000, 0).tolist()) == rows.tolist()
    with pytest.raises(RuleError, match="cluster 3"):
        samples(clusters, 3, "nearest", 5, 0)
    with pytest.raises(RuleError, match="nearest, farthest, random"):
        samples(clusters, 0, "best", 5, 0)


def test_outliers_are_the_rows_farthest_from_their_centres() -> None:
    vectors, _ = blobs(300, 3)
    vectors[[40, 170]] += np.array([[1.0], [0.5]], np.float32)
    vectors[5] = 0
    clusters = kmeans(vectors, 3)
    assert outliers(clusters, 2).tolist() == [40, 170]
    assert len(outliers(clusters, 1000)) == 299
    assert 5 not in outliers(clusters, 1000)
    assert outliers(clusters, 0).tolist() == []
