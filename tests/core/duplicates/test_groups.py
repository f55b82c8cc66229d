"""Groups are what pairs join."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.duplicates.graphs import edges_of, graphs, joined_by_hand
from dataexplore.duplicates.edges import Edges
from dataexplore.duplicates.groups import group
from dataexplore.errors import RuleError


@given(graphs(), st.sampled_from([0.5, 0.65, 0.7, 0.9, 1.0]))
def test_groups_are_those_of_a_union_find(edges: Edges, threshold: float) -> None:
    groups = group(edges, threshold)
    expected = joined_by_hand(edges, threshold)
    assert [groups[number].tolist() for number in range(len(groups))] == expected
    assert groups.rows_left == edges.rows - sum(len(rows) - 1 for rows in expected)
    for number, rows in enumerate(expected):
        inside = (edges.similarity >= np.float32(threshold)) & np.isin(edges.i, rows)
        assert groups.lowest[number] == edges.similarity[inside].min()
        assert groups.highest[number] == edges.similarity[inside].max()
        assert groups.chained[number] == (inside.sum() < len(rows) * (len(rows) - 1) // 2)
        assert (groups.group_of_row[rows] == number).all()
    assert (groups.group_of_row >= 0).sum() == sum(map(len, expected))


def test_a_chain_says_so_and_a_triangle_does_not() -> None:
    groups = group(edges_of(9, [(0, 1, 0.9), (1, 2, 0.9), (4, 5, 0.9), (5, 6, 0.95), (4, 6, 0.91)]), 0.9)
    assert groups.chained.tolist() == [True, False]


def test_identical_rows_do_not_make_a_chain() -> None:
    star = [(0, 1, 1.0), (0, 2, 1.0), (0, 5, 0.9)]
    assert group(edges_of(6, star), 0.8).chained.tolist() == [False]
    assert group(edges_of(7, [*star, (5, 6, 0.9)]), 0.8).chained.tolist() == [True]


def test_edges_to_two_copies_of_a_row_count_once() -> None:
    chain = [(0, 1, 1.0), (0, 2, 0.9), (1, 2, 0.9), (2, 3, 0.9)]
    assert group(edges_of(4, chain), 0.8).chained.tolist() == [True]
    assert group(edges_of(4, [*chain, (1, 3, 0.9)]), 0.8).chained.tolist() == [False]


def test_a_very_long_chain_is_one_group() -> None:
    order = np.random.default_rng(0).permutation(30_000)
    pairs = [
        (min(a, b), max(a, b), 0.9) for a, b in zip(order[:-1].tolist(), order[1:].tolist(), strict=True)
    ]
    groups = group(edges_of(30_000, pairs), 0.9)
    assert groups.sizes.tolist() == [30_000]
    assert groups.chained.tolist() == [True]


def test_no_edges_are_no_groups() -> None:
    groups = group(edges_of(5, []), 0.9)
    assert (len(groups), groups.duplicates, groups.rows_left, groups.rows) == (0, 0, 5, 5)
    with pytest.raises(IndexError):
        groups[0]


@pytest.mark.parametrize("threshold", [0.4, 1.1, float("nan")])
def test_a_threshold_below_the_floor_is_refused(threshold: float) -> None:
    with pytest.raises(RuleError, match=r"outside 0\.5 to 1"):
        group(edges_of(5, [(0, 1, 0.9)]), threshold)
