"""A score against length, clusters and another judge."""

import numpy as np
import pytest

from dataexplore.signals.against import against, by_cluster, joint

_NAN = float("nan")


def test_no_row_is_lost_on_the_plane_and_bands_are_the_scores() -> None:
    scores = np.array([1, 1, 2, 3, 3, 3, _NAN, 2])
    lengths = np.array([0, 10, 20, 30, 1000, 5, 7, _NAN])
    spread = against(scores, lengths)
    assert spread is not None
    assert spread.values == (1, 2, 3)
    counts = spread.counts(10, 6)
    assert counts.sum() == 6
    assert counts.reshape(3, 2, 10).sum(axis=(1, 2)).tolist() == [3, 1, 2]
    assert spread.spearman == pytest.approx(9.5 / (15 * 17.5) ** 0.5)


def test_longer_answers_lie_to_the_right() -> None:
    spread = against(np.arange(100.0), np.arange(100.0))
    assert spread is not None
    assert not spread.bands
    assert (np.diff(spread.x) >= 0).all()
    assert spread.spearman == pytest.approx(1)
    assert spread.counts(4, 4).sum() == 100


@pytest.mark.parametrize("lengths", [[5, 5], [0, 0], [-3, -3]])
def test_equal_lengths_have_a_place(lengths: list[float]) -> None:
    spread = against(np.array([1.0, 2.0]), np.array(lengths, np.float64))
    assert spread is not None
    assert spread.counts(8, 4).sum() == 2
    assert spread.spearman is None


def test_nothing_in_common_is_no_plane() -> None:
    assert against(np.array([1.0, _NAN]), np.array([_NAN, 2.0])) is None


def test_means_of_clusters_leave_the_unscored_out() -> None:
    means = by_cluster(np.array([4, 2, _NAN, 1, 5]), np.array([0, 0, 0, 2, -1]))
    assert [(one.cluster, one.rows, one.mean) for one in means] == [(2, 1, 1), (0, 2, 3)]
    assert by_cluster(np.array([_NAN]), np.array([0])) == []


def test_joint_counts_are_of_the_rows_that_both_scored() -> None:
    found = joint(np.array([0, 0, 1, 2, _NAN]), np.array([5, 6, 5, _NAN, 5]))
    assert found.first.edges.tolist() == [0, 1]
    assert found.second.edges.tolist() == [5, 6]
    assert found.counts.tolist() == [[1, 1], [1, 0]]


def test_many_values_are_put_into_bins_and_none_is_lost() -> None:
    draw = np.random.default_rng(0)
    found = joint(draw.normal(size=500), draw.integers(0, 3, 500).astype(float), 8)
    assert found.counts.sum() == 500
    assert found.counts.shape[1] == 3
    assert joint(np.array([_NAN]), np.array([1.0])).counts.size == 0
