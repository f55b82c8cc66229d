"""Several files as one: the same bytes, the same lines, and nothing copied whole."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.filebytes import Data
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.several import Joined, joined_path, told
from dataexplore.dataset.source import Source


def of_bytes(*parts: Data) -> Joined:
    sources = [Source(Path(f"{n}.jsonl"), part, 0, len(part), ()) for n, part in enumerate(parts)]
    return Joined(sources)


def opened(folder: Path, **files: str | bytes) -> Dataset:
    paths = []
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    return open_dataset(paths)


def rows(dataset: Dataset) -> list[bytes]:
    return [dataset.raw(row) for row in range(len(dataset))]


@given(st.lists(st.binary(max_size=5), min_size=1, max_size=5), st.integers(-3, 30), st.integers(-3, 30))
def test_a_slice_is_what_it_would_be_of_the_whole(parts: list[bytes], begin: int, end: int) -> None:
    data = of_bytes(*parts)
    assert data[begin:end] == b"".join(parts)[begin:end]
    assert len(data) == len(b"".join(parts))


def test_what_lies_in_one_file_is_one_slice_of_it() -> None:
    asked: list[slice] = []

    class Watched:
        def __init__(self, data: bytes) -> None:
            self._data = data

        def __len__(self) -> int:
            return len(self._data)

        def __getitem__(self, part: slice) -> bytes:
            asked.append(part)
            return self._data[part]

    data = of_bytes(Watched(b"0123"), Watched(b"4567"), Watched(b"89"))
    assert data[5:7] == b"56"
    assert asked == [slice(1, 3)]
    assert data[2:9] == b"2345678"
    with pytest.raises(ValueError, match="forward"):
        data[::2]


def test_rows_keep_their_bytes_and_their_own_lines(tmp_path: Path) -> None:
    dataset = opened(
        tmp_path,
        a_jsonl='{"a": 1}\n\n  {"a":2}',
        b_json='[\n {"a": 3},\n {"a": 4}]',
        c_csv="a,b\n5,x\n",
        d_jsonl=gzip.compress(b'{"a": 6}\r\n'),
    )
    assert rows(dataset) == [
        b'{"a": 1}',
        b'{"a":2}',
        b'{"a": 3}',
        b'{"a": 4}',
        b'{"a":5,"b":"x"}',
        b'{"a": 6}',
    ]
    assert dataset.frame["a"].to_list() == [1, 2, 3, 4, 5, 6]
    assert dataset.spans.line.tolist() == [1, 3, 2, 3, 2, 1]
    assert dataset.format == "jsonl, json array, csv, gzip jsonl in 4 files"
    data = dataset.source.data
    assert isinstance(data, Joined)
    named = [data.file_at(start).name for start in dataset.spans.start.tolist()]
    assert named == ["a.jsonl", "a.jsonl", "b.json", "b.json", "c.csv", "d.jsonl"]
    assert data.file_at(len(data) - 1).name == "d.jsonl"


def test_what_a_file_lacks_is_listed_under_its_name(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b'{"a": %d, "b": "%s"}\n' % (n, b"x" * n) for n in range(50)))
    dataset = opened(
        tmp_path,
        a_json='[{"a": 1}, {"a": 2}',
        b_json='[{"a": 3}, {"a": 4, "b": ',
        c_csv="a,b\n1,2\n3\n",
        d_gz=packed[: len(packed) - 30],
        e_jsonl='{"a": 5}\n{"a": 6}\nno row\n{"a": 7',
    )
    listed = [(one.line, one.reason) for one in dataset.unreadable]
    assert listed[0] == (1, "a.json: cut off at end of file: the array is not closed")
    assert listed[1][0] == 1
    assert listed[1][1].startswith("b.json: cut off: the object is not closed; all up to the end")
    assert listed[2] == (3, "c.csv: expected 2 fields, got 1")
    assert listed[3][1].startswith("d.gz: compressed file ends early")
    assert listed[4][0] == 3
    assert listed[4][1].startswith("e.jsonl: not JSON")
    assert listed[5] == (4, "e.jsonl: cut off at end of file (no newline)")
    assert len(listed) == 6
    found = rows(dataset)
    assert found[:3] == [b'{"a": 1}', b'{"a": 2}', b'{"a": 3}']  # b's torn row is listed, not read
    assert found[-2:] == [b'{"a": 5}', b'{"a": 6}']


def test_what_a_container_flagged_stays_with_its_rows(tmp_path: Path) -> None:
    paths = []
    for name, numbers in (("a", [1.0, float("nan")]), ("b", [float("inf"), 4.0])):
        paths.append(tmp_path / f"{name}.parquet")
        pl.DataFrame({"text": ["x", "y"], "n": numbers}).write_parquet(paths[-1])
    dataset = open_dataset(paths)
    assert dataset.problems["NaN or Infinity read as null"].tolist() == [1, 2]
    assert dataset.format == "parquet in 2 files"


def test_each_file_is_watched(tmp_path: Path) -> None:
    dataset = opened(tmp_path, a_jsonl='{"a": 1}', b_jsonl='{"a": 2}')
    assert not dataset.source.changed()
    (tmp_path / "b.jsonl").write_text('{"a": 2}\n')
    assert dataset.source.changed()


def test_more_files_than_a_process_may_open_by_default(tmp_path: Path) -> None:
    many = {f"part{number:04}_jsonl": f'{{"text": "{number}"}}' for number in range(1500)}
    assert opened(tmp_path, **many).frame["text"].to_list() == [str(number) for number in range(1500)]


def test_the_name_is_that_of_the_files_in_any_order(tmp_path: Path) -> None:
    a, b, c = (tmp_path / name for name in ("a.jsonl", "b.jsonl", "sub/c.jsonl"))
    assert joined_path([a, b]) == joined_path([b, a])
    assert joined_path([a, b]).parent == tmp_path
    assert joined_path([a, b]).name.startswith("a+1-")
    assert joined_path([a, b]) != joined_path([a, c])
    assert joined_path([c, c.with_name("d.jsonl")]).parent == tmp_path / "sub"
    assert told(["jsonl", "jsonl", "jsonl"]) == "jsonl in 3 files"
