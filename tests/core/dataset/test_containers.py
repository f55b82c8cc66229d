"""Whatever the rows are packed in, the same rows come out: bytes where there are bytes, values elsewhere."""

import bz2
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataexplore.dataset import compressed, spool
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.opening import open_head
from dataexplore.errors import InputRefusedError
from dataexplore.text import visible
from paths import ROOT

ROWS = [{"instruction": f"i{row}", "input": "", "output": "é🦊\n" * (row % 3)} for row in range(50)]
LINES = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in ROWS)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
within = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
VALUES = st.fixed_dictionaries(
    {
        "instruction": TEXT,
        "output": TEXT | st.none(),
        "score": st.floats(allow_nan=False, allow_infinity=False) | st.none(),
        "count": st.integers(-(2**63), 2**63 - 1),
        "turns": st.lists(st.fixed_dictionaries({"role": TEXT, "content": TEXT | st.none()}), max_size=3),
        "good": st.booleans() | st.none(),
    }
)
KINDS = {
    "instruction": pl.String,
    "output": pl.String,
    "score": pl.Float64,
    "count": pl.Int64,
    "turns": pl.List(pl.Struct({"role": pl.String, "content": pl.String})),
    "good": pl.Boolean,
}
SAVERS: dict[str, Callable[[pl.DataFrame, Path], Any]] = {
    "parquet": lambda frame, path: frame.write_parquet(path),
    "arrow": lambda frame, path: frame.write_ipc(path),
    "arrow stream": lambda frame, path: frame.write_ipc_stream(path),
}


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, which must stay empty."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def records(dataset: Dataset) -> list[dict[str, Any]]:
    return [dataset.record(row) for row in range(len(dataset))]


def opened(path: Path, data: bytes) -> Dataset:
    path.write_bytes(data)
    return open_dataset(path)


# --- compressed


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


def test_zstd(tmp_path: Path) -> None:
    zstd = pytest.importorskip("backports.zstd")
    packed = zstd.compress(LINES)
    assert records(opened(tmp_path / "a", packed)) == ROWS
    cut = opened(tmp_path / "b", zstd.compress(LINES[:1000]) + packed[:-20])
    assert "compressed file ends early" in cut.unreadable[-1].reason


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
        InputRefusedError, match=r"is taken for a bomb; if it is none, unpack it with `gzip -dk`"
    ):
        open_dataset(path)
    assert len(open_dataset(path, max_bytes=len(LINES) * 1000)) == 50_000
    with pytest.raises(InputRefusedError, match="is taken for a bomb"):
        open_dataset(path, max_bytes=len(LINES) * 1000 - 1)
    assert not list(scratch.iterdir())


def test_a_table_that_says_one_thing_for_ever_is_refused(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": ["x" * 1000]}).select(pl.all().repeat_by(30_000).explode()).write_parquet(path)
    assert len(open_dataset(path)) == 30_000
    monkeypatch.setattr(spool, "HARMLESS", 1000)
    with pytest.raises(
        InputRefusedError, match="is taken for a bomb; if it is none, convert it to JSONL first"
    ):
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
    done = subprocess.run(
        [sys.executable, "-c", killed, str(tmp_path / "a.csv")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "core")},
    )
    assert done.returncode == -9
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


# --- columnar


@within
@given(rows=st.lists(VALUES, min_size=1, max_size=6), kind=st.sampled_from(sorted(SAVERS)))
def test_columnar_files_give_their_rows(tmp_path: Path, rows: list[dict[str, Any]], kind: str) -> None:
    path = tmp_path / "rows.any"
    SAVERS[kind](pl.DataFrame(rows, KINDS), path)
    dataset = open_dataset(path)
    assert dataset.format == kind
    assert records(dataset) == rows
    assert dataset.spans.line.tolist() == list(range(1, len(rows) + 1))


def test_many_batches_keep_their_order(tmp_path: Path) -> None:
    for kind, save in SAVERS.items():
        save(pl.DataFrame({"text": [str(row) for row in range(45_000)]}), tmp_path / "many")
        dataset = open_dataset(tmp_path / "many")
        assert (dataset.format, dataset.frame["text"].to_list()) == (
            kind,
            [str(row) for row in range(45_000)],
        )


def test_values_that_json_lacks(tmp_path: Path) -> None:
    row = {
        "text": "t",
        "when": datetime(2024, 1, 2, 3, 4, 5, 678_901),
        "day": date(2024, 1, 2),
        "long": timedelta(seconds=90),
        "raw": b"\xff\x00",
        "exact": Decimal("0.10"),
        "inside": [{"raw": b"a", "day": date(2024, 1, 2)}],
        "odd": float("nan"),
        "vector": [1.0, float("inf")],
    }
    pl.DataFrame([row, row | {"odd": 1.5, "vector": [1.0, 2.0]}]).write_parquet(tmp_path / "a.parquet")
    dataset = open_dataset(tmp_path / "a.parquet")
    assert dataset.record(0) == {
        "text": "t",
        "when": "2024-01-02T03:04:05.678901",
        "day": "2024-01-02",
        "long": "PT1M30S",
        "raw": "/wA=",
        "exact": "0.10",
        "inside": [{"raw": "YQ==", "day": "2024-01-02"}],
        "odd": None,
        "vector": [1.0, None],
    }
    assert {name: rows.tolist() for name, rows in dataset.problems.items()} == {
        "NaN or Infinity read as null": [0]
    }


