"""The map of the rows: two directions in which they differ most, the same ones every time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataexplore.clusters.plane import plane
from dataexplore.errors import EncoderError


def test_a_flat_cloud_comes_back_as_it_was_the_wide_side_first() -> None:
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(500, 2)) * [5, 1]
    turned, _ = np.linalg.qr(rng.normal(size=(20, 20)))
    places = plane((flat @ turned[:2] + 3).astype(np.float32))
    flat -= flat.mean(axis=0)
    assert places.shape == (500, 2)
    assert places.dtype == np.float32
    assert np.linalg.norm(places, axis=1) == pytest.approx(np.linalg.norm(flat, axis=1), abs=0.01)
    assert places[:, 0].std() > 4 * places[:, 1].std()
    assert places.mean(axis=0) == pytest.approx([0, 0], abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 50), st.integers(1, 6), st.integers(0, 1000))
def test_no_part_of_a_row_lies_outside_and_it_is_never_mirrored(
    rows: int, dimensions: int, seed: int
) -> None:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimensions)).astype(np.float32)
    places = plane(vectors)
    apart = np.linalg.norm(vectors - vectors.mean(axis=0), axis=1)
    assert (np.linalg.norm(places, axis=1) <= apart + 1e-3).all()
    assert np.array_equal(places, plane(vectors))


def test_directions_of_a_sample_serve_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(1).normal(size=(3000, 6)).astype(np.float32) * [9, 4, 1, 1, 1, 1]
    whole = plane(vectors.astype(np.float32))
    monkeypatch.setattr("dataexplore.clusters.plane._SAMPLE", 1000)
    monkeypatch.setattr("dataexplore.clusters.plane._BLOCK", 100)
    sampled = plane(vectors.astype(np.float32))
    assert np.corrcoef(whole[:, 0], sampled[:, 0])[0, 1] > 0.99
    assert np.corrcoef(whole[:, 1], sampled[:, 1])[0, 1] > 0.99


def test_rows_without_a_vector_have_no_place() -> None:
    vectors = np.eye(4, dtype=np.float32)
    vectors[2] = 0
    assert np.isnan(plane(vectors)).any(axis=1).tolist() == [False, False, True, False]
    assert np.isnan(plane(np.zeros((3, 4), np.float32))).all()
    assert plane(np.zeros((0, 4), np.float32)).shape == (0, 2)


def test_nan_is_one_sentence() -> None:
    with pytest.raises(EncoderError, match="NaN"):
        plane(np.full((3, 4), np.nan, np.float32))
