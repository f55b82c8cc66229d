"""What opens, what is listed as unreadable, and what is refused in one sentence."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dataexplore.dataset import stretch
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import LoadCancelledError, load, open_dataset
from dataexplore.dataset.opening import open_head
from dataexplore.errors import InputRefusedError

Open = Callable[[bytes], Dataset]
ROW = b'{"instruction":"i","input":"","output":"o"}'


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def write_and_open(data: bytes) -> Dataset:
        path = tmp_path / "any.jsonl"
        path.write_bytes(data)
        return open_dataset(path)

    return write_and_open


def unreadable(dataset: Dataset) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in dataset.unreadable]


def test_a_bad_line_is_listed_with_number_and_reason(opened: Open) -> None:
    lines = {
        2: (b"", None),
        3: (b'{"a": 1', "cut off: the object is not closed"),
        4: (b'{"a": NaN}', "NaN or Infinity is not JSON"),
        5: (b"{'a': 1}", "Python's dict notation with single quotes, not JSON"),
        6: (b'{"a": "\xff"}', "not UTF-8 at byte 8"),
        7: (b"[1, 2]", "not a JSON object (array)"),
        8: (b'{"a": "\x01"}', "raw control character in a string at column 8"),
        9: (b'{"a": 1e999}', "a number too large to read at column 7"),
        10: (b'{"a": "\\ud800"}', "half of a surrogate pair, which no text can hold, at column 8"),
        11: (b'{"a":' * 1100 + b"1" + b"}" * 1100, "nested too deeply"),
        12: (ROW + ROW, "extra data after the first object at column 44"),
        13: (b'{"instruction":"i","out', "cut off at end of file (no newline)"),
    }
    data = b"\n".join([ROW, *(line for line, _ in lines.values())])
    dataset = opened(data)
    assert len(dataset) == 1
    assert unreadable(dataset) == [(line, reason) for line, (_, reason) in lines.items() if reason]


@pytest.mark.parametrize("end", [b"\n", b" \n\n", b"\r\n"])
def test_a_row_that_ends_early_is_cut_off_whatever_follows(opened: Open, end: bytes) -> None:
    for last in (b'{"instruction":"i","out', b'{"instruction":', b'{"instruction":"i"'):
        dataset = opened(ROW + b"\n" + last + end)
        assert unreadable(dataset) == [(2, "cut off: the object is not closed")]
    dataset = opened(ROW + b'\n{"instruction":"i","out}' + end)
    assert "cut off" not in dataset.unreadable[0].reason


def test_what_is_unreadable_is_shown_safely(opened: Open) -> None:
    preview = opened(ROW + b"\n\x1b]0;PWN\x07" + b"z" * 500).unreadable[0].preview
    assert preview.startswith("␛]0;PWN␇zz")
    assert len(preview) == 80


def test_an_array_with_other_things_in_it(opened: Open) -> None:
    dataset = opened(b'[1,\n"two",\n' + ROW + b",\n[3],\nnull," + ROW + b"] and more")
    assert len(dataset) == 2
    assert [line for line, _ in unreadable(dataset)] == [1, 2, 4, 5, 5]


@pytest.mark.parametrize("cut", [b"", b",", b',{"instruction":"i', b",\n\n"])
def test_an_array_that_was_cut_off_says_so(opened: Open, cut: bytes) -> None:
    dataset = opened(b"[" + ROW + b",\n" + ROW + cut)
    assert len(dataset) == 2
    assert len(dataset.unreadable) == 1
    assert dataset.unreadable[0].line == 2
    assert "cut off at end of file" in dataset.unreadable[0].reason


def test_a_bad_first_line_does_not_make_it_another_format(opened: Open) -> None:
    for first in (
        b'{"a": NaN}',
        b"{'a': 1}",
        b'{"a": "unfinished',
        b"[INFO] started",
        b"[1, 2]",
        b"# comment",
    ):
        dataset = opened(first + b"\n" + (ROW + b"\n") * 5 + b'{"a": "odd quote}\n' + (ROW + b"\n") * 5)
        assert (dataset.format, len(dataset)) == ("jsonl", 10), first
        assert [line for line, _ in unreadable(dataset)] == [1, 7]


def test_rows_that_begin_late_are_found(opened: Open) -> None:
    assert len(opened(b"\n" * 3000 + ROW)) == 1
    assert len(opened(b"\n" * 3000 + b"[" + ROW + b"]")) == 1
    late = opened(b"not a row\n" * 1500 + ROW)
    assert (len(late), len(late.unreadable)) == (1, 1500)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty (0 bytes)"),
        (b" \n\n ", "holds only white space"),
        (b"\x1f\x8b\x08", "is gzip and holds no data (compressed file ends early)"),
        (b"BZh9", "is bzip2 and holds no data"),
        (b"\xfd7zXZ\x00\x00\x00", "is xz and holds no data"),
        (b"ARROW1....", "Arrow file cut off or damaged"),
        (b"\xff\xff\xff\xff....", "Arrow stream cut off or damaged"),
        (b"PAR1....", "Parquet"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        ("{}".encode("utf-16"), "is UTF-16"),
        (json.dumps({"a": "b" * 40}).encode("utf-16-le"), "looks like UTF-16"),
        (bytes(range(32)) * 9, "is binary"),
        (b"[]", "is an empty array"),
        (b"\n [ ]\n", "is an empty array"),
        ('{"text": "d\u00e9j\u00e0"}\n'.encode("latin-1"), "convert it with `iconv -f latin1 -t utf-8`"),
        (b"hello", "no valid row in 1 lines; line 1: not JSON"),
    ],
)
def test_what_is_no_dataset_is_refused_in_one_sentence(opened: Open, data: bytes, reason: str) -> None:
    with pytest.raises(InputRefusedError) as refused:
        opened(data)
    message = str(refused.value)
    assert reason in message
    assert "any.jsonl: " in message
    assert "\n" not in message


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "fifo")
    reasons = {
        "none": "no such file",
        "link": "the link points to nowhere",
        "loop": "the link points to itself",
        "fifo": "not a regular file",
        ".": "is a directory",
        "none/x": "no such file",
        "x" * 300: "the name is too long",
        "a\0b": "no file can have this name",
        "\x1b[2J": "␛[2J: no such file",
    }
    for name, reason in reasons.items():
        with pytest.raises(InputRefusedError, match=reason.replace("[", r"\[")):
            open_dataset(tmp_path / name)
    with pytest.raises(InputRefusedError, match="not a regular file"):
        open_dataset("/dev/null")


def test_the_head_is_the_first_rows(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(b'{"instruction":"%d","output":""}\n' % row for row in range(5000)))
    head = open_head(path, 50)
    assert [record["instruction"] for record in head.records] == [str(row) for row in range(50)]
    assert (head.schema.prompt, head.schema.response) == ("instruction", "output")


def test_loading_tells_how_far_it_is_and_stops_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretch, "_LEAST", 600_000)
    path = tmp_path / "many.jsonl"
    path.write_bytes(b'{"instruction":"i","output":"o"}\n' * 45_000)
    seen: list[tuple[int, int]] = []
    load(open_head(path), lambda done, rows: seen.append((done, rows)))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert len(seen) == 3
    assert seen[-1] == (45_000, 45_000)
    with pytest.raises(LoadCancelledError):
        load(open_head(path), cancelled=lambda: True)


def test_a_file_that_is_rewritten_in_place_stays_readable_and_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes((ROW + b"\n") * 1000)
    dataset = open_dataset(path)
    assert not dataset.source.changed()
    path.write_bytes(b"short")
    assert dataset.raw(999) == ROW
    assert dataset.source.changed()


def test_the_source_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(ROW)
    path.chmod(0o400)
    before = path.stat()
    open_dataset(path)
    after = path.stat()
    assert (before.st_mtime_ns, before.st_size, [one.name for one in tmp_path.iterdir()]) == (
        after.st_mtime_ns,
        after.st_size,
        ["a.jsonl"],
    )
