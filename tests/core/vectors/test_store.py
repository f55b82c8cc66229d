"""Vectors are computed once for each row and read back whole or not at all."""

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dataexplore.errors import EncoderError, WorkspaceError
from dataexplore.vectors import store as store_module
from dataexplore.vectors.arrays import Progress
from dataexplore.vectors.store import VectorStore


class CountingEncoder:
    """Encodes a number written as text; remembers what it was asked for."""

    dimensions = 2

    def __init__(self, name: str = "counting", fingerprint: str = "1") -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        self.asked += texts
        if progress:
            progress(len(texts), len(texts))
        return np.array([[float(text), 1.0] for text in texts], np.float32).reshape(-1, 2)


def keys(*numbers: int) -> NDArray[np.uint64]:
    return np.array(numbers, np.uint64)


def text_of(asked: NDArray[np.uint64]) -> Callable[[NDArray[np.integer]], list[str]]:
    return lambda rows: [str(int(asked[row])) for row in rows]


def get(
    folder: Path, encoder: CountingEncoder, wanted: NDArray[np.uint64], recipe: str = "prompt", **options: Any
) -> NDArray[np.float32]:
    return VectorStore(folder, **options).vectors(encoder, recipe, wanted, text_of(wanted))


def the_file(folder: Path) -> Path:
    (path,) = folder.glob("*.vectors")
    return path


