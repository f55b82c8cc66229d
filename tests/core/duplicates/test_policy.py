"""Of each group one row stays, by a policy that can be named; some groups may have one of their own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.duplicates.graphs import edges_of, graphs
from dataexplore.duplicates.edges import Edges
from dataexplore.duplicates.groups import group
from dataexplore.duplicates.policy import POLICIES, removed, survivors
from dataexplore.errors import RuleError


@given(graphs(), st.sampled_from(POLICIES), st.data())
def test_one_row_of_each_group_survives(edges: Edges, policy: str, data: st.DataObject) -> None:
    groups = group(edges, 0.5)

    def drawn(values: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(data.draw(st.lists(values, min_size=edges.rows, max_size=edges.rows)))

    score = drawn(st.sampled_from([1.0, 2.0, float("nan")]))
    length = drawn(st.integers(0, 3))
    centrality = drawn(st.sampled_from([0.2, 0.9]))
    vectors = np.eye(3, dtype=np.float32)[drawn(st.integers(0, 2))]
    kept = survivors(groups, policy, score, length, vectors=vectors, centrality=centrality)
    gone = np.flatnonzero(removed(groups, kept))
    if policy == "none":
        assert kept.tolist() == gone.tolist() == []
        return
    assert sorted([*kept.tolist(), *gone.tolist()]) == sorted(groups.members.tolist())
    assert groups.group_of_row[kept].tolist() == list(range(len(groups)))
    for number, row in enumerate(kept.tolist()):
        rows = groups[number].tolist()
        centre = vectors[rows].astype(np.float64).mean(axis=0)
        near = {r: round(float(vectors[r] @ centre), 9) for r in rows}
        ranks = {
            "best score": lambda r: (-np.nan_to_num(score[r], nan=-1), -length[r], r),
            "longest": lambda r: (-length[r], r),
            "first": lambda r: r,
            "nearest to centre": lambda r, near=near: (-near[r], -length[r], r),
            "farthest from centre": lambda r: (centrality[r], -length[r], r),
        }
        assert row == min(rows, key=ranks[policy])


def test_an_unscored_row_loses_and_ties_go_to_the_longer_then_the_first() -> None:
    groups = group(edges_of(7, [(0, 1, 0.9), (2, 3, 0.9), (4, 5, 0.9), (5, 6, 0.9)]), 0.9)
    score = np.array([np.nan, 0.0, 3.0, 3.0, np.nan, np.nan, np.nan])
    length = np.array([9, 1, 4, 5, 2, 2, 1])
    assert groups[0].tolist() == [4, 5, 6]
    assert survivors(groups, "best score", score, length).tolist() == [4, 1, 3]
    assert survivors(groups, "best score", score, None).tolist() == [4, 1, 2]


def test_the_row_in_the_middle_is_nearest_to_the_centre() -> None:
    angles = np.radians([0, 20, 40, 100, 110, 0])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    vectors[5] = 0
    groups = group(edges_of(6, [(0, 1, 0.9), (1, 2, 0.9), (1, 5, 0.9), (3, 4, 0.9)]), 0.9)
    length = np.array([1, 1, 1, 1, 9, 99])
    assert survivors(groups, "nearest to centre", None, length, vectors=vectors).tolist() == [1, 4]
    assert survivors(groups, "nearest to centre", vectors=vectors).tolist() == [1, 3]


def test_many_groups_are_looked_at_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(row, row + 1, 0.9) for row in range(0, 400, 2)]
    groups = group(edges_of(400, pairs), 0.9)
    vectors = np.random.default_rng(0).normal(size=(400, 5)).astype(np.float32)
    whole = survivors(groups, "nearest to centre", vectors=vectors)
    from dataexplore.duplicates import policy

    monkeypatch.setattr(policy, "MEMBERS_AT_ONCE", 7)
    assert survivors(groups, "nearest to centre", vectors=vectors).tolist() == whole.tolist()


def test_a_policy_says_what_it_lacks() -> None:
    groups = group(edges_of(3, [(0, 1, 0.9)]), 0.9)
    with pytest.raises(RuleError, match="needs a score"):
        survivors(groups, "best score")
    with pytest.raises(RuleError, match="needs a length"):
        survivors(groups, "longest")
    with pytest.raises(RuleError, match="needs vectors"):
        survivors(groups, "nearest to centre")
    with pytest.raises(RuleError, match="cluster's centre"):
        survivors(groups, "farthest from centre")
    with pytest.raises(RuleError, match="no policy is called 'newest'; there are best score"):
        survivors(groups, "newest")
    with pytest.raises(RuleError, match="2 values for 3 rows"):
        survivors(groups, "best score", np.zeros(2))


def test_without_groups_nothing_goes() -> None:
    groups = group(edges_of(5, []), 0.9)
    assert not removed(groups, survivors(groups, "best score", np.zeros(5))).any()
