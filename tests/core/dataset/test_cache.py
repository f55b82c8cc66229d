"""A large file opens at once the second time, and a cache that is not right is as good as none."""

import json
import random
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.dataset.test_regular import known
from dataexplore.dataset import cache, figures, keying, loading, piece, stretch
from dataexplore.dataset.cache import CacheFolder
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import Keys
from dataexplore.dataset.loading import load, open_dataset
from dataexplore.dataset.opening import open_head
from dataexplore.dataset.piece import Piece
from dataexplore.session.session import Session
from processes import ended


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a few kilobytes for a large file, and let little of it stay in memory."""
    monkeypatch.setattr(cache, "WORTH_IT", 1000)
    monkeypatch.setattr(cache.Room.__init__, "__defaults__", (2000,))
    monkeypatch.setattr(stretch, "_LEAST", 3000)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    draw = random.Random(7)
    path = tmp_path / "large.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for row in range(400):
            record: dict[str, object] = {
                "id": row,
                "instruction": f"question {row}",
                "output": "x" * draw.randrange(90),
            }
            if row % 50 == 3:
                record = {"messages": [{"role": "user", "content": f"chat {row}"}]}
            if row % 70 == 5:
                record["output"] = None
            file.write(json.dumps(record) + "\n" + "no row\n" * (row % 90 == 8))
    return path


def cached(path: Path, folder: Path, *, writable: bool = True) -> Dataset:
    return load(open_head(path), cache=CacheFolder(folder, writable=writable))


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the stretches that are read from the file itself."""
    seen: list[int] = []

    def read(*given: Any) -> Piece:
        seen.append(1)
        return piece.read_piece(*given)

    monkeypatch.setattr(loading, "read_piece", read)
    return seen


