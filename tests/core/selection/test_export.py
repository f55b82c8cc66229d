"""What leaves is byte for byte what came in, and what was dropped leaves with its reason."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import key_text
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import ExportError
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.copying import copy_rows
from dataexplore.selection.export import write_rows
from dataexplore.selection.rules import Threshold
from dataexplore.session.session import Session

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "kept.jsonl"


@pytest.mark.parametrize(
    "name",
    ["alpaca.jsonl", "alpaca_ratings.jsonl", "test_prompts_730.jsonl", "pairwise_reviews_gpt3.5.jsonl"],
)
def test_a_real_file_comes_out_as_it_went_in(real: Callable[[str], Path], tmp_path: Path, name: str) -> None:
    path = real(name)
    session = Session.open(path, tmp_path / "w")
    done = session.export(tmp_path / "out.jsonl")
    assert done.out.read_bytes() == path.read_bytes()
    assert (done.kept, done.dropped, done.undecided, done.rows) == (
        0,
        0,
        len(session.dataset),
        len(session.dataset),
    )
    assert done.dropped_out.read_bytes() == b""
    session.close()


@pytest.mark.parametrize(
    "name", ["lima.json", "alpaca_zh_1000.json", "sharegpt_toolcall_300.json", "dpo_300.json"]
)
def test_a_real_array_comes_out_with_the_bytes_of_its_elements(
    real: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    dataset = open_dataset(real(name))
    write_rows(dataset, np.arange(len(dataset)), tmp_path / "out.json")
    again = open_dataset(tmp_path / "out.json")
    assert again.format == "json array"
    assert [again.raw(row) for row in range(len(again))] == [dataset.raw(row) for row in range(len(dataset))]
    assert (tmp_path / "out.json").read_bytes() == real(name).read_bytes()
    write_rows(dataset, np.arange(1, len(dataset)), tmp_path / "fewer.json")
    assert json.loads((tmp_path / "fewer.json").read_bytes()) == json.loads(real(name).read_bytes())[1:]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(st.dictionaries(TEXT, TEXT, min_size=1), min_size=1, max_size=6),
    kept=st.sets(st.integers(0, 5)),
    end=st.sampled_from([b"\n", b"\r\n"]),
    as_array=st.booleans(),
)
def test_rows_keep_their_bytes_and_order(
    tmp_path: Path, records: list[dict[str, str]], kept: set[int], end: bytes, as_array: bool
) -> None:
    rows = sorted(row for row in kept if row < len(records))
    lines = [json.dumps(record, ensure_ascii=False).encode() for record in records]
    path, out = tmp_path / "a.json", tmp_path / "b.json"
    path.write_bytes(
        b"[" + (b"," + end).join(lines) + b"]" if as_array else b"".join(line + end for line in lines)
    )
    dataset = open_dataset(path)
    write_rows(dataset, np.array(rows, np.int64), out)
    if as_array:
        assert json.loads(out.read_bytes()) == [records[row] for row in rows]
        assert all(lines[row] in out.read_bytes() for row in rows)
    else:
        assert out.read_bytes() == b"".join(lines[row] + end for row in rows)


def test_what_was_dropped_has_its_reason_and_its_bytes(alpaca: Callable[..., Path], out: Path) -> None:
    path = alpaca(["a", "ü", "c", "d", "e", "f"])
    raw = path.read_bytes().splitlines()
    session = Session.open(path)
    session.decide(np.array([1]), DROP, 'says "no"\nand more')
    session.apply(Threshold("score", 2))
    session.decide(np.array([0]), KEEP, "good after all")
    done = session.export(out)
    assert (done.kept, done.dropped, done.undecided, done.unreadable, done.rows) == (5, 1, 0, 0, 5)
    assert out.read_bytes() == b"".join(line + b"\n" for place, line in enumerate(raw) if place != 1)
    (line,) = done.dropped_out.read_bytes().splitlines()
    note = json.loads(line)
    assert note.pop("record") == json.loads(raw[1])
    assert line.endswith(b',"record":' + raw[1] + b"}")
    key = key_text(int(session.dataset.keys[1]))
    assert note == {"row": 1, "key": key, "reason": 'says "no"\nand more', "by": "hand", "rule": None}
    session.apply(Threshold("score", 4))
    notes = [json.loads(line) for line in session.export(out).dropped_out.read_bytes().splitlines()]
    assert [note["by"] for note in notes] == ["hand", "rule", "rule"]
    assert notes[1]["rule"] == {"kind": "threshold", "signal": "score", "at": 4.0}
    assert notes[1]["reason"] == "score < 4"
    session.close()


def test_every_line_is_somewhere(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b"\n".join(b'{"instruction":"%d","output":"o"}' % row for row in range(6)) + b'\nbad\n\n{"cut'
    )
    session = Session.open(path)
    session.decide(np.array([0, 1]), KEEP, "k")
    session.decide(np.array([2]), DROP, "d")
    done = session.export(out)
    assert (done.kept, done.dropped, done.undecided, done.unreadable) == (2, 1, 3, 2)
    assert done.kept + done.dropped + done.undecided + done.unreadable == 8
    assert done.rows == 5
    only = session.export(out, only_kept=True)
    assert (only.rows, len(out.read_bytes().splitlines())) == (2, 2)
    assert len(only.dropped_out.read_bytes().splitlines()) == 1
    session.close()


def test_a_pretty_printed_record_is_one_line_among_the_dropped(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "a.json"
    records = [{"instruction": "a\nb", "output": "c"}, {"instruction": "d", "output": "e"}]
    path.write_text(json.dumps(records, indent=2))
    session = Session.open(path)
    session.decide(np.array([0]), DROP, "x")
    done = session.export(out.with_suffix(".json"))
    assert json.loads(done.dropped_out.read_bytes().splitlines()[0])["record"] == records[0]
    assert json.loads(done.out.read_bytes()) == records[1:]
    session.decide(np.array([1]), DROP, "x")
    assert json.loads(session.export(out.with_suffix(".json")).out.read_bytes()) == []
    session.close()


def test_the_source_is_never_overwritten(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    path = alpaca(3)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    (tmp_path / "link.jsonl").symlink_to(path)
    os.link(path, tmp_path / "hard.jsonl")
    (tmp_path / "there").mkdir()
    os.link(path, tmp_path / "there" / "dropped.jsonl")
    session = Session.open(path)
    for out in (
        path,
        tmp_path,
        tmp_path / "link.jsonl",
        tmp_path / "hard.jsonl",
        tmp_path / "x" / ".." / path.name,
    ):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(ExportError, match="is the dataset itself; write to another name"):
            session.export(out)
    done = session.export(tmp_path / "there" / "out.jsonl")
    assert done.dropped_out.name == "out.jsonl.dropped.jsonl", "the dataset by its other name is left alone"
    assert not (tmp_path / "dropped.jsonl").exists()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    session.close()


def test_a_second_export_in_the_folder_leaves_the_first_ones_reasons(
    alpaca: Callable[..., Path], out: Path
) -> None:
    session = Session.open(alpaca(3))
    session.decide(np.array([0]), DROP, "first")
    first = session.export(out.parent / "first.jsonl")
    session.decide(np.array([1]), DROP, "second")
    second = session.export(out.parent / "second.jsonl")
    assert (first.dropped_out.name, first.recipe_out.name) == ("dropped.jsonl", "recipe.toml")
    assert second.dropped_out.name == "second.jsonl.dropped.jsonl"
    assert len(first.dropped_out.read_bytes().splitlines()) == 1
    again = session.export(out.parent / "first.jsonl")
    assert again.dropped_out == first.dropped_out, "the same export again takes its own place"
    assert len(again.dropped_out.read_bytes().splitlines()) == 2
    session.close()


def test_a_source_whose_rows_changed_is_not_exported(alpaca: Callable[..., Path], out: Path) -> None:
    path = alpaca(3)
    session = Session.open(path)
    session.decide(np.array([0]), KEEP, "k")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"answer 1", b"answer X"))
    with pytest.raises(ExportError, match=r"has changed since it was opened: 1 of 3 rows to write differ"):
        session.export(out)
    path.write_bytes(b"\n" + data)
    with pytest.raises(ExportError, match=r"3 of 3 rows to write differ; open it again first"):
        session.export(out)
    path.write_bytes(data[:40])
    with pytest.raises(ExportError, match=r"3 of 3 rows to write differ"):
        session.export(out)
    path.unlink()
    with pytest.raises(ExportError, match="is no longer there or cannot be read; nothing was written"):
        session.export(out)
    assert not out.exists()
    session.close()


@pytest.mark.parametrize("how", ["touched", "appended to", "written again", "another row changed"])
def test_a_source_whose_rows_are_the_same_is_exported_and_that_is_said(
    alpaca: Callable[..., Path], out: Path, how: str
) -> None:
    path = alpaca(3)
    data = path.read_bytes()
    session = Session.open(path)
    session.decide(np.array([0, 1]), KEEP, "k")
    if how == "touched":
        os.utime(path, ns=(1, 1))
    elif how == "appended to":
        path.write_bytes(data + b'{"instruction":"new","output":"row"}\n')
    elif how == "written again":
        path.unlink()
        path.write_bytes(data)
    else:
        path.write_bytes(data.replace(b"answer 2", b"answer X"))
    done = session.export(out, only_kept=True)
    assert "none of the rows to write" in done.notice
    assert out.read_bytes() == b"".join(data.splitlines(keepends=True)[:2])
    session.close()


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl.gz"])
def test_a_container_that_changed_is_read_again(tmp_path: Path, out: Path, name: str) -> None:
    def write(last: str) -> None:
        text = f"text,n\na,1\n{last},2\n" if "csv" in name else f'{{"text":"a"}}\n{{"text":"{last}"}}\n'
        (tmp_path / name).write_bytes(gzip.compress(text.encode()) if "gz" in name else text.encode())
        os.utime(tmp_path / name, ns=(len(last), len(last)))

    write("b")
    session = Session.open(tmp_path / name)
    write("b")
    os.utime(tmp_path / name, ns=(9, 9))
    assert session.export(out).notice
    write("bb")
    with pytest.raises(ExportError, match=r"1 of 2 rows to write differ"):
        session.export(out)
    session.close()


def test_a_source_that_changes_under_the_writing_is_noticed(
    alpaca: Callable[..., Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = alpaca(3)
    session = Session.open(path)

    def meanwhile(dataset: Dataset, rows: Any, file: BinaryIO) -> None:
        copy_rows(dataset, rows, file)
        path.write_bytes(path.read_bytes().replace(b"answer", b"ANSWER"))

    monkeypatch.setattr("dataexplore.selection.formats.copy_rows", meanwhile)
    with pytest.raises(ExportError, match=r"3 of 3 rows to write differ"):
        session.export(out)
    assert not list(out.parent.iterdir()), "neither files nor what was to become files"
    session.close()


@pytest.mark.parametrize("name", ["alpaca.jsonl", "alpaca_ratings.jsonl", "test_prompts_730.jsonl"])
@pytest.mark.parametrize("cut", [1, 0])
def test_a_real_file_without_its_last_line_end_comes_out_as_it_went_in(
    real: Callable[[str], Path], tmp_path: Path, name: str, cut: int
) -> None:
    data = real(name).read_bytes().rstrip(b"\n") + b"\n"
    path = tmp_path / name
    path.write_bytes(data[: len(data) - cut])
    write_rows(open_dataset(path), np.arange(len(open_dataset(path))), tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == path.read_bytes()


def test_places_that_cannot_be_written(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    session = Session.open(alpaca(3))
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "fifo")
    for out, reason in {
        tmp_path / "file" / "x.jsonl": "not written",
        tmp_path / "fifo": "is not a regular file",
        Path("/dev/null"): "is not a regular file",
        tmp_path / "out" / "dropped.jsonl": "choose another",
        tmp_path / "out" / "recipe.toml": "choose another",
    }.items():
        with pytest.raises(ExportError, match=reason):
            session.export(out)
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*-*"))
    session.close()


def test_a_failed_export_leaves_the_old_files(
    alpaca: Callable[..., Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session.open(alpaca(3))
    session.export(out)
    old = {path.name: path.read_bytes() for path in out.parent.iterdir()}
    assert set(old) == {"kept.jsonl", "dropped.jsonl", "recipe.toml"}

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    session.decide(np.array([0]), DROP, "x")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError, match=r"no space left on device.*what was there before is untouched"):
        session.export(out)
    assert {path.name: path.read_bytes() for path in out.parent.iterdir()} == old
    session.close()


def test_into_a_folder_under_its_own_name(alpaca: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    session = Session.open(alpaca(3))
    assert session.export(tmp_path / "folder").out == tmp_path / "folder" / "small.jsonl"
    session.close()


def test_a_name_that_is_no_utf8(tmp_path: Path, out: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9\x1b.jsonl")
    path.write_text('{"instruction":"a","output":"b"}\n')
    session = Session.open(path)
    assert "caf⟨DCE9⟩␛.jsonl" in session.export(out).recipe_out.read_text(encoding="utf-8")
    session.close()
