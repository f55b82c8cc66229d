"""Several files as one: the same bytes, the same lines, and nothing copied whole."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.dataset.opening import find_format, find_spans
from dataexplore.dataset.several import Joined, joined, joined_path, told
from dataexplore.dataset.source import Source, open_source
from dataexplore.dataset.spans import Spans

NOTHING = Spans(*(np.empty(0, np.int64) for _ in range(3)))


def of_bytes(*parts: bytes) -> Joined:
    sources = [Source(Path(f"{n}.jsonl"), part, 0, len(part), ()) for n, part in enumerate(parts)]
    return Joined(sources, ["jsonl"] * len(parts), NOTHING)


def opened(folder: Path, **files: str | bytes) -> tuple[Source, Spans]:
    sources = []
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        sources.append(open_source(path))
    formats = [find_format(source) for source in sources]
    spans = [find_spans(source, form) for source, form in zip(sources, formats, strict=True)]
    return joined(sources, formats, spans)


def rows(source: Source, spans: Spans) -> list[bytes]:
    return [
        source.data[start:end] for start, end in zip(spans.start.tolist(), spans.end.tolist(), strict=True)
    ]


@given(st.lists(st.binary(max_size=5), min_size=1, max_size=5), st.integers(-3, 30), st.integers(-3, 30))
def test_a_slice_is_what_it_would_be_of_the_whole(parts: list[bytes], begin: int, end: int) -> None:
    data = of_bytes(*parts)
    assert data[begin:end] == b"".join(parts)[begin:end]
    assert len(data) == len(b"".join(parts))


def test_what_lies_in_one_file_is_one_slice_of_it() -> None:
    asked: list[slice] = []

    class Watched(bytes):
        def __getitem__(self, part: slice) -> bytes:  # type: ignore[override]
            asked.append(part)
            return bytes.__getitem__(self, part)

    data = of_bytes(Watched(b"0123"), Watched(b"4567"), Watched(b"89"))
    assert data[5:7] == b"56"
    assert asked == [slice(1, 3)]
    assert data[2:9] == b"2345678"
    with pytest.raises(ValueError, match="forward"):
        data[::2]


def test_rows_keep_their_bytes_and_their_own_lines(tmp_path: Path) -> None:
    source, spans = opened(
        tmp_path,
        a_jsonl='{"a": 1}\n\n  {"a":2}',
        b_json='[\n {"a": 3},\n {"a": 4}]',
        c_csv="a,b\n5,x\n",
        d_jsonl=gzip.compress(b'{"a": 6}\r\n'),
    )
    assert rows(source, spans) == [
        b'{"a": 1}',
        b'{"a":2}',
        b'{"a": 3}',
        b'{"a": 4}',
        b'{"a":5,"b":"x"}',
        b'{"a": 6}',
    ]
    assert spans.line.tolist() == [1, 3, 2, 3, 2, 1]
    assert source.container == "jsonl, json array, csv, gzip jsonl in 4 files"
    data = source.data
    assert isinstance(data, Joined)
    places = [data.place(start) for start in spans.start.tolist()]
    assert [(path.name, line) for path, line in places] == [
        ("a.jsonl", 1), ("a.jsonl", 3), ("b.json", 2), ("b.json", 3), ("c.csv", 2), ("d.jsonl", 1),
    ]  # fmt: skip
    assert data.place(int(spans.end[3]) - 1) == places[3]
    assert data.file_at(len(data) - 1).name == "d.jsonl"
    assert int(spans.end[1]) in data.ends  # it may be cut off: its file ends with it


def test_what_a_file_lacks_is_listed_under_its_name(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b'{"a": %d, "b": "%s"}\n' % (n, b"x" * n) for n in range(50)))
    source, spans = opened(
        tmp_path,
        a_json='[{"a": 1}, {"a": 2}',
        b_json='[{"a": 3}, {"a": 4, "b": ',
        c_csv="a,b\n1,2\n3\n",
        d_gz=packed[: len(packed) - 30],
        e_jsonl='{"a": 5}',
    )
    listed = [(one.line, one.reason) for one in source.damage]
    assert listed[0] == (1, "a.json: cut off at end of file: the array is not closed")
    assert listed[1] == (1, "b.json: cut off at end of file: the array is not closed")
    assert listed[2] == (3, "c.csv: expected 2 fields, got 1")
    assert listed[3][1] == "d.gz: compressed file ends early"
    assert len(listed) == 4
    assert spans.closed
    found = rows(source, spans)
    assert found[:3] == [b'{"a": 1}', b'{"a": 2}', b'{"a": 3}']  # b's torn row is listed, not read
    assert all(json.loads(row) for row in found)
    assert found[-1] == b'{"a": 5}'


def test_what_a_container_flagged_stays_with_its_rows() -> None:
    def flagged(name: str, *lines: int) -> tuple[Source, Spans]:
        data = b"{}\n{}\n"
        flags = {"odd": np.array(lines, np.int64)}
        source = Source(Path(name), data, 0, len(data), (), lines=np.array([1, 2]), flags=flags)
        return source, Spans(np.array([0, 3]), np.array([2, 5]), np.array([1, 2]))

    (first, spans), (second, more) = flagged("a", 1), flagged("b", 0)
    source, _ = joined([first, second], ["parquet", "parquet"], [spans, more])
    assert source.flags["odd"].tolist() == [1, 2]
    assert source.container == "parquet in 2 files"


def test_each_file_is_watched(tmp_path: Path) -> None:
    source, _ = opened(tmp_path, a_jsonl='{"a": 1}', b_jsonl='{"a": 2}')
    assert not source.changed()
    (tmp_path / "b.jsonl").write_text('{"a": 2}\n')
    assert source.changed()


def test_the_name_is_that_of_the_files_in_any_order(tmp_path: Path) -> None:
    a, b, c = (tmp_path / name for name in ("a.jsonl", "b.jsonl", "sub/c.jsonl"))
    assert joined_path([a, b]) == joined_path([b, a])
    assert joined_path([a, b]).parent == tmp_path
    assert joined_path([a, b]).name.startswith("a+1-")
    assert joined_path([a, b]) != joined_path([a, c])
    assert joined_path([c, c.with_name("d.jsonl")]).parent == tmp_path / "sub"
    assert told(["jsonl", "jsonl", "jsonl"]) == "jsonl in 3 files"