def test_a_row_is_encoded_once(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    first = get(tmp_path, encoder, keys(5, 3, 9))
    again = get(tmp_path, encoder, keys(5, 3, 9))
    assert encoder.asked == ["5", "3", "9"]
    assert first[:, 0].tolist() == again[:, 0].tolist() == [5, 3, 9]
    assert again.dtype == np.float32


def test_appended_rows_alone_are_encoded_and_order_does_not_matter(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    get(tmp_path, encoder, keys(5, 3, 9))
    encoder.asked.clear()
    assert get(tmp_path, encoder, keys(9, 7, 3, 2**63 + 5))[:, 0].tolist() == [9, 7, 3, float(2**63 + 5)]
    assert encoder.asked == ["7", str(2**63 + 5)]


def test_a_key_asked_for_twice_is_encoded_once(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    assert get(tmp_path, encoder, keys(4, 4, 1))[:, 0].tolist() == [4, 4, 1]
    assert encoder.asked == ["4", "1"]


def test_recipes_encoders_and_weights_do_not_mix(tmp_path: Path) -> None:
    for encoder, recipe in [
        (CountingEncoder(), "prompt"),
        (CountingEncoder(), "response"),
        (CountingEncoder(name="other"), "prompt"),
        (CountingEncoder(fingerprint="2"), "prompt"),
    ]:
        get(tmp_path, encoder, keys(1), recipe)
        assert encoder.asked == ["1"]


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_byte_is_noticed_and_the_file_is_rebuilt(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    folder = tmp_path_factory.mktemp("vectors")
    encoder = CountingEncoder()
    wanted = keys(*range(1, 200))
    get(folder, encoder, wanted)
    path = the_file(folder)
    good = path.read_bytes()
    bad = bytearray(good)
    place %= len(bad)
    bad[place] ^= flip
    path.write_bytes(bad)
    assert get(folder, encoder, wanted)[:, 0].tolist() == wanted.tolist()
    after = path.read_bytes()
    # only the blanks that pad the header may change without harm
    assert after == good or (b"}" in good[:place] and place < 4096)


@pytest.mark.parametrize("content", [b"", b"not ours", b"\x00" * 9000, b"[]\n" * 3000])
def test_a_foreign_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    encoder = CountingEncoder()
    get(tmp_path, encoder, keys(1, 2))
    the_file(tmp_path).write_bytes(content)
    assert get(tmp_path, encoder, keys(1, 2))[:, 0].tolist() == [1, 2]
    assert encoder.asked == ["1", "2"] * 2


@pytest.mark.parametrize("cut", [1, 8, 4000])
def test_a_truncated_file_is_replaced(tmp_path: Path, cut: int) -> None:
    encoder = CountingEncoder()
    get(tmp_path, encoder, keys(1, 2))
    the_file(tmp_path).write_bytes(the_file(tmp_path).read_bytes()[:-cut])
    assert get(tmp_path, encoder, keys(1, 2))[:, 0].tolist() == [1, 2]
    assert len(encoder.asked) == 4


def test_files_are_the_owners_alone_and_no_temporary_file_stays(tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    get(folder, CountingEncoder(name="/models/a b\x1b"), keys(1))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_what_was_encoded_before_an_interruption_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "CHUNK", 2)

    class Interrupted(CountingEncoder):
        def encode(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
            if len(self.asked) >= 4:
                raise KeyboardInterrupt
            return super().encode(texts, progress)

    with pytest.raises(KeyboardInterrupt):
        get(tmp_path, Interrupted(), keys(1, 2, 3, 4, 5, 6))
    encoder = CountingEncoder()
    get(tmp_path, encoder, keys(1, 2, 3, 4, 5, 6))
    assert encoder.asked == ["5", "6"]


def test_a_slow_encoder_works_in_small_steps_and_saves_about_once_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(store_module, "time", SimpleNamespace(monotonic=lambda: now))
    saved_at: list[float] = []
    monkeypatch.setattr(store_module, "write_file", lambda *_: saved_at.append(now))
    steps: list[int] = []

    class Slow(CountingEncoder):
        def encode(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
            nonlocal now
            now += len(texts) / 10
            steps.append(len(texts))
            return super().encode(texts, progress)

    get(tmp_path, Slow(), keys(*range(2000)))
    assert steps[:3] == [512, 256, 128]
    assert max(steps[3:]) == 64
    assert np.diff([51.2, *saved_at]).max() <= 70
    assert saved_at[-1] == now


def test_a_quick_encoder_gets_many_texts_at_once_and_is_saved_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    monkeypatch.setattr(CountingEncoder, "encode", lambda _, texts, progress=None: quick(texts))

    def quick(texts: Sequence[str]) -> NDArray[np.float32]:
        steps.append(len(texts))
        return np.ones((len(texts), 2), np.float32)

    get(tmp_path, CountingEncoder(), keys(*range(40_000)))
    assert steps[:6] == [512, 1024, 2048, 4096, 8192, 16384]
    assert sum(steps) == 40_000


def test_what_a_kill_left_half_written_is_cleared_away_in_time(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".vectors-old", tmp_path / ".vectors-fresh"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    get(tmp_path, CountingEncoder(), keys(1))
    assert not old.exists()
    assert fresh.exists()  # somebody may be writing it


def test_progress_counts_the_missing_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "CHUNK", 2)
    seen: list[tuple[int, int]] = []
    wanted = keys(1, 2, 3)
    VectorStore(tmp_path).vectors(
        CountingEncoder(), "prompt", wanted, text_of(wanted), lambda done, total: seen.append((done, total))
    )
    assert seen == [(2, 3), (3, 3)]


def test_a_reader_without_the_right_to_write_still_gets_vectors(tmp_path: Path) -> None:
    assert get(tmp_path / "none", CountingEncoder(), keys(1), writable=False)[:, 0].tolist() == [1]
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(WorkspaceError, match="taken"):
        get(tmp_path / "taken", CountingEncoder(), keys(1))


@pytest.mark.parametrize("answer", [[[np.nan, 1.0]], [[1.0]], [[1.0, 2.0], [3.0, 4.0]]])
def test_unusable_vectors_are_refused_and_not_stored(tmp_path: Path, answer: list[list[float]]) -> None:
    class Unusable(CountingEncoder):
        def encode(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
            return np.array(answer, np.float32)

    with pytest.raises(EncoderError, match="counting"):
        get(tmp_path, Unusable(), keys(1))
    assert not list(tmp_path.iterdir())


def test_no_rows_are_no_vectors(tmp_path: Path) -> None:
    assert get(tmp_path, CountingEncoder(), keys()).shape == (0, 2)
