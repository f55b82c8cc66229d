"""Pairs of similar rows: all of them, exactly, and nothing else."""

import random
import sys
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.vectors.real_data import prompts
from dataexplore.duplicates import bound
from dataexplore.duplicates.diameter import diameter, written_diameter
from dataexplore.duplicates.edges import Edges, exact_edges, find_edges, merged
from dataexplore.duplicates.forest import attached, spanning_forest
from dataexplore.duplicates.groups import group
from dataexplore.duplicates.kinds import EXACT, LEXICAL, SEMANTIC, kinds_named
from dataexplore.duplicates.neighbours import approximate_pairs
from dataexplore.duplicates.pairs import Pairs
from dataexplore.errors import EncoderError, RuleError
from dataexplore.vectors.encoder import find_encoder

Real = Callable[[str], Path]
Vectors = NDArray[np.float32]
has_hnswlib = pytest.mark.skipif(
    sys.version_info >= (3, 13),
    reason="chroma-hnswlib is no dependency from Python 3.13 on: no wheel",
)


def unit(matrix: NDArray[np.floating]) -> Vectors:
    found: Vectors = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)
    return found


def pairs_of(edges: Edges | Pairs) -> set[tuple[int, int]]:
    return set(zip(edges.i.tolist(), edges.j.tolist(), strict=True))


def plain_product(vectors: Vectors, floor: float) -> set[tuple[int, int]]:
    """Every pair, in float64."""
    wide = vectors.astype(np.float64)
    i, j = np.nonzero(np.triu(wide @ wide.T >= floor, 1))
    return set(zip(i.tolist(), j.tolist(), strict=True))


