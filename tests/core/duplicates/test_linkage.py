"""Chained groups can be split: into rows around a centre, or into rows that are all alike."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.duplicates.graphs import edges_of, graphs
from dataexplore.duplicates import linkage
from dataexplore.duplicates.edges import Edges
from dataexplore.duplicates.groups import Groups, group
from dataexplore.errors import RuleError

CHAIN = [(0, 1, 0.95), (1, 2, 0.9), (2, 3, 0.94), (3, 4, 0.9)]


def parts(groups: Groups) -> list[list[int]]:
    return [groups[number].tolist() for number in range(len(groups))]


def joined(edges: Edges, threshold: float) -> set[frozenset[int]]:
    there = edges.similarity >= np.float32(threshold)
    return {frozenset(pair) for pair in zip(edges.i[there].tolist(), edges.j[there].tolist(), strict=True)}


@given(graphs(), st.sampled_from([0.5, 0.7, 0.9]), st.sampled_from(["star", "complete"]))
def test_parts_lie_inside_groups_and_hold_together(edges: Edges, threshold: float, how: str) -> None:
    whole, split = group(edges, threshold), group(edges, threshold, how)
    pairs = joined(edges, threshold)
    for number, rows in enumerate(parts(split)):
        assert len(set(whole.group_of_row[rows].tolist())) == 1
        if how == "star":
            assert any(
                all(frozenset((centre, row)) in pairs for row in rows if row != centre) for centre in rows
            )
        else:
            assert all(frozenset(pair) in pairs for pair in combinations(rows, 2))
        assert split.chained[number] == any(frozenset(pair) not in pairs for pair in combinations(rows, 2))
    for number, rows in enumerate(parts(whole)):
        if not whole.chained[number]:
            assert rows in parts(split)


@given(graphs(), st.sampled_from([0.5, 0.7, 0.9]))
def test_complete_link_leaves_no_two_parts_that_could_be_one(edges: Edges, threshold: float) -> None:
    found = parts(group(edges, threshold, "complete"))
    pairs = joined(edges, threshold)
    alone = set(range(edges.rows)) - {row for rows in found for row in rows}
    for one, other in combinations([*found, *([row] for row in alone)], 2):
        assert not all(frozenset((i, j)) in pairs for i in one for j in other)


def test_a_chain_is_split() -> None:
    edges = edges_of(6, CHAIN)
    assert parts(group(edges, 0.9)) == [[0, 1, 2, 3, 4]]
    assert parts(group(edges, 0.9, "star")) == [[0, 1, 2], [3, 4]]
    assert parts(group(edges, 0.9, "complete")) == [[0, 1], [2, 3]]
    assert group(edges, 0.9, "complete").rows_left == 4
    assert group(edges, 0.9, "complete").lowest.tolist() == np.array([0.95, 0.94], np.float32).tolist()


def test_copies_stay_with_their_row() -> None:
    copies = [(0, 5, 1.0), (2, 6, 1.0), (2, 7, 1.0)]
    edges = edges_of(8, [*CHAIN, *copies])
    assert parts(group(edges, 0.9, "complete")) == [[2, 3, 6, 7], [0, 1, 5]]
    assert not group(edges, 0.9, "complete").chained.any()
    assert parts(group(edges, 0.99, "star")) == [[2, 6, 7], [0, 5]]


def test_a_linkage_that_does_not_exist_is_refused() -> None:
    with pytest.raises(RuleError, match="no linkage average: choose one of single, star, complete"):
        group(edges_of(3, [(0, 1, 0.9)]), 0.9, "average")


def test_what_cannot_be_split_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linkage, "MOST_COMPARED", 3)
    with pytest.raises(RuleError, match="choose star"):
        group(edges_of(6, CHAIN), 0.9, "complete")
    forest = Edges(
        *(getattr(edges_of(6, CHAIN), name) for name in ("i", "j", "similarity", "kind")),
        rows=6,
        floor=0.5,
        complete=False,
    )
    with pytest.raises(RuleError, match="too many pairs"):
        group(forest, 0.9, "star")
    assert len(group(forest, 0.9)) == 1