@pytest.mark.parametrize("kind", SAVERS)
def test_damage_is_refused_without_a_word_of_its_own(
    tmp_path: Path, scratch: Path, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    path = tmp_path / "a"
    SAVERS[kind](pl.DataFrame(ROWS), path)
    whole = path.read_bytes()
    for cut in (len(whole) - 1, len(whole) // 2, 20):
        path.write_bytes(whole[:cut])
        with pytest.raises(InputRefusedError, match="cut off"):
            open_dataset(path)
    # Polars panics at a few of these.
    for place in range(8, len(whole), max(1, len(whole) // 150)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            open_dataset(path)
        except InputRefusedError as refused:
            assert visible(str(refused)) == str(refused)  # noqa: PT017 # a flipped bit in a text is no damage
    assert capfd.readouterr() == ("", "")
    assert not list(scratch.iterdir())


def test_a_stream_without_its_end_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    pl.DataFrame(ROWS).write_ipc_stream(path)
    dataset = opened(path, path.read_bytes()[:-8])
    assert len(dataset) == 50
    assert [one.reason for one in dataset.unreadable] == [
        "the Arrow stream has no end mark: it may be cut off"
    ]


# --- folders


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    names = [f"data-0000{part}-of-00003.arrow" for part in range(3)]
    for part, name in enumerate(names):
        pl.DataFrame(ROWS[part * 20 : part * 20 + 20]).write_ipc_stream(folder / name)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name} for name in names]}))
    (folder / "dataset_info.json").write_text("{}")
    return folder


def test_a_saved_dataset_is_its_files_in_order(saved: Path) -> None:
    dataset = open_dataset(saved)
    assert (dataset.format, records(dataset), dataset.path) == ("saved dataset", ROWS, saved)
    assert not dataset.source.changed()
    (saved / "data-00001-of-00003.arrow").touch()
    os.utime(saved / "data-00001-of-00003.arrow", ns=(1, 1))
    assert dataset.source.changed()


def test_a_saved_dataset_that_lacks_a_file_is_refused(saved: Path) -> None:
    (saved / "data-00002-of-00003.arrow").unlink()
    with pytest.raises(InputRefusedError, match=r"lacks its file 'data-00002-of-00003\.arrow'"):
        open_dataset(saved)
    (saved / "state.json").write_text(json.dumps({"_data_files": [{"filename": "../../etc/passwd"}]}))
    with pytest.raises(InputRefusedError, match="lacks its file"):
        open_dataset(saved)


def test_other_folders_are_refused(tmp_path: Path, saved: Path) -> None:
    with pytest.raises(InputRefusedError, match="is a directory; name a file in it"):
        open_dataset(tmp_path)
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["saved"]}')
    with pytest.raises(InputRefusedError, match=r"holds several datasets \(saved\); name one of them"):
        open_dataset(tmp_path)


# --- one object that holds all


@within
@given(
    rows=st.dictionaries(
        TEXT,
        st.dictionaries(TEXT, TEXT | st.floats(0, 1), max_size=3).map(lambda one: {"text": "t", **one}),
        min_size=2,
    ),
    indent=st.sampled_from([None, 2]),
)
def test_records_by_name(tmp_path: Path, rows: dict[str, dict[str, Any]], indent: int | None) -> None:
    dataset = opened(tmp_path / "a.json", json.dumps(rows, indent=indent).encode())
    column = next(name for name in dataset.record(0))
    assert column.lstrip("_") == "id"
    assert records(dataset) == [{column: name, **row} for name, row in rows.items()]


@within
@given(
    rows=st.lists(st.dictionaries(TEXT, TEXT, max_size=2).map(lambda one: {"text": "t", **one}), min_size=1),
    indent=st.sampled_from([None, 2]),
    name=st.sampled_from(["data", "rows", 'a"b', "é"]),
)
def test_records_under_a_name(
    tmp_path: Path, rows: list[dict[str, Any]], indent: int | None, name: str
) -> None:
    data = json.dumps({"version": [1, {"a": 2}], name: rows}, indent=indent).encode()
    dataset = opened(tmp_path / "a.json", data)
    assert records(dataset) == rows
    assert [one.reason for one in dataset.unreadable] == [
        "'version' stands beside the records and is in no row"
    ]
    lines = data.split(b"\n")
    for line in dataset.spans.line.tolist():
        assert b"{" in lines[line - 1]


def test_the_bytes_of_wrapped_records_stay(tmp_path: Path) -> None:
    by_name = b'{"a": {"text": "x", "n": 0.1000000000000000055},\n "b": {"text": "y", "n": 1e2}, "c": {}}'
    dataset = opened(tmp_path / "a.json", by_name)
    assert dataset.raw(0) == b'{"_id":"a","text": "x", "n": 0.1000000000000000055}'
    assert dataset.raw(2) == b'{"_id":"c"}'
    assert dataset.spans.line.tolist() == [1, 2, 2]


# --- all of them


def test_reading_lines_needs_none_of_this(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES)
    show = (
        "import sys; from pathlib import Path; from dataexplore.dataset.opening import open_head;"
        "open_head(Path(sys.argv[1]));"
        "unwanted = {'polars', 'csv', 'lzma', 'tempfile', 'dataexplore.dataset.containers'};"
        "print(sorted(unwanted & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", show, str(tmp_path / "a.jsonl")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "core")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_the_container_is_watched_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    dataset = opened(path, gzip.compress(LINES))
    assert not dataset.source.changed()
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl.gz"]
    path.write_bytes(gzip.compress(LINES[:-1]))
    assert dataset.source.changed()