def clustered(rows: int, dimensions: int, seed: int, noise: float) -> Vectors:
    """Rows around a few directions, so that many pairs lie on both sides of any floor."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(max(rows // 6, 1), dimensions))
    return unit(centres[rng.integers(len(centres), size=rows)] + noise * rng.normal(size=(rows, dimensions)))


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(0, 80),
    dimensions=st.integers(1, 130),
    seed=st.integers(0, 10_000),
    noise=st.sampled_from([0.05, 0.4, 1.0]),
    floor=st.floats(0.05, 0.999),
)
def test_the_bound_loses_no_pair_and_adds_none(
    rows: int, dimensions: int, seed: int, noise: float, floor: float
) -> None:
    vectors = clustered(rows, dimensions, seed, noise)
    wide = vectors.astype(np.float64)
    found = bound.bounded_pairs(vectors, floor)
    distinct = ~np.isclose(wide @ wide.T, floor, rtol=0, atol=1e-9)  # a tie may fall on either side
    expected = {pair for pair in plain_product(vectors, floor) if distinct[pair]}
    assert {pair for pair in pairs_of(found) if distinct[pair]} == expected
    cosines = np.einsum("ij,ij->i", wide[found.i], wide[found.j])
    assert found.similarity == pytest.approx(cosines, abs=2e-6)


def test_tiles_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clustered(700, 32, seed=1, noise=0.5)
    whole = pairs_of(bound.bounded_pairs(vectors, 0.8))
    monkeypatch.setattr(bound, "TILE_ROWS", 64)
    monkeypatch.setattr(bound, "TILE_COLUMNS", 100)
    assert pairs_of(bound.bounded_pairs(vectors, 0.8)) == whole == plain_product(vectors, 0.8)


@pytest.mark.parametrize("floor", [0.9, 0.8])
def test_on_real_prompts_it_finds_what_the_plain_product_finds(real: Real, floor: float) -> None:
    vectors = find_encoder("static").encode(prompts(real("alpaca.jsonl"), 5000))
    assert pairs_of(find_edges(vectors, floor=floor)) == plain_product(vectors, floor)


def test_alpaca_has_the_abstract_that_five_rows_share(real: Real) -> None:
    every = prompts(real("alpaca.jsonl"), 46_071)
    rows = [15464, 46064, 46065, 46068, 46070]
    texts = [every[row] for row in rows] + every[:200]
    groups = group(find_edges(find_encoder("static").encode(texts), texts), 0.9)
    assert set(range(5)) <= set(groups[0].tolist())


def test_planted_paraphrases_are_found(real: Real) -> None:
    """Words dropped, swapped and case changed: each edited copy is most similar to its original."""
    rng = random.Random(3)
    every = dict.fromkeys(prompts(real("alpaca.jsonl"), 8000))
    originals = [text for text in every if 12 <= len(text.split()) <= 60][:2000]
    picked = rng.sample(range(len(originals)), 100)
    copies = []
    for row in picked:
        words = originals[row].split()
        del words[rng.randrange(len(words))]
        place = rng.randrange(len(words) - 1)
        words[place], words[place + 1] = words[place + 1], words[place]
        copies.append(" ".join(words).lower())
    texts = originals + copies
    found = pairs_of(find_edges(find_encoder("static").encode(texts), texts, floor=0.9))
    recall = sum((row, len(originals) + place) in found for place, row in enumerate(picked)) / len(picked)
    assert recall >= 0.9


def test_twenty_thousand_identical_rows_are_one_star() -> None:
    vectors = np.tile(unit(np.ones((1, 256))), (20_000, 1))
    for texts in (["Say hello."] * 20_000, None):
        edges = find_edges(vectors, texts)
        assert len(edges.i) == 19_999
        assert not edges.i.any()
        assert edges.similarity.min() == 1
        groups = group(edges, 0.9)
        assert (len(groups), groups.duplicates, groups.rows_left) == (1, 19_999, 1)
        assert not groups.chained[0]


def test_text_is_compared_without_case_width_and_white_space() -> None:
    texts = ["Write  a poem", "ｗｒｉｔｅ a\npoem ", "write another", "Straße", "STRASSE", "", " "]
    vectors = np.zeros((7, 4), np.float32)
    vectors[:5] = np.eye(5, 4)
    assert pairs_of(find_edges(vectors, texts)) == {(0, 1), (3, 4)}


def test_identical_text_and_identical_vector_meet_in_one_star() -> None:
    vectors = unit(np.array([[1, 0], [0, 1], [1, 1], [0, 1]], np.float32))
    assert pairs_of(find_edges(vectors, ["a", "b", "A", "c"])) == {(0, 2), (1, 3)}
    vectors[3] = vectors[0]
    assert pairs_of(find_edges(vectors, ["a", "b", "A", "B"])) == {(0, 2), (1, 3)}
    edges = find_edges(vectors, ["a", "b", "A", "c"])
    assert pairs_of(edges) == {(0, 2), (0, 3)}


def test_rows_without_a_vector_have_no_edges() -> None:
    vectors = np.zeros((5, 3), np.float32)
    vectors[1] = vectors[4] = [0, 1, 0]
    assert pairs_of(find_edges(vectors)) == {(1, 4)}
    assert find_edges(vectors, ["", "b", " ", "", "b"]).rows == 5


def test_vectors_of_any_length_are_compared_by_direction() -> None:
    vectors = clustered(60, 8, seed=5, noise=0.3)
    lengths = np.random.default_rng(0).uniform(0.5, 9, (60, 1)).astype(np.float32)
    assert pairs_of(find_edges(vectors * lengths, floor=0.9)) == pairs_of(find_edges(vectors, floor=0.9))


@pytest.mark.parametrize("floor", [0, -0.1, 1.01, float("nan")])
def test_a_floor_outside_its_range_is_refused(floor: float) -> None:
    with pytest.raises(RuleError, match="floor"):
        find_edges(unit(np.ones((2, 2))), floor=floor)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_vectors_with_nan_are_refused_with_their_row(value: float) -> None:
    vectors = unit(np.ones((4, 2)))
    vectors[2, 1] = value
    with pytest.raises(EncoderError, match="first row 3"):
        find_edges(vectors)


def test_texts_that_do_not_fit_the_vectors_are_refused() -> None:
    with pytest.raises(RuleError, match="3 texts for 2 vectors"):
        find_edges(unit(np.ones((2, 2))), ["a", "b", "c"])


def test_it_reports_progress_and_stops_when_asked() -> None:
    vectors = clustered(1500, 16, seed=0, noise=1.0)
    seen: list[tuple[int, int]] = []
    find_edges(vectors, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(512, 1500), (1024, 1500), (1500, 1500)]
    with pytest.raises(CancelledError):
        find_edges(vectors, cancelled=lambda: True)


def same_groups(every: Edges, few: Edges) -> None:
    for threshold in (0.5, 0.6, 0.75, 0.9):
        expected, found = group(every, threshold), group(few, threshold)
        assert np.array_equal(expected.members, found.members)
        assert np.array_equal(expected.starts, found.starts)


def test_too_many_pairs_leave_a_forest_with_the_same_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clustered(600, 24, seed=2, noise=0.35)
    every = find_edges(vectors, floor=0.5)
    monkeypatch.setattr(bound, "MOST_PAIRS", 500)
    few = find_edges(vectors, floor=0.5)
    assert every.complete
    assert not few.complete
    assert len(few.i) < len(every.i)
    same_groups(every, few)


@pytest.mark.parametrize("noise", [0.02, 0.3, 0.6])
def test_a_crowd_of_near_copies_has_the_same_groups_and_no_list_of_pairs(
    monkeypatch: pytest.MonkeyPatch, noise: float
) -> None:
    centre = np.random.default_rng(0).normal(size=24)
    crowd = unit(centre + noise * np.random.default_rng(1).normal(size=(900, 24)))
    vectors = np.concatenate([clustered(300, 24, seed=3, noise=0.3), crowd])
    every = find_edges(vectors, floor=0.5)
    monkeypatch.setattr(bound, "CROWD", 20)
    few = find_edges(vectors, floor=0.5)
    assert every.complete
    assert not few.complete
    assert len(few) < len(every) / 4
    assert set(zip(few.i.tolist(), few.j.tolist(), strict=True)) <= pairs_of(every)
    same_groups(every, few)


def test_a_forest_knows_how_firmly_two_rows_are_joined() -> None:
    i, j = np.array([0, 1, 2, 5]), np.array([1, 2, 3, 6])
    similarity = np.array([0.9, 0.8, 0.95, 0.7], np.float32)
    held = attached(8, i, j, similarity)
    assert (held.tree[:4] == held.tree[0]).all()
    assert len(set(held.tree.tolist())) == 4
    closer = np.full((4, 8), 0.85, np.float32)
    more = held.says_more(slice(0, 4), slice(0, 8), closer, np.empty_like(closer))
    assert more[0].tolist() == [False, False, True, True, True, True, True, True]
    assert more[:, 4:].all()


def test_a_forest_of_a_long_chain_is_not_walked_to_its_end() -> None:
    i = np.arange(4999)
    similarity = np.full(4999, 0.9, np.float32)
    assert len(spanning_forest(5000, i, i + 1, similarity)) == 4999
    assert (attached(5000, i, i + 1, similarity).strength == -2).any()


def test_kinds_are_told_apart() -> None:
    vectors = unit(np.array([[1, 0], [0, 1], [1, 0.1], [1, 0]], np.float32))
    edges = find_edges(vectors, ["a", "A", "b", "c"], 0.9)
    kinds = dict(zip(pairs_of_in_order(edges), edges.kind.tolist(), strict=True))
    assert kinds == {(0, 1): EXACT, (0, 3): SEMANTIC, (0, 2): SEMANTIC}
    assert edges.count() == {"exact": 1, "lexical": 0, "semantic": 2}
    assert kinds_named("all") == ("exact", "lexical", "semantic")
    assert kinds_named("lexical") == ("lexical",)
    with pytest.raises(RuleError, match="no kind of duplicates 'fuzzy'"):
        kinds_named("fuzzy")


def pairs_of_in_order(edges: Edges) -> list[tuple[int, int]]:
    return list(zip(edges.i.tolist(), edges.j.tolist(), strict=True))


def made(kind: int, floor: float, *triples: tuple[int, int, float]) -> Edges:
    i, j, similarity = (np.array(column) for column in zip(*triples, strict=True))
    return Edges(
        i.astype(np.int32),
        j.astype(np.int32),
        similarity.astype(np.float32),
        np.full(len(i), kind, np.uint8),
        rows=9,
        floor=floor,
    )


def test_a_pair_of_several_kinds_is_one_edge_with_the_higher_similarity() -> None:
    written = made(LEXICAL, 0.6, (0, 1, 0.95), (2, 3, 0.7), (4, 5, 0.9), (6, 7, 0.65))
    meant = made(SEMANTIC, 0.7, (0, 1, 0.9), (2, 3, 0.8), (4, 5, 0.9))
    both = merged(written, meant)
    assert both.floor == 0.7
    assert pairs_of_in_order(both) == [(0, 1), (2, 3), (4, 5)]
    assert both.kind.tolist() == [LEXICAL, SEMANTIC, LEXICAL]
    assert both.similarity.tolist() == np.array([0.95, 0.8, 0.9], np.float32).tolist()
    with pytest.raises(RuleError, match="different rows"):
        merged(both, exact_edges(["a"]))


def test_a_group_is_as_wide_as_its_two_ends() -> None:
    angles = np.radians([0, 30, 60, 10])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32) * 3
    vectors[3] = 0
    assert diameter(vectors, np.array([0, 1, 2, 3])) == pytest.approx(0.5)
    assert diameter(vectors, np.array([3])) == 1
    many = clustered(2500, 8, seed=0, noise=0.5)
    assert diameter(many, np.arange(2500)) == pytest.approx(float((many @ many.T).min()), abs=1e-6)
    assert written_diameter(["one text here", "one text here", "no such thing"]) == 0
    assert written_diameter(["the same words"] * 1000) == 1


@has_hnswlib
def test_the_approximate_route_finds_nearly_all_and_nothing_else() -> None:
    vectors = clustered(3000, 48, seed=4, noise=0.25)
    exact = plain_product(vectors, 0.9)
    found = pairs_of(approximate_pairs(vectors, 0.9))
    assert found <= exact
    assert len(found) >= 0.98 * len(exact)


@has_hnswlib
def test_a_row_with_more_neighbours_than_are_asked_for_is_asked_again() -> None:
    vectors = clustered(600, 24, seed=9, noise=0.01)[:400]
    vectors = np.concatenate(
        [vectors, unit(vectors[0] + 0.01 * np.random.default_rng(0).normal(size=(150, 24)))]
    )
    exact = plain_product(vectors, 0.95)
    assert len(exact) > 10_000
    found = pairs_of(approximate_pairs(vectors, 0.95))
    assert found <= exact
    assert len(found) >= 0.95 * len(exact)


@has_hnswlib
def test_many_rows_take_the_approximate_route_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataexplore.duplicates.edges.APPROXIMATE_ABOVE", 100)
    edges = find_edges(clustered(300, 16, seed=6, noise=0.1), floor=0.9)
    assert not edges.exact
    assert len(edges.i) > 100
