"""Threshold, groups and rows left: one look-up instead of a regrouping, and the other way round."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.duplicates.graphs import edges_of, graphs
from dataexplore.duplicates.curve import curve
from dataexplore.duplicates.edges import Edges
from dataexplore.duplicates.groups import group
from dataexplore.errors import RuleError


@given(graphs(), st.lists(st.sampled_from([0.5, 0.55, 0.6, 0.8, 0.9, 0.95, 1.0]), min_size=1, max_size=5))
def test_it_says_what_regrouping_would(edges: Edges, thresholds: list[float]) -> None:
    for left in curve(edges).over(thresholds):
        groups = group(edges, left.threshold)
        assert (left.groups, left.duplicates) == (len(groups), groups.duplicates)
        assert left.rows_left == groups.rows_left


@given(graphs(), st.data())
def test_the_threshold_that_leaves_so_many_rows_is_the_lowest(edges: Edges, data: st.DataObject) -> None:
    counts = curve(edges)
    wanted = data.draw(st.integers(counts.at(0.5).rows_left, counts.at(1).rows_left))
    found = counts.leaving(wanted)
    assert found.rows_left >= wanted
    assert found.threshold == round(found.threshold, 4)
    if found.threshold > 0.5:
        assert counts.at(round(found.threshold - 1e-4, 4)).rows_left < wanted


def test_real_valued_similarities_are_told_apart() -> None:
    edges = edges_of(6, [(0, 1, 0.91234567), (2, 3, 0.91234999), (4, 5, 0.6)])
    assert curve(edges).leaving(6).threshold == 0.9124
    assert curve(edges).leaving(5).rows_left == 6
    assert curve(edges).leaving(4).rows_left == 4
    assert curve(edges).leaving(3).threshold == 0.5


def test_what_no_threshold_leaves_is_refused() -> None:
    counts = curve(edges_of(5, [(0, 1, 1.0), (2, 3, 0.9)]))
    with pytest.raises(RuleError, match="leaves 5 rows: choose 3 to 4"):
        counts.leaving(5)
    with pytest.raises(RuleError, match="look for pairs further down"):
        counts.leaving(2)
    for threshold in (0.4, 1.1, float("nan")):
        with pytest.raises(RuleError, match="outside"):
            counts.at(threshold)


def test_without_edges_all_rows_are_left() -> None:
    counts = curve(edges_of(3, []))
    assert (counts.at(0.7).groups, counts.at(0.7).rows_left) == (0, 3)
    assert counts.leaving(3).threshold == 0.5


def test_a_million_edges_are_counted_at_once() -> None:
    draw = np.random.default_rng(0)
    pairs = np.sort(draw.integers(0, 200_000, (2, 300_000)), axis=0)
    pairs = np.unique(pairs[:, pairs[0] != pairs[1]], axis=1).astype(np.int32)
    edges = Edges(
        pairs[0],
        pairs[1],
        draw.uniform(0.8, 1, pairs.shape[1]).astype(np.float32),
        np.full(pairs.shape[1], 2, np.uint8),
        rows=200_000,
        floor=0.8,
    )
    assert curve(edges).at(0.9).rows_left == group(edges, 0.9).rows_left
