"""Files like those of the corpus of bad inputs: each answer names what is wrong and loses nothing."""

import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.source import open_source
from dataexplore.errors import InputRefusedError

RECORDS = [{"instruction": f"Q{number}?", "input": "", "output": f"A{number}é"} for number in range(5)]
LINES = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS).encode()
Opened = Callable[[str, bytes], Dataset]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Write a file and open it."""

    def write_and_open(name: str, data: bytes) -> Dataset:
        path = tmp_path / name
        path.write_bytes(data)
        return open_dataset(path)

    return write_and_open


def listed(dataset: Dataset) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in dataset.unreadable]


def flagged(dataset: Dataset) -> dict[str, list[int]]:
    return {name: rows.tolist() for name, rows in dataset.problems.items()}


def _tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("rows.jsonl")
        member.size = len(LINES)
        archive.addfile(member, io.BytesIO(LINES))
    return packed.getvalue()


def _office() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return packed.getvalue()


def _model() -> bytes:
    header = json.dumps({"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(range(36))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xfe\0\0" + LINES.decode().encode("utf-32-le"), "is UTF-32: convert it with"),
        (LINES.decode().encode("utf-32-be"), "looks like UTF-32 without a byte-order mark"),
        (LINES.decode().encode("utf-16-be"), "`iconv -f UTF-16BE "),
        ('{"text": "漢字漢字漢字漢字漢字漢字漢字"}'.encode("utf-16-le"), "`iconv -f UTF-16LE "),
        (b"\0" * 5000, "nothing but zero bytes"),
        (b"\xef\xbb\xbf", "holds only white space"),
        (b"\xef\xbb\xbfversion https://git-lfs.github.com/spec/v1\noid sha256:00\n", "is a Git LFS pointer"),
        (b"\n <!DOCTYPE html>\n<html></html>\n", "is a web page or XML"),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "is a web page or XML"),
        (_tar(), "is a tar archive: unpack it first"),
        (_office(), "is a document of Microsoft Office: save it as CSV"),
        (_model(), "is a model (safetensors)"),
        (b"\x80\x04\x95" + bytes(range(30)), "is a pickle"),
        (b"%PDF-1.7\n" + b"obj\n" * 20, "is a PDF document"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told_by_name(opened: Opened, data: bytes, reason: str) -> None:
    for name in ("rows.jsonl", "rows.csv"):
        with pytest.raises(InputRefusedError) as refused:
            opened(name, data)
        assert reason in str(refused.value)
        assert str(refused.value).isprintable()


def test_rows_after_much_white_space_are_found(opened: Opened) -> None:
    dataset = opened("rows.jsonl", b"\n" * 200_000 + LINES)
    assert len(dataset) == 5
    assert int(dataset.spans.line[0]) == 200_001


def test_rows_before_zero_bytes_are_rows(opened: Opened) -> None:
    dataset = opened("rows.jsonl", LINES + b"\0" * 4096)
    assert (len(dataset), len(dataset.unreadable)) == (5, 1)
    assert len(opened("rows.csv", b"instruction,output\na\0b,c\n")) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"// made by hand", "a comment, which JSON does not have"),
        (b"# made by hand", "a comment, which JSON does not have"),
        (b"id,instruction,output", "a line of CSV, not JSON"),
        (b"\xef\xbb\xbf" + LINES.splitlines()[0], "a byte-order mark inside the file"),
        (b"," + LINES.splitlines()[0], "a comma before the object, which lines of JSON do not have"),
        (b'{"a": 1},', "a comma after the object at column 9, which lines of JSON do not have"),
        (b'data: {"a": 1}', "an event of a web stream, not JSON"),
        (b"\x1e" + LINES.splitlines()[0], "a record separator (1E) before the object"),
        (b"</html>", "HTML or XML, not JSON"),
        (b'[1] [2]', "extra data after the first array at column 5"),
    ],
)  # fmt: skip
def test_a_line_of_something_else_is_told_by_name(opened: Opened, line: bytes, reason: str) -> None:
    dataset = opened("rows.jsonl", LINES + line + b"\n" + LINES)
    assert listed(dataset) == [(6, reason)]
    assert len(dataset) == 10


@pytest.mark.parametrize("end", range(1, 62))
def test_a_last_line_is_cut_off_wherever_it_ends(opened: Opened, end: int) -> None:
    last = rb'{"a": true, "b": [null, -1.5e3], "c": "x\u00e9\\", "d": false}'
    dataset = opened("rows.jsonl", LINES + last[:end].rstrip())
    assert listed(dataset) == [(6, "cut off at end of file (no newline)")]


def test_a_bomb_of_brackets_is_one_line(opened: Opened) -> None:
    deep = b'{"instruction": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    assert listed(opened("rows.jsonl", LINES + deep + LINES)) == [(6, "nested too deeply")]


def test_numbers_that_64_bits_do_not_hold_are_flagged_in_any_column(opened: Opened) -> None:
    ids = ["1", str(2**63 - 1), str(2**63), "1" + "0" * 20, "-" + "9" * 19, "-" + "9" * 18 + "8", '"text"']
    lines = "".join(f'{{"id": {one}, "instruction": "q", "output": "a"}}\n' for one in ids)
    assert flagged(opened("rows.jsonl", lines.encode())) == {"number out of range": [2, 3, 4, 5]}


def test_records_two_names_deep_are_rows(opened: Opened) -> None:
    held = {"version": 1, "da/ta": {"train": RECORDS, "test": RECORDS[:2]}}
    dataset = opened("rows.json", json.dumps(held, indent=1).encode())
    assert dataset.format == "json object with records under a name"
    assert [dataset.record(row) for row in range(len(dataset))] == RECORDS
    assert [reason for _, reason in listed(dataset)] == [
        "'version' stands beside the records and is in no row",
        "'test' stands beside the records and is in no row",
    ]
    text = json.dumps(held, indent=1).splitlines()
    assert text[int(dataset.spans.line[1]) - 1].strip() == "{"
    assert '"Q1?"' in text[int(dataset.spans.line[1])]


def test_labels_that_are_words_or_numbers_make_no_training_answers(opened: Opened) -> None:
    for labels in (["true", "false"], [1, 0]):
        rows = [{"prompt": "p", "completion": "c", "label": label} for label in labels]
        dataset = opened("rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
        assert dataset.schema.judged
        assert flagged(dataset) == {"label is not true or false": [0, 1]}


def test_a_tool_call_that_names_no_tool_is_flagged(opened: Opened) -> None:
    calls: list[object] = [[{"function": {"name": "f", "arguments": "{}"}}], [{}], [None], {"id": "1"}]
    asked = {"role": "user", "content": "q"}
    rows = [{"messages": [asked, {"role": "assistant", "tool_calls": one}]} for one in calls]
    dataset = opened("rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
    assert flagged(dataset) == {"tool call without a name": [1, 2, 3]}


class TestTables:
    def test_the_separator_may_be_said_or_a_bar(self, opened: Opened) -> None:
        said = opened("rows.csv", b"sep=;\r\ninstruction;output\r\na,b;c\r\nshort\r\n")
        assert said.record(0) == {"instruction": "a,b", "output": "c"}
        assert listed(said) == [(4, "expected 2 fields, got 1")]
        assert int(said.spans.line[0]) == 3
        assert opened("bar.csv", b"instruction|output\na|b\n").record(0) == {
            "instruction": "a",
            "output": "b",
        }

    def test_a_header_among_the_rows_is_flagged(self, opened: Opened) -> None:
        dataset = opened("rows.csv", b"instruction,output\na,b\ninstruction,output\nc,d\n")
        assert flagged(dataset) == {"repeats the header": [1]}

    def test_lines_that_end_in_cr_are_refused_with_the_remedy(self, opened: Opened) -> None:
        with pytest.raises(InputRefusedError, match="its lines end in CR, which `tr"):
            opened("rows.csv", b"instruction,output\ra,b\rc,d\r")


class TestColumns:
    def test_a_batch_that_cannot_be_read_is_no_end(self, tmp_path: Path) -> None:
        """Polars ends the batches of an Arrow file without a word where it cannot decode one."""
        good = tmp_path / "rows.arrow"
        frame = pl.DataFrame({"instruction": [f"q{one}" for one in range(400)], "output": ["a"] * 400})
        frame.write_ipc(good, record_batch_size=50)
        data, lines = good.read_bytes(), open_source(good).data[:].count(b"\n")
        assert lines == 400
        bad = tmp_path / "bad.arrow"
        for at in range(8, len(data), len(data) // 40):
            bad.write_bytes(data[:at] + bytes(byte ^ 0xFF for byte in data[at : at + 40]) + data[at + 40 :])
            try:
                assert open_source(bad).data[:].count(b"\n") == lines
            except InputRefusedError:
                continue

    def test_what_follows_the_end_of_a_stream_is_listed(self, tmp_path: Path) -> None:
        one, two = tmp_path / "one.arrow", tmp_path / "two.arrow"
        pl.DataFrame(RECORDS).write_ipc_stream(one)
        assert open_dataset(one).unreadable == ()
        two.write_bytes(one.read_bytes() * 2)
        size = one.stat().st_size
        assert listed(open_dataset(two)) == [
            (6, f"{size:,} bytes after the end mark of the Arrow stream are not read")
        ]

    def test_a_date_of_no_calendar_is_kept_as_its_number(self, tmp_path: Path) -> None:
        path = tmp_path / "rows.parquet"
        days = pl.Series("day", [1, None, 2**30], dtype=pl.Int32).cast(pl.Date)
        pl.DataFrame({"instruction": ["a", "b", "c"], "output": ["d", "e", "f"]}).with_columns(
            days
        ).write_parquet(path)
        dataset = open_dataset(path)
        assert [dataset.record(row)["day"] for row in range(3)] == [1, None, 2**30]
        assert flagged(dataset) == {"date out of range read as a number": [0, 2]}

    def test_damage_in_the_rows_is_not_called_a_footer(self, tmp_path: Path) -> None:
        path = tmp_path / "rows.parquet"
        pl.DataFrame({"text": [f"{one * 7919 % 1009} words" for one in range(5000)]}).write_parquet(path)
        data = path.read_bytes()
        path.write_bytes(data[:500] + b"\xff" * 400 + data[900:])
        with pytest.raises(InputRefusedError, match="Parquet data damaged"):
            open_dataset(path)
