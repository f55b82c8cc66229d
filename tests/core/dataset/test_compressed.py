"""What is compressed opens as what is in it, as far as it goes, and never fills the disk."""

import bz2
import gzip
import io
import json
import lzma
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dataset.packing import LINES, ROWS, opened, records, within
from dataexplore.dataset import compressed, spool
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.opening import open_head
from dataexplore.dataset.zstd import ZstdFile
from dataexplore.errors import InputRefusedError
from processes import ended


def zstd(data: bytes) -> bytes:
    packed = io.BytesIO()
    with ZstdFile(packed, "wb") as file:
        file.write(data)
    return packed.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
}


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "rows"])
def test_what_is_compressed_is_told_by_content(tmp_path: Path, kind: str, name: str) -> None:
    plain, packed = (
        opened(tmp_path / "plain", LINES),
        opened(tmp_path / name, PACKERS[kind](LINES)),
    )
    assert packed.format == f"{kind} jsonl"
    assert packed.keys.tolist() == plain.keys.tolist()
    assert [packed.raw(row) for row in range(50)] == LINES.splitlines()
    assert not packed.unreadable


@within
@given(
    kind=st.sampled_from(sorted(PACKERS)),
    cuts=st.lists(st.integers(0, len(LINES)), max_size=3),
    padding=st.sampled_from([b"", b"\0" * 100]),
    piece=st.sampled_from([1, 7, 1 << 20]),
)
def test_members_that_follow_one_another(
    tmp_path: Path, kind: str, cuts: list[int], padding: bytes, piece: int
) -> None:
    bounds = [0, *sorted(cuts), len(LINES)]
    packed = b"".join(PACKERS[kind](LINES[a:b]) for a, b in pairwise(bounds))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compressed, "_PIECE", piece)
        data, ended = compressed.unpack(packed + padding, kind, "x")
    assert (data, ended) == (LINES, "")


@pytest.mark.parametrize("kind", PACKERS)
def test_every_cut_is_noticed(tmp_path: Path, kind: str) -> None:
    packed = PACKERS[kind](LINES)
    for cut in range(1, len(packed), 7):
        path = tmp_path / "cut.jsonl"
        path.write_bytes(packed[:cut])
        try:
            dataset = open_dataset(path)
        except InputRefusedError:  # while no row is whole
            continue
        assert "compressed file ends early" in dataset.unreadable[-1].reason
        assert records(dataset) == ROWS[: len(dataset)]
        assert dataset.unreadable[-1].line == len(dataset) + 1


@pytest.mark.parametrize("kind", PACKERS)
def test_a_member_that_is_whole_is_read_before_one_that_is_cut(tmp_path: Path, kind: str) -> None:
    first = LINES.index(b"\n", 1000) + 1
    cut = opened(tmp_path / "a", PACKERS[kind](LINES[:first]) + PACKERS[kind](LINES[first:])[:-20])
    assert records(cut) == ROWS[: len(cut)]
    assert len(cut) >= LINES[:first].count(b"\n")
    assert "compressed file ends early" in cut.unreadable[-1].reason


def test_damage_in_the_middle_ends_the_rows_and_says_so(tmp_path: Path) -> None:
    first, second = gzip.compress(LINES), bytearray(gzip.compress(LINES))
    second[-6] ^= 1  # the checksum
    dataset = opened(tmp_path / "a.gz", first + bytes(second))
    assert len(dataset) in (50, 99, 100)
    assert dataset.unreadable[-1].reason.startswith("compressed data is damaged from here on")
    rest = opened(tmp_path / "b.gz", first + b"and something else")
    assert (len(rest), len(rest.unreadable)) == (50, 1)


def test_inside_may_be_an_array_a_table_or_parquet(tmp_path: Path) -> None:
    array = opened(tmp_path / "a.json.gz", gzip.compress(json.dumps(ROWS).encode()))
    assert (array.format, records(array)) == ("gzip json array", ROWS)
    table = opened(tmp_path / "a.csv.gz", gzip.compress(b"instruction,output\na,b\n"))
    assert (table.format, records(table)) == ("gzip csv", [{"instruction": "a", "output": "b"}])
    buffer = io.BytesIO()
    pl.DataFrame(ROWS).write_parquet(buffer)
    assert records(opened(tmp_path / "a.gz", gzip.compress(buffer.getvalue()))) == ROWS
    with pytest.raises(InputRefusedError, match="is gzip inside gzip; unpack it once first"):
        opened(tmp_path / "b.gz", gzip.compress(gzip.compress(LINES)))


def test_a_bomb_is_refused_and_leaves_nothing(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "HARMLESS", 1000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(LINES * 1000))
    with pytest.raises(
        InputRefusedError, match=r"allow more with --max-bytes, or unpack it with `gzip -dk` first"
    ):
        open_dataset(path)
    assert len(open_dataset(path, max_bytes=len(LINES) * 1000)) == 50_000
    with pytest.raises(InputRefusedError, match="the most that is allowed here"):
        open_dataset(path, max_bytes=len(LINES) * 1000 - 1)
    assert not list(scratch.iterdir())


def test_a_table_that_says_one_thing_for_ever_is_refused(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": ["x" * 1000]}).select(pl.all().repeat_by(30_000).explode()).write_parquet(path)
    assert len(open_dataset(path)) == 30_000
    monkeypatch.setattr(spool, "HARMLESS", 1000)
    with pytest.raises(InputRefusedError, match="allow more with --max-bytes, or convert it to JSONL first"):
        open_dataset(path)
    assert not list(scratch.iterdir())


def test_a_killed_reader_leaves_nothing(tmp_path: Path, scratch: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"text\n" + b"word\n" * 1000)
    killed = (
        "import os, signal, sys; from pathlib import Path; from dataexplore.dataset import spool;"
        "spool.COPIED = 100; from dataexplore.dataset.opening import open_head;"
        "head = open_head(Path(sys.argv[1])); assert not isinstance(head.source.data, bytes);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert ended(killed, tmp_path / "a.csv").returncode == -9
    assert not list(scratch.iterdir())


def test_what_is_large_lies_in_a_file_without_a_name(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "COPIED", 1000)
    head = open_head(opened(tmp_path / "a.gz", gzip.compress(LINES)).path)
    assert not isinstance(head.source.data, bytes)
    assert list(head.records) == ROWS
    assert not list(scratch.iterdir())


def test_a_full_disk_is_one_sentence(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "room", lambda folder: 100)
    for name, data in {"a.gz": gzip.compress(LINES), "a.csv": b"text\n" + b"word\n" * 99}.items():
        with pytest.raises(InputRefusedError, match=r"of free disk.*; set TMPDIR to a larger"):
            opened(tmp_path / name, data)
    assert not list(scratch.iterdir())
