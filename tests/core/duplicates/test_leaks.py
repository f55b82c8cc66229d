"""Test prompts that are in the data: each row once, by the surest kind that finds it."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.vectors.real_data import prompts
from dataexplore.duplicates.kinds import EXACT, LEXICAL, SEMANTIC
from dataexplore.duplicates.leaks import leaks
from dataexplore.duplicates.lexical import written_alike
from dataexplore.duplicates.same import normalised
from dataexplore.errors import RuleError
from dataexplore.vectors.encoder import find_encoder

Real = Callable[[str], Path]
words = st.lists(st.sampled_from(["sea ", "poem ", "write ", "one", "海"]), max_size=5).map("".join)


@settings(deadline=None)
@given(st.lists(words, max_size=8), st.lists(words, max_size=5), st.sampled_from([0.4, 0.8]))
def test_every_row_that_is_like_a_prompt_is_found(rows: list[str], tests: list[str], floor: float) -> None:
    found = leaks(rows, tests, floor, ("exact", "lexical"))
    near = written_alike([*rows, *tests])[: len(rows), len(rows) :] if rows or tests else np.zeros((0, 0))
    for row, text in enumerate(rows):
        same = [one for one, prompt in enumerate(tests) if normalised(text) == normalised(prompt) != ""]
        at = np.flatnonzero(found.rows == row)
        if same:
            assert (found.kind[at].tolist(), found.prompts[at].tolist()) == ([EXACT], same[:1])
        elif tests and near[row].max() >= floor - 1e-9:
            assert found.kind[at].tolist() == [LEXICAL]
            assert found.similarity[at] == pytest.approx(near[row].max())
            assert near[row, found.prompts[at]] == pytest.approx(near[row].max())
        else:
            assert len(at) == 0


def test_planted_test_prompts_are_found_by_the_kind_that_suits(real: Real) -> None:
    draw = random.Random(1)
    data = list(dict.fromkeys(prompts(real("alpaca.jsonl"), 6000)))
    tests = [text for text in data if 15 <= len(text.split()) <= 60][:60]
    data = [text for text in data if text not in set(tests)]
    copied, typed, turned = tests[0].upper(), tests[1] + "!!", tests[2].split()
    draw.shuffle(turned)
    data[100], data[200], data[300] = copied, typed, " ".join(turned)
    encode = find_encoder("static").encode
    found = leaks(data, tests, 0.9, vectors=encode(data), against_vectors=encode(tests))
    named = dict(
        zip(
            found.rows.tolist(),
            zip(found.prompts.tolist(), found.kind.tolist(), strict=True),
            strict=True,
        )
    )
    assert named[100] == (0, EXACT)
    assert named[200] == (1, LEXICAL)
    assert named[300] == (2, SEMANTIC)
    assert found.similarity[found.rows == 100] == 1
    assert (found.similarity[found.kind != EXACT] < 1).all()
    assert sum(found.count().values()) == len(found)


def test_the_prompt_that_is_most_alike_is_named() -> None:
    vectors = np.array([[1, 0], [0, 0], [0.6, 0.8]], np.float32)
    asked = np.array([[0.8, 0.6], [0.0, 3.0]], np.float32)
    found = leaks(["a", "", "b"], ["c", "d"], 0.7, ["semantic"], vectors=vectors * 5, against_vectors=asked)
    assert found.rows.tolist() == [0, 2]
    assert found.prompts.tolist() == [0, 0]
    assert found.similarity.tolist() == pytest.approx([0.8, 0.96])


def test_nothing_against_nothing_is_no_leak() -> None:
    empty = np.zeros((0, 2), np.float32)
    assert len(leaks([], [], vectors=empty, against_vectors=empty)) == 0
    assert len(leaks(["a b c d e"], [], vectors=empty[:0].reshape(0, 2), kinds=["exact"])) == 0
    assert len(leaks(["", " "], ["", " "], kinds=["exact", "lexical"])) == 0


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(RuleError, match="both need vectors"):
        leaks(["a"], ["b"])
    with pytest.raises(RuleError, match="as many vectors"):
        leaks(
            ["a"], ["b"], vectors=np.zeros((2, 2), np.float32), against_vectors=np.zeros((1, 2), np.float32)
        )
    with pytest.raises(RuleError, match="floor"):
        leaks(["a"], ["b"], 0)
    with pytest.raises(RuleError, match="no kind"):
        leaks(["a"], ["b"], kinds=["fuzzy"])
