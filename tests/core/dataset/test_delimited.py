"""Tables of text: every cell arrives, and what does not fit the header is listed with its line."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dataset.packing import records
from dataexplore.dataset import delimited
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import InputRefusedError

Open = Callable[..., Dataset]
CELL = st.lists(
    st.sampled_from(['"', '""', ",", ";", "\t", "\n", "\r\n", " ", "a", "é", "1", "\u2028"])
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=3),
    max_size=5,
).map("".join)


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def write_and_open(data: bytes, name: str = "a.csv") -> Dataset:
        (tmp_path / name).write_bytes(data)
        return open_dataset(tmp_path / name)

    return write_and_open


def listed(dataset: Dataset) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in dataset.unreadable]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6),
    name=st.sampled_from(["a.csv", "a.tsv"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    bom=st.sampled_from(["", "\ufeff"]),
)
def test_every_cell_arrives(
    opened: Open, rows: list[tuple[str, ...]], name: str, quoting: Any, end: str, bom: str
) -> None:
    names = ["instruction", "input", "output"]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t" if name == "a.tsv" else ",", quoting=quoting, lineterminator=end)
    writer.writerows([names, *rows])
    data = (bom + text.getvalue()).encode()
    dataset = opened(data, name)
    assert dataset.format == name[2:]
    assert records(dataset) == [dict(zip(names, row, strict=True)) for row in rows]
    assert not dataset.unreadable
    before = 1
    for row, line in zip(rows, dataset.spans.line.tolist(), strict=True):
        assert line == before + 1
        before += 1 + sum(cell.count("\n") for cell in row)


def test_a_column_of_numbers_is_numeric_and_keeps_its_digits(opened: Open) -> None:
    dataset = opened(
        b"instruction,output,score,zip,id,mixed,long,none\n"
        b"1,2,4.50,007,12,1,12345678901234567890,\n"
        b"3,4,,123,-3,x,1,\n"
    )
    assert dataset.raw(0) == (
        b'{"instruction":"1","output":"2","score":4.50,"zip":"007","id":12,"mixed":"1",'
        b'"long":"12345678901234567890","none":""}'
    )
    assert dataset.frame["score"].to_list() == [4.5, None]
    assert dataset.frame["id"].to_list() == [12, -3]
    assert dataset.problems == {}


def test_what_does_not_fit_is_listed_with_its_line(opened: Open) -> None:
    dataset = opened(b'text,score\n"a\nb",1\nshort\n\n"c"d,2\nx\ry,3\n\xff,4\nlong,5,6\ne,7\n')
    assert listed(dataset) == [
        (4, "expected 2 fields, got 1"),
        (6, "text after a closing quote"),
        (7, "a carriage return in a field without quotes"),
        (8, "not UTF-8 at byte 1"),
        (9, "expected 2 fields, got 3"),
    ]
    assert records(dataset) == [{"text": "a\nb", "score": 1}, {"text": "e", "score": 7}]
    assert dataset.spans.line.tolist() == [2, 10]
    assert dataset.unreadable[0].preview == "short"


def test_the_line_where_the_quote_opened_is_named(opened: Open) -> None:
    dataset = opened(b'text,more\na,b\n"closed\n""x""",c\n"over\nlines","never ""closed""\n1,2\n3,4\n')
    assert listed(dataset) == [(6, "the quote that opens here is never closed")]
    assert [record["text"] for record in records(dataset)] == ["a", 'closed\n"x"', "1", "3"]


def test_a_field_without_end_is_a_quote_that_nobody_closed(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "_FIELD", 100)
    before = csv.field_size_limit()
    dataset = opened(b'text,more\n"open,b\n' + b"c,d\n" * 1000)
    assert listed(dataset) == [(2, "the quote that opens here is never closed")]
    assert len(dataset) == 1000
    assert csv.field_size_limit() == before


def test_quotes_that_are_never_closed_end_the_reading_at_last(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "_FIELD", 100)
    dataset = opened(b"text,more\na,b\n" + b'"open,' + b'"\n' + (b'"' + b"x" * 150 + b"\n") * 300)
    assert "not read from here on" in dataset.unreadable[-1].reason


def test_columns_without_a_name_of_their_own_are_reported_and_kept(opened: Open) -> None:
    dataset = opened(b"text,,text,text_2, \na,b,c,d,e\n")
    assert dataset.record(0) == {"text": "a", "column_2": "b", "text_3": "c", "text_2": "d", "column_5": "e"}
    assert [one.line for one in dataset.unreadable] == [1]
    assert len(dataset.frame.columns) == 5


@pytest.mark.parametrize(("separator", "name"), [(";", "a.csv"), ("\t", "a.csv"), ("\t", "a.tsv")])
def test_what_the_first_line_has_between_names_is_the_separator(
    opened: Open, separator: str, name: str
) -> None:
    dataset = opened(f"text{separator}n\na, b{separator}1\n".encode(), name)
    assert records(dataset) == [{"text": "a, b", "n": 1}]


def test_json_under_the_name_of_a_table_is_json(opened: Open) -> None:
    row = {"instruction": "a", "output": "b"}
    assert opened(json.dumps(row).encode() + b"\n").format == "jsonl"
    assert opened(json.dumps([row], indent=1).encode()).format == "json array"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"text\n", "is csv and holds no rows"),
        (b"a,b\n1\n", "is csv and holds no rows; line 2: expected 2 fields, got 1"),
        (b"\n\n", "holds only white space"),
        (b",,\n1,2,3\n", "its first line names no columns"),
        (b'"a,b\n1,2\n', "its first line names no columns (the quote that opens here is never closed)"),
        (b"a\xff,b\n1,2\n", "its first line is not UTF-8"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        ("a,b\n1,2\n".encode("utf-16"), "is UTF-16"),
    ],
)
def test_what_is_no_table_is_refused(opened: Open, data: bytes, reason: str) -> None:
    with pytest.raises(InputRefusedError) as refused:
        opened(data)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)