def test_the_second_opening_reads_the_cache(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = known(open_dataset(large))
    first = cached(large, tmp_path / "cache")
    assert first.table.parts > 5
    assert known(first) == plain
    seen = counted(monkeypatch)
    second = cached(large, tmp_path / "cache")
    assert not seen
    assert known(second) == plain
    assert sum(second.table.held(row) is not None for row in range(len(second))) < len(second) / 2


@pytest.mark.parametrize(
    "name", ["manifest.json", "keys.bin", "numbers.arrow", "part-00003.arrow", "start.bin"]
)
@pytest.mark.parametrize("how", ["flip", "cut", "gone"])
def test_damage_is_noticed(large: Path, tmp_path: Path, name: str, how: str) -> None:
    plain = known(open_dataset(large))
    cached(large, tmp_path / "cache")
    path = tmp_path / "cache" / name
    data = bytearray(path.read_bytes())
    if how == "flip":
        data[len(data) // 2] ^= 4
        path.write_bytes(data)
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        path.unlink()
    assert known(cached(large, tmp_path / "cache")) == plain


def test_another_file_is_read_anew(large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached(large, tmp_path / "cache")
    with large.open("a") as file:
        file.write('{"id": 400, "instruction": "late", "output": "row"}\n')
    seen = counted(monkeypatch)
    assert cached(large, tmp_path / "cache").prompt(400) == "late"
    assert seen
    before = len(seen)
    assert load(
        open_head(large, mapping={"prompt": "output"}), cache=CacheFolder(tmp_path / "cache", writable=True)
    )
    assert len(seen) > before, "what the fields mean is part of what was read"


def test_a_reader_uses_the_cache_and_never_writes_it(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(large, tmp_path / "cache", writable=False)
    assert not (tmp_path / "cache").exists()
    cached(large, tmp_path / "cache")
    seen = counted(monkeypatch)
    cached(large, tmp_path / "cache", writable=False)
    assert not seen


def test_without_room_there_is_no_cache_and_nothing_is_lost(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = known(open_dataset(large))
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10_000))
    assert known(cached(large, tmp_path / "cache")) == plain
    assert not list((tmp_path / "cache").glob("*"))


def test_a_disk_that_fills_up_meanwhile(large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = known(open_dataset(large))
    inner, written = figures.write_frame, []

    def full(path: Path, frame: pl.DataFrame) -> int:
        written.append(path)
        if len(written) > 4:
            raise OSError(28, "No space left on device")
        return inner(path, frame)

    monkeypatch.setattr(cache, "write_frame", full)
    assert known(cached(large, tmp_path / "cache")) == plain
    assert len(written) > 4
    monkeypatch.setattr(cache, "write_frame", inner)
    assert known(cached(large, tmp_path / "cache")) == plain


def test_a_session_caches_in_its_workspace_and_filters_alike(large: Path) -> None:
    asked = (
        "output = ''",
        "id < 20 AND prompt LIKE '%1%'",
        "problems != ''",
        "id = MAX(id)",
        "schema = 'messages'",
    )
    answers = []
    for _ in range(2):
        session = Session.open(large)
        answers.append([np.flatnonzero(session.where(sql)).tolist() for sql in asked])
        answers[-1].append(np.flatnonzero(session.columns.search("QUESTION 39")).tolist())
        session.close()
    assert answers[0] == answers[1]
    assert all(answers[0])
    assert (large.parent / ".dataexplore" / large.name / "cache" / "manifest.json").exists()


KILLED = """
import itertools, os, signal, sys
from pathlib import Path
from dataexplore.dataset import cache, manifest, stretch
cache.WORTH_IT, stretch._LEAST = 1000, 3000
from dataexplore.dataset.loading import load
from dataexplore.dataset.opening import open_head
left, writes = int(sys.argv[3]), itertools.count(1)
def half(write):
    def written(path, what):
        last = next(writes) == left
        found = write(path, what)
        if last:
            os.truncate(path, path.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    return written
cache.write_frame = manifest.write_frame = half(cache.write_frame)
Path.write_bytes = half(Path.write_bytes)
load(open_head(Path(sys.argv[1])), cache=cache.CacheFolder(Path(sys.argv[2]), writable=True))
"""


@pytest.mark.parametrize("left", ["first part", "a part", "last part", "numbers", "manifest"])
def test_killed_while_writing_it(large: Path, tmp_path: Path, left: str) -> None:
    plain = known(open_dataset(large))
    parts = open_dataset(large).table.parts
    at = {"first part": 1, "a part": 4, "last part": parts, "numbers": parts + 1, "manifest": parts + 2}[left]
    assert ended(KILLED, large, tmp_path / "cache", at).returncode == -9
    assert known(cached(large, tmp_path / "cache", writable=False)) == plain
    assert known(cached(large, tmp_path / "cache")) == plain
    assert known(cached(large, tmp_path / "cache")) == plain


def test_a_disk_that_fills_up_under_the_figures(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = known(open_dataset(large))
    inner, appended = figures.Growing.append, []

    def full(growing: figures.Growing, part: figures.Array) -> None:
        appended.append(part)
        if len(appended) == 20:
            raise OSError(28, "No space left on device")
        inner(growing, part)

    monkeypatch.setattr(figures.Growing, "append", full)
    assert known(cached(large, tmp_path / "cache")) == plain
    assert not (tmp_path / "cache").exists()


def test_keys_may_be_made_while_rows_are_shown(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = known(open_dataset(large))
    monkeypatch.setattr(loading, "_LATER", (0, 1 << 40))
    gate = threading.Event()

    def waiting(*given: Any) -> Keys:
        assert gate.wait(20)
        return keying.keys_of(*given)

    monkeypatch.setattr(loading, "keys_of", waiting)
    dataset = cached(large, tmp_path / "cache")
    assert dataset.prompt(0) == "question 0"
    assert (dataset.key(0), dataset.keyed.ready) == ("", False)
    assert not (tmp_path / "cache" / "manifest.json").exists()
    gate.set()
    assert known(dataset) == plain
    assert known(cached(large, tmp_path / "cache")) == plain
    assert (tmp_path / "cache" / "manifest.json").exists()


def test_a_closed_session_has_kept_what_it_read(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_LATER", (0, 1 << 40))
    Session.open(large).close()
    seen = counted(monkeypatch)
    Session.open(large).close()
    assert not seen


def test_a_cache_is_looked_at_once_and_ahead_of_the_first_search(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = known(cached(large, tmp_path / "cache"))
    monkeypatch.setattr(cache, "HELD", 0)
    looked, inner = [], cache.Cached._first

    def first(part: cache.Cached) -> pl.DataFrame:
        looked.append(part.path)
        return inner(part)

    monkeypatch.setattr(cache.Cached, "_first", first)
    dataset = cached(large, tmp_path / "cache", writable=False)
    dataset.table.check(lambda: len(looked) == 2)
    assert len(looked) == 2
    dataset.table.check(lambda: False)
    assert known(dataset) == plain
    assert len(looked) == len(set(looked)) == dataset.table.parts
