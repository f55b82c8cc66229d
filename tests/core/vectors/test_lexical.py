"""The lexical encoder: texts are alike when they are written alike, in any script."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.vectors.real_data import mrpc_auc, prompts
from dataexplore.vectors.encoder import find_encoder
from dataexplore.vectors.lexical import DIMENSIONS

ENCODER = find_encoder("lexical")


def similarity(one: str, other: str) -> float:
    left, right = ENCODER.encode([one, other])
    return float(left @ right)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=12))
def test_every_text_has_a_vector_of_length_1_or_0_and_company_changes_nothing(texts: list[str]) -> None:
    vectors = ENCODER.encode(texts)
    assert vectors.shape == (len(texts), DIMENSIONS)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    blank = np.array([not text.strip() for text in texts], bool)
    assert np.allclose(lengths[blank], 0)
    assert np.all(np.isclose(lengths, 1, atol=1e-5) | np.isclose(lengths, 0))
    alone = [ENCODER.encode([text])[0] for text in texts]
    assert np.array_equal(vectors, np.array(alone, np.float32).reshape(vectors.shape))


def test_texts_of_any_length_are_encoded_in_batches_as_they_are_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = ["a", "", "b" * 500, "word " * 300, "小", "z"] * 20
    whole = ENCODER.encode(texts)
    monkeypatch.setattr("dataexplore.vectors.lexical._AT_ONCE", 1000)
    seen: list[tuple[int, int]] = []
    assert np.array_equal(ENCODER.encode(texts, lambda done, total: seen.append((done, total))), whole)
    assert seen[-1] == (120, 120)
    assert len(seen) > 10


@pytest.mark.parametrize(
    ("text", "same", "other"),
    [
        ("Name three primary colours.", "name  three\nPRIMARY colours.", "Explain how a car engine works."),
        ("写一首关于大海的诗歌", "写一首关于大海的诗", "如何煮好吃的面条？"),
        ("اكتب قصيدة عن البحر", "اكتب قصيدة عن البحار", "كيف تعمل السيارة؟"),
        ("def add(a, b):\n    return a + b", "def add(a,b): return a + b", "SELECT name FROM users"),
        ("ＡＢＣ company", "ABC company", "weather in Paris"),
    ],
)
def test_scripts_and_code_are_compared_by_their_characters(text: str, same: str, other: str) -> None:
    assert similarity(text, same) > 0.7
    assert similarity(text, other) < 0.4


def test_it_is_made_for_every_script_and_needs_no_weights() -> None:
    assert ENCODER.made_for("Han")
    assert ENCODER.made_for("Latin")
    assert (ENCODER.name, ENCODER.fingerprint, ENCODER.dimensions) == ("lexical", "1", 384)


def test_the_vectors_of_a_fingerprint_never_change() -> None:
    vector = ENCODER.encode(["Name three primary colours."])[0]
    signs = hashlib.sha256(np.sign(vector).astype(np.int8).tobytes()).hexdigest()
    assert (np.count_nonzero(vector), signs[:16]) == (67, "3e34e375e5dfb231")


def test_a_row_of_ten_megabytes_is_cut_first() -> None:
    long = "the sea is calm tonight " * 400_000
    assert similarity(long, long[:20_000]) == pytest.approx(1)


def test_a_planted_edit_is_found_among_real_prompts(real: Callable[[str], Path]) -> None:
    texts = prompts(real("alpaca.jsonl"), 3000)
    edited = [text.replace("e", "", 1) + " please" for text in texts[:300]]
    nearest = (ENCODER.encode(edited) @ ENCODER.encode(texts).T).argmax(axis=1)
    assert (nearest == np.arange(300)).mean() > 0.97


def test_paraphrases_are_told_apart_as_well_as_by_the_static_encoder(real: Callable[[str], Path]) -> None:
    assert mrpc_auc(real("mrpc_train.txt"), ENCODER) == pytest.approx(0.755, abs=0.005)
