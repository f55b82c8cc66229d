"""The shipped encoder: what its vectors say, what it refuses, what it does without."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.vectors.real_data import mrpc_auc
from dataexplore.errors import EncoderError
from dataexplore.vectors.encoder import find_encoder
from dataexplore.vectors.static import FOLDER, StaticEncoder
from processes import printed


def test_it_tells_paraphrases_from_other_pairs_about_as_well_as_measured_before(
    real: Callable[[str], Path],
) -> None:
    assert 0.73 <= mrpc_auc(real("mrpc_train.txt"), find_encoder("static")) <= 0.78


def test_rows_have_length_one_and_blank_or_unknown_text_has_no_vector() -> None:
    vectors = find_encoder("static").encode(["Write a poem.", "", " \n\t", "\U0001f9ff\U0001fae0", "a"])
    assert vectors.shape == (5, 256)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 0, 0, 1], abs=1e-6)


def test_nothing_to_encode_is_an_empty_matrix() -> None:
    assert find_encoder("static").encode([]).shape == (0, 256)


def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    texts = [
        f"Name {number} things that are {word}" for number in range(40) for word in ("red", "old and blue")
    ]
    together = find_encoder("static").encode(texts)
    alone = np.concatenate([find_encoder("static").encode([text]) for text in texts])
    assert np.array_equal(together, alone)


def test_text_beyond_512_tokens_does_not_count() -> None:
    encoder = find_encoder("static")
    start = "red blue " * 256
    vectors = encoder.encode([start, start + "ocean " * 100_000])
    assert np.array_equal(vectors[0], vectors[1])


def test_progress_ends_at_the_number_of_texts() -> None:
    seen: list[tuple[int, int]] = []
    find_encoder("static").encode(["one"] * 5000, lambda done, total: seen.append((done, total)))
    assert seen == [(4096, 5000), (5000, 5000)]


def test_it_fits_the_package_and_carries_its_notice() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 16_000_000
    notice = (FOLDER / "NOTICE").read_text()
    assert "sentence-transformers/all-MiniLM-L6-v2" in notice
    assert "Apache License" in notice


def test_a_damaged_folder_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes((FOLDER / "tokenizer.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes((FOLDER / "model.safetensors").read_bytes()[:5000])
    with pytest.raises(EncoderError, match="install the package again"):
        StaticEncoder(tmp_path, "static")


def test_it_encodes_without_torch_or_a_network() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise OSError('no network')\n"
        "socket.socket.connect = refuse\n"
        "from dataexplore.vectors.encoder import find_encoder\n"
        "assert find_encoder().encode(['one'])[0].any()\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'sklearn'}\n"
        "print(*heavy & set(sys.modules))\n"
    )
    assert printed(code) == "\n"
