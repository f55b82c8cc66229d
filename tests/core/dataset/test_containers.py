"""Rows in one object, and what holds for every container."""

import gzip
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.dataset.packing import LINES, TEXT, opened, records, within
from processes import printed


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


def test_reading_lines_needs_none_of_this(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES)
    show = (
        "import sys; from pathlib import Path; from dataexplore.dataset.opening import open_head;"
        "open_head(Path(sys.argv[1]));"
        "unwanted = {'polars', 'csv', 'lzma', 'tempfile', 'dataexplore.dataset.containers'};"
        "print(sorted(unwanted & set(sys.modules)))"
    )
    assert printed(show, tmp_path / "a.jsonl") == "[]\n"


def test_the_container_is_watched_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    dataset = opened(path, gzip.compress(LINES))
    assert not dataset.source.changed()
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl.gz"]
    path.write_bytes(gzip.compress(LINES[:-1]))
    assert dataset.source.changed()
