"""Rows that are written alike: all pairs, found without comparing all with all."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.vectors.real_data import prompts
from dataexplore.duplicates import overlap, shingles
from dataexplore.duplicates.edges import Edges, exact_edges
from dataexplore.duplicates.groups import group
from dataexplore.duplicates.kinds import EXACT, LEXICAL
from dataexplore.duplicates.lexical import lexical_edges, written_alike
from dataexplore.duplicates.same import normalised
from dataexplore.errors import RuleError

Real = Callable[[str], Path]
texts = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.lists(st.sampled_from(["write ", "a poem ", "on the sea", "海边的诗", "."]), max_size=7).map(
            "".join
        ),
    ),
    max_size=14,
)


def pieces(text: str) -> set[str]:
    plain = normalised(text)
    return {plain[at : at + 5] for at in range(max(len(plain) - 4, 1))} if plain else set()


def by_hand(rows: list[str], floor: float) -> dict[tuple[int, int], float]:
    """Every pair of rows with other texts, compared as Python sets."""
    sets = list(map(pieces, rows))
    found = {}
    for j in range(len(rows)):
        for i in range(j):
            if sets[i] and sets[j] and normalised(rows[i]) != normalised(rows[j]):
                similarity = len(sets[i] & sets[j]) / len(sets[i] | sets[j])
                if similarity >= floor - 1e-9:
                    found[i, j] = similarity
    return found


def found_by(edges: Edges) -> dict[tuple[int, int], float]:
    return {
        (i, j): similarity
        for i, j, similarity in zip(
            edges.i.tolist(), edges.j.tolist(), edges.similarity.tolist(), strict=True
        )
    }


@settings(deadline=None)
@given(texts, st.sampled_from([0.2, 0.5, 0.75, 0.8, 1.0]))
def test_every_pair_is_found_with_its_similarity(rows: list[str], floor: float) -> None:
    edges = lexical_edges(rows, floor)
    expected = by_hand(rows, floor)
    heads = {normalised(text): row for row, text in reversed(list(enumerate(rows)))}
    expected = {
        pair: similarity
        for pair, similarity in expected.items()
        if all(heads[normalised(rows[row])] == row for row in pair)
    }
    near = {pair: found_by(edges)[pair] for pair in found_by(edges) if edges_kind(edges, pair) == LEXICAL}
    assert near.keys() == expected.keys()
    assert list(near.values()) == pytest.approx([expected[pair] for pair in near], abs=1e-6)
    copies = {
        (heads[normalised(text)], row)
        for row, text in enumerate(rows)
        if normalised(text) and heads[normalised(text)] != row
    }
    assert found_by(edges).keys() - near.keys() == copies
    assert found_by(exact_edges(rows)) == dict.fromkeys(copies, 1.0)


def edges_kind(edges: Edges, pair: tuple[int, int]) -> int:
    at = np.flatnonzero((edges.i == pair[0]) & (edges.j == pair[1]))
    assert len(at) == 1
    return int(edges.kind[at[0]])


def test_alpaca_loses_nine_whole_rows_and_no_prompt_is_there_twice(real: Real) -> None:
    records = [json.loads(line) for line in real("alpaca.jsonl").read_bytes().splitlines()]
    assert len(exact_edges([record["instruction"] for record in records])) == 0
    whole = [f"{one['instruction']}\n{one['input']}\n{one['output']}" for one in records]
    edges = lexical_edges(whole, 0.8)
    assert edges.exact
    assert group(edges, 0.8).duplicates == 9


def test_planted_edits_of_real_prompts_are_found(real: Real) -> None:
    """One word of a long prompt changed, a typo, another case: at .7 the copy is found with its original."""
    draw = random.Random(5)
    every = list(dict.fromkeys(prompts(real("alpaca.jsonl"), 8000)))
    originals = [text for text in every if 20 <= len(text.split()) <= 80][:1000]
    picked = draw.sample(range(len(originals)), 60)
    copies = []
    for row in picked:
        words = originals[row].split()
        words[draw.randrange(len(words))] = "changed"
        copies.append("  ".join(words).upper())
    edges = lexical_edges(originals + copies, 0.7)
    there = found_by(edges).keys()
    assert all((row, len(originals) + place) in there for place, row in enumerate(picked))


def test_a_thousand_near_copies_are_one_group_and_not_every_pair_is_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(overlap, "MOST_LIKELY", 60_000)
    monkeypatch.setattr(overlap, "MOST_PIECES", 1_000_000)
    rows = [f"Say hello to the visitor with the number {number} today" for number in range(1000)]
    edges = lexical_edges(rows, 0.6)
    assert not edges.exact
    assert len(edges) < 15_000
    assert group(edges, 0.6).sizes.tolist() == [1000]


def test_what_many_rows_share_is_compared_only_where_it_is_given() -> None:
    rows = ["tell me about cats", "tell me about cats", "tell me about dogs"]
    whole = ["A. tell me about cats", "B. tell me about cats", "B. tell me about dogs"]
    edges = lexical_edges(rows, 0.8, whole=whole)
    assert found_by(edges) == {(0, 1): pytest.approx(1, abs=1e-6)}
    assert edges.kind.tolist() == [LEXICAL]
    assert lexical_edges(rows, 0.8).kind.tolist() == [EXACT]


def test_it_reports_progress_and_refuses_a_floor_of_nothing() -> None:
    seen: list[tuple[int, int]] = []
    lexical_edges(["a b c d e f", "a b c d e g"], 0.5, lambda done, total: seen.append((done, total)))
    assert seen
    assert all(done <= total for done, total in seen)
    with pytest.raises(RuleError, match="floor"):
        lexical_edges(["a"], 0)


def test_a_few_texts_are_compared_with_each_other() -> None:
    found = written_alike(["one text", "one text", "other", ""])
    assert found[0, 1] == 1
    assert found[0, 2] == 0
    assert found.shape == (4, 4)


def test_of_a_very_long_text_the_beginning_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shingles, "LONGEST", 40)
    rows = ["the same beginning of both of these texts " + end for end in ("one" * 50, "other" * 50)]
    assert found_by(lexical_edges(rows, 0.99)) == {(0, 1): pytest.approx(1, abs=1e-6)}
    assert lexical_edges(rows, 0.99).kind.tolist() == [LEXICAL]
