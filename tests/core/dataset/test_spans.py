"""Records are found as bytes: any way of writing them down gives the same ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.spans import array_spans, line_spans, object_spans
from dataexplore.errors import InputRefusedError
from dataexplore.text import visible

NASTY = st.sampled_from(
    [
        '{"a": 1}',
        '"',
        '\\"',
        "\\",
        "\\\\",
        "[",
        "]",
        "},{",
        "\n",
        "\r\n",
        "\u2028",
        "\u0085",
        "\x0b",
        ",",
        "é",
        "🦊",
    ]
)
TEXT = st.lists(NASTY | st.text(st.characters(codec="utf-8"), max_size=6), max_size=5).map("".join)
SCALAR = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
# The first field is one that the program knows: an object of records by name is refused on purpose.
RECORD = st.dictionaries(TEXT, VALUE, max_size=4).map(lambda more: {"instruction": "do", **more})
RECORDS = st.lists(RECORD, min_size=1, max_size=8)

within = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[bytes], Dataset]:
    def write_and_open(data: bytes) -> Dataset:
        path = tmp_path / "any.jsonl"
        path.write_bytes(data)
        return open_dataset(path)

    return write_and_open


def check(dataset: Dataset, records: list[dict[str, Any]], data: bytes) -> None:
    assert [dataset.record(row) for row in range(len(dataset))] == records
    assert not dataset.unreadable
    for row in range(len(dataset)):
        start = int(dataset.spans.start[row])
        assert data[start : start + len(dataset.raw(row))] == dataset.raw(row)
        assert int(dataset.spans.line[row]) == data[:start].count(b"\n") + 1


@within
@given(
    records=RECORDS,
    end=st.sampled_from([b"\n", b"\r\n", b"\n\n", b"  \r\n\r\n", b"\n \t \n"]),
    bom=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    last=st.booleans(),
    ascii_=st.booleans(),
)
def test_lines(
    opened: Callable[[bytes], Dataset],
    records: list[dict[str, Any]],
    end: bytes,
    bom: bytes,
    last: bool,
    ascii_: bool,
) -> None:
    data = (
        bom
        + end.join(json.dumps(one, ensure_ascii=ascii_).encode() for one in records)
        + (end if last else b"")
    )
    dataset = opened(data)
    assert dataset.format == "jsonl"
    check(dataset, records, data)


@within
@given(
    records=RECORDS,
    indent=st.sampled_from([None, 0, 1, 4, 40]),
    before=st.sampled_from([b"", b"\n", b" \r\n"]),
    after=st.sampled_from([b"", b"\n", b"\n\n "]),
)
def test_an_array(
    opened: Callable[[bytes], Dataset],
    records: list[dict[str, Any]],
    indent: int | None,
    before: bytes,
    after: bytes,
) -> None:
    data = before + json.dumps(records, indent=indent, ensure_ascii=False).encode() + after
    dataset = opened(data)
    assert dataset.format == "json array"
    check(dataset, records, data)


@within
@given(records=RECORDS)
def test_an_array_with_one_element_a_line(
    opened: Callable[[bytes], Dataset], records: list[dict[str, Any]]
) -> None:
    data = b"[\n" + b",\n".join(json.dumps(one).encode() for one in records) + b"\n]\n"
    dataset = opened(data)
    assert dataset.format == "json array"
    check(dataset, records, data)


@within
@given(
    records=st.lists(RECORD, min_size=2, max_size=8),
    indent=st.sampled_from([None, 2]),
    between=st.sampled_from([b"", b" "]),
)
def test_objects_that_follow_one_another(
    opened: Callable[[bytes], Dataset], records: list[dict[str, Any]], indent: int | None, between: bytes
) -> None:
    data = between.join(json.dumps(one, indent=indent).encode() for one in records)
    dataset = opened(data)
    assert dataset.format == "json objects"
    check(dataset, records, data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                b"{",
                b"}",
                b"[",
                b"]",
                b'"',
                b"\\",
                b",",
                b":",
                b'"a"',
                b"1",
                b'{"a":1}',
                b"\n",
                b"\r",
                b" ",
                b"\x00",
                b"\xff",
            ]
        ),
        max_size=40,
    ).map(b"".join)
)
def test_any_bytes_open_or_are_refused(opened: Callable[[bytes], Dataset], data: bytes) -> None:
    try:
        dataset = opened(data)
    except InputRefusedError as error:
        assert visible(str(error)) == str(error)  # noqa: PT017 # it may as well not be refused
        return
    for row in range(len(dataset)):
        assert isinstance(dataset.record(row), dict)
    assert dataset.frame.height == len(dataset)
    assert len(dataset.prompts) == len(dataset.keys) == len(dataset)


def test_a_bracket_or_quote_in_a_text_ends_nothing() -> None:
    elements = [
        b'{"a": "]"}',
        b'{"a": "\\""}',
        b'{"a": "\\\\"}',
        b'{"a": "},{"}',
        b'{"a": ["[", {"b": "{"}]}',
    ]
    data = b"[" + b", ".join(elements) + b"]"
    spans = array_spans(data, 0)
    assert [data[start:end] for start, end in zip(spans.start, spans.end, strict=True)] == elements
    assert spans.closed
    assert len(object_spans(b"".join(elements), 0)) == len(elements)


def test_an_empty_array_has_no_records() -> None:
    assert len(array_spans(b"[]", 0)) == 0
    assert len(array_spans(b" [ \n ] ", 0)) == 0


def test_long_runs_of_white_space_and_backslashes_take_no_time() -> None:
    # Byte by byte these would be millions of rounds.
    data = b" " * 3_000_000 + b'{"a":1}' + b"\t" * 3_000_000 + b'\n{"a":2}\n'
    spans = line_spans(data, 0)
    assert [data[start:end] for start, end in zip(spans.start, spans.end, strict=True)] == [
        b'{"a":1}',
        b'{"a":2}',
    ]
    record = b'{"a":"' + b"\\" * 3_000_000 + b'"}'
    assert len(array_spans(b"[" + record + b"," + record + b"]", 0)) == 2


def test_white_space_of_unicode_is_text() -> None:
    data = '{"a":"x\u2028y\u2029z\u0085"}\n\u00a0\n'.encode()
    spans = line_spans(data, 0)
    assert spans.line.tolist() == [1, 2]
    assert data[spans.start[1] : spans.end[1]] == "\u00a0".encode()


def test_a_limit_looks_at_the_first_lines_only() -> None:
    data = b"1\n2\n\n3\n4"
    assert line_spans(data, 0, 3).line.tolist() == [1, 2]
    assert line_spans(data, 0, 4).line.tolist() == [1, 2, 4]
    assert line_spans(data, 0, 99).line.tolist() == [1, 2, 4, 5]
