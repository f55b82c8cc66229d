"""Stronger encoders than the shipped one, and one sentence where one cannot be had."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dataexplore.errors import EncoderError
from dataexplore.vectors.encoder import find_encoder
from dataexplore.vectors.sentence import SentenceEncoder
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
        EncoderError,
        match=r"no-one/nothing has no usable model in the local cache.*: name another, static or lexical",
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


def test_without_a_network_the_hub_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with pytest.raises(EncoderError, match="in the local cache, and the hub cannot be asked"):
        find_encoder("no-one/nothing")


def test_a_folder_has_one_name_wherever_it_is_named_from(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model_folder.parent)
    here, there = find_encoder("model"), find_encoder(str(model_folder))
    assert (here.name, here.fingerprint) == (there.name, there.fingerprint)


def test_a_vocabulary_of_english_is_not_made_for_chinese(model_folder: Path) -> None:
    encoder = find_encoder(str(model_folder))
    assert [encoder.made_for(script) for script in ("Latin", "Han", "Cyrillic")] == [True, False, False]


def test_a_gpu_that_is_too_small_gets_smaller_batches(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = SentenceEncoder(str(model_folder))
    whole = encoder._model.encode
    asked: list[int] = []

    def full(texts: list[str], batch_size: int, **options: Any) -> Any:
        asked.append(batch_size)
        if batch_size > 20:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return whole(texts, batch_size=batch_size, **options)

    monkeypatch.setattr(encoder._model, "encode", full)
    assert encoder.encode(["Name a colour."]).any()
    assert asked == [64, 32, 16]
