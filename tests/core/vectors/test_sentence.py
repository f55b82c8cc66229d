"""Stronger encoders than the shipped one, and one sentence where one cannot be had."""

import sys
from pathlib import Path

import numpy as np
import pytest

from dataexplore.errors import EncoderError
from dataexplore.vectors.encoder import find_encoder
from dataexplore.vectors.static import FOLDER


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A sentence-transformers model of static token vectors: loads in no time."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    weights = np.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), 8)).astype(np.float32)
    folder = tmp_path / "model"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu").save(
        str(folder)
    )
    return folder


def test_a_model_folder_encodes_like_the_shipped_encoder_does(model_folder: Path) -> None:
    encoder = find_encoder(str(model_folder))
    seen: list[tuple[int, int]] = []
    vectors = encoder.encode(
        ["Name a colour.", " ", "Name a colour."], lambda done, total: seen.append((done, total))
    )
    assert (encoder.name, encoder.dimensions) == (str(model_folder), 8)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-5)
    assert np.array_equal(vectors[0], vectors[2])
    assert seen == [(3, 3)]


def test_other_weights_in_the_same_folder_have_another_fingerprint(model_folder: Path) -> None:
    before = find_encoder(str(model_folder)).fingerprint
    (model_folder / "README.md").write_text("trained again")
    assert find_encoder(str(model_folder)).fingerprint != before


def test_a_model_that_is_not_in_the_cache_is_one_sentence_offline() -> None:
    with pytest.raises(
        EncoderError, match=r"no-one/nothing has no usable model .*: name another, or static"
    ) as error:
        find_encoder("no-one/nothing")
    assert "\n" not in str(error.value)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="has no usable model in that folder"):
        find_encoder(str(tmp_path))


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(EncoderError, match="/no/such/model is not a folder"):
        find_encoder("/no/such/model")


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderError, match=r"dataexplore-tui\[ml\]"):
        find_encoder("some/model")
