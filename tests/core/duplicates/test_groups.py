"""Groups are what pairs join, and of each group one row stays."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.duplicates.edges import Edges
from dataexplore.duplicates.groups import group
from dataexplore.duplicates.policy import POLICIES, survivors
from dataexplore.errors import RuleError


def edges_of(rows: int, triples: Sequence[tuple[int, int, float]], floor: float = 0.5) -> Edges:
    i, j, similarity = zip(*triples, strict=True) if triples else ((), (), ())
    return Edges(
        np.array(i, np.int32), np.array(j, np.int32), np.array(similarity, np.float32), rows=rows, floor=floor
    )


@st.composite
def graphs(draw: st.DrawFn) -> Edges:
    rows = draw(st.integers(2, 30))
    pairs = draw(st.sets(st.tuples(st.integers(0, rows - 1), st.integers(0, rows - 1)), max_size=60))
    levels = st.sampled_from([0.5, 0.6, 0.7, 0.8, 0.9, 0.99])
    return edges_of(rows, [(i, j, draw(levels)) for i, j in sorted(pairs) if i < j])


def reference(edges: Edges, threshold: float) -> list[list[int]]:
    """Union-find, one edge at a time."""
    parent = list(range(edges.rows))

    def find(row: int) -> int:
        while parent[row] != row:
            row = parent[row]
        return row

    for i, j, similarity in zip(edges.i.tolist(), edges.j.tolist(), edges.similarity, strict=True):
        if similarity >= np.float32(threshold):
            parent[find(i)] = find(j)
    sets: dict[int, list[int]] = {}
    for row in range(edges.rows):
        sets.setdefault(find(row), []).append(row)
    return sorted((rows for rows in sets.values() if len(rows) > 1), key=lambda rows: (-len(rows), rows[0]))


@given(graphs(), st.sampled_from([0.5, 0.65, 0.7, 0.9, 1.0]))
def test_groups_are_those_of_a_union_find(edges: Edges, threshold: float) -> None:
    groups = group(edges, threshold)
    expected = reference(edges, threshold)
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
    assert survivors(groups, "best score", np.zeros(5), None).tolist() == []
    with pytest.raises(IndexError):
        groups[0]


@pytest.mark.parametrize("threshold", [0.4, 1.1, float("nan")])
def test_a_threshold_below_the_floor_is_refused(threshold: float) -> None:
    with pytest.raises(RuleError, match=r"outside 0\.5 to 1"):
        group(edges_of(5, [(0, 1, 0.9)]), threshold)


@given(graphs(), st.sampled_from(POLICIES), st.data())
def test_one_row_of_each_group_survives(edges: Edges, policy: str, data: st.DataObject) -> None:
    groups = group(edges, 0.5)
    values = st.sampled_from([1.0, 2.0, float("nan")])
    score = np.array(data.draw(st.lists(values, min_size=edges.rows, max_size=edges.rows)))
    length = np.array(data.draw(st.lists(st.integers(0, 3), min_size=edges.rows, max_size=edges.rows)))
    kept = survivors(groups, policy, score, length)
    if policy == "none":
        assert kept.tolist() == []
        return
    assert groups.group_of_row[kept].tolist() == list(range(len(groups)))
    for number, row in enumerate(kept.tolist()):
        rows = groups[number].tolist()
        ranks = {
            "best score": lambda r: (-np.nan_to_num(score[r], nan=-1), -length[r], r),
            "longest": lambda r: (-length[r], r),
            "first": lambda r: r,
        }
        assert row == min(rows, key=ranks[policy])


def test_an_unscored_row_loses_and_ties_go_to_the_longer_then_the_first() -> None:
    groups = group(edges_of(7, [(0, 1, 0.9), (2, 3, 0.9), (4, 5, 0.9), (5, 6, 0.9)]), 0.9)
    score = np.array([np.nan, 0.0, 3.0, 3.0, np.nan, np.nan, np.nan])
    length = np.array([9, 1, 4, 5, 2, 2, 1])
    assert groups[0].tolist() == [4, 5, 6]
    assert survivors(groups, "best score", score, length).tolist() == [4, 1, 3]
    assert survivors(groups, "best score", score, None).tolist() == [4, 1, 2]


def test_a_policy_says_what_it_lacks() -> None:
    groups = group(edges_of(3, [(0, 1, 0.9)]), 0.9)
    with pytest.raises(RuleError, match="needs a score"):
        survivors(groups, "best score", None, None)
    with pytest.raises(RuleError, match="needs a length"):
        survivors(groups, "longest", None, None)
    with pytest.raises(RuleError, match="no policy newest: choose one of best score"):
        survivors(groups, "newest", None, None)
    with pytest.raises(RuleError, match="2 values for 3 rows"):
        survivors(groups, "best score", np.zeros(2), None)
