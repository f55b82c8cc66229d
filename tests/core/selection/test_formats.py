"""Containers leave as lines of JSON, compressed as they came, or as the table that the name asks for."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import load, open_dataset
from dataexplore.dataset.opening import open_head
from dataexplore.errors import ExportError
from dataexplore.journal.decision import DROP
from dataexplore.selection.export import write_rows
from dataexplore.session.session import Session

LINES = b'{"text": "a", "n": 1.50}\n{"text":"b\\u00e9","n":2}\r\n{"n": 3, "text": "c"}\n'
# Words, because a column of digits is one of numbers when it is read again.
# Without control characters: a file full of them is refused as binary.
TEXT = st.lists(
    st.sampled_from(['"', ",", "\t", "\n", "\r", "\r\n", " "])
    | st.characters(codec="utf-8", exclude_categories=["Cc"]),
    max_size=5,
).map(lambda parts: "t" + "".join(parts))
FLAT = st.fixed_dictionaries(
    {
        "instruction": TEXT,
        "output": TEXT,
        "score": st.integers(-(10**14), 10**14),
        "good": st.booleans(),
    }
)


def records(dataset: Dataset) -> list[dict[str, Any]]:
    return [dataset.record(row) for row in range(len(dataset))]


def written(path: Path, data: bytes) -> Dataset:
    path.write_bytes(data)
    return open_dataset(path)


def everything(dataset: Dataset, out: Path) -> bytes:
    write_rows(dataset, np.arange(len(dataset)), out)
    return out.read_bytes()


def test_compressed_lines_leave_as_they_came(tmp_path: Path) -> None:
    dataset = written(tmp_path / "a.jsonl.gz", gzip.compress(LINES))
    assert everything(dataset, tmp_path / "out.jsonl") == LINES
    again = everything(dataset, tmp_path / "out.jsonl.gz")
    assert gzip.decompress(again) == LINES
    assert everything(dataset, tmp_path / "out.jsonl.gz") == again
    for suffix in ("bz2", "xz"):
        everything(dataset, tmp_path / f"out.{suffix}")
        assert open_dataset(tmp_path / f"out.{suffix}").keys.tolist() == dataset.keys.tolist()


def test_zstd(tmp_path: Path) -> None:
    dataset = written(tmp_path / "a.jsonl", LINES)
    try:
        everything(dataset, tmp_path / "out.jsonl.zst")
    except ExportError as error:
        assert "zstd needs the module" in str(error)  # noqa: PT017 # it depends on the machine
        assert not (tmp_path / "out.jsonl.zst").exists()
        return
    assert open_dataset(tmp_path / "out.jsonl.zst").keys.tolist() == dataset.keys.tolist()


@pytest.mark.parametrize(
    ("name", "packed", "out"),
    [
        ("a.jsonl.gz", True, "a.jsonl.gz"),
        ("a.jsonl", True, "a.jsonl"),
        ("a.csv", False, "a.jsonl"),
        ("a.csv.gz", True, "a.jsonl"),
    ],
)
def test_into_a_folder(tmp_path: Path, name: str, packed: bool, out: str) -> None:
    data = b"text,n\na,1\nb,2\n" if "csv" in name else LINES
    (tmp_path / name).write_bytes(gzip.compress(data) if packed else data)
    (tmp_path / "to").mkdir()
    session = Session.open(tmp_path / name, tmp_path / "w")
    session.decide(np.array([0]), DROP, "x")
    done = session.export(tmp_path / "to")
    assert done.out == tmp_path / "to" / out
    assert done.format == ("gzip jsonl" if out.endswith("gz") else "jsonl")
    again = open_dataset(done.out)
    assert records(again) == records(session.dataset)[1:]
    assert json.loads(done.dropped_out.read_bytes())["record"] == session.dataset.record(0)
    session.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(FLAT, min_size=1, max_size=5),
    name=st.sampled_from(["b.csv", "b.tsv", "b.parquet", "b.arrow", "b.csv.gz", "b.jsonl.xz"]),
)
def test_flat_rows_go_into_tables_and_back(tmp_path: Path, rows: list[dict[str, Any]], name: str) -> None:
    dataset = written(tmp_path / "a.jsonl", b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    everything(dataset, tmp_path / name)
    back = open_dataset(tmp_path / name)
    as_text = {True: "true", False: "false"}
    if ".csv" in name or ".tsv" in name:
        rows = [row | {"good": as_text[row["good"]]} for row in rows]
    assert records(back) == rows
    assert not back.unreadable
    everything(back, tmp_path / "c.jsonl")
    assert open_dataset(tmp_path / "c.jsonl").keys.tolist() == back.keys.tolist()


def test_missing_and_null_cells_are_empty(tmp_path: Path) -> None:
    dataset = written(tmp_path / "a.jsonl", b'{"text":"a"}\n{"text":null,"n":1}\n{"late":true,"text":""}\n')
    assert everything(dataset, tmp_path / "b.csv") == b"text,n,late\na,,\n,1,\n,,true\n"
    everything(dataset, tmp_path / "b.parquet")
    frame = pl.read_parquet(tmp_path / "b.parquet")
    assert frame.to_dict(as_series=False) == {
        "text": ["a", None, ""],
        "n": [None, 1, None],
        "late": [None, None, True],
    }
    one = written(tmp_path / "c.jsonl", b'{"text":"a"}\n{"text":""}\n')
    assert everything(one, tmp_path / "c.csv") == b'text\na\n""\n'


@pytest.mark.parametrize(
    ("line", "name", "reason"),
    [
        (b'{"text":"a","turns":[]}', "b.csv", "row 2 has a list in 'turns'"),
        (b'{"text":"a","meta":{}}', "b.csv", "row 2 has an object in 'meta'"),
        (b'{"text":"a","meta":{}}', "b.parquet", "the values of 'meta' are objects without any key"),
        (b'{"text":"a","meta":[1,"a"]}', "b.parquet", "the values of 'meta' are of several kinds"),
        (b'{"text":"a","n":12345678901234567890}', "b.parquet", "numbers too long"),
        (b'{"text":"a","n":' + b"[" * 900 + b"]" * 900 + b"}", "b.parquet", "'n' are nested too deeply"),
        (b'{"text":1}', "b.parquet", "the values of 'text' are of several kinds"),
        (b'{"text":"a","n":123456789012345678901234567890}', "b.arrow", "numbers too long"),
    ],
)
def test_what_a_table_cannot_hold_is_not_written(tmp_path: Path, line: bytes, name: str, reason: str) -> None:
    more = b'{"text":"b","n":9007199254740993}\n' if "arrow" in name else b""
    dataset = written(tmp_path / "a.jsonl", b'{"text":"x"}\n' + line + b"\n" + more)
    with pytest.raises(ExportError, match=reason):
        everything(dataset, tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl"]


def test_nested_fields_become_columns_of_parquet_and_arrow(tmp_path: Path) -> None:
    rows = [
        {"messages": [{"role": "user", "content": "a"}], "meta": {"n": 1, "tags": []}},
        {"messages": [{"role": "assistant", "content": None, "weight": 0.5}], "meta": None},
        {"messages": [], "meta": {"n": 2.5, "tags": ["x"]}},
    ]
    dataset = written(tmp_path / "a.jsonl", b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    for name in ("b.parquet", "b.arrow"):
        everything(dataset, tmp_path / name)
        again = open_dataset(tmp_path / name)
        assert without_nulls(records(again)) == without_nulls(rows), (
            "a key that is missing is null afterwards"
        )
    frame = pl.read_parquet(tmp_path / "b.parquet")
    turn = pl.Struct({"role": pl.String, "content": pl.String, "weight": pl.Float64})
    assert frame.schema["messages"] == pl.List(turn)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "data",
    [
        b'{"text":"a"}\n{"text":"b"}',
        b'{"text":"a"}\r\n{"text":"b"}\r\n',
        b' {"text":"a"}\t\n  {"text":"b"} \r\n',
        b'{"text":"a"}' + b" " * 200 + b"\n" + b" " * 200 + b'{"text":"b"}' + b" " * 200,
    ],
)
def test_lines_leave_with_the_white_space_and_line_end_they_have(tmp_path: Path, data: bytes) -> None:
    dataset = written(tmp_path / "a.jsonl", data)
    assert everything(dataset, tmp_path / "b.jsonl") == data
    write_rows(dataset, np.array([0]), tmp_path / "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == data[: data.index(b"\n") + 1]


def test_blank_lines_and_a_byte_order_mark_stay_behind(tmp_path: Path) -> None:
    dataset = written(tmp_path / "a.jsonl", b'\xef\xbb\xbf{"text":"a"}\n\n  \n{"text":"b"}')
    assert everything(dataset, tmp_path / "b.jsonl") == b'{"text":"a"}\n{"text":"b"}'


def test_several_files_make_whole_lines(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"text":"a"}\n{"text":"b"}')
    (tmp_path / "b.jsonl").write_bytes(b'\xef\xbb\xbf{"text":"c"}')
    (tmp_path / "c.json").write_bytes(b'[{"text":"d"},\n {"text":\n"e"}]')
    out = tmp_path / "out.jsonl"
    dataset = load(open_head([tmp_path / name for name in ("c.json", "a.jsonl", "b.jsonl")]))
    assert records(open_dataset(tmp_path / "a.jsonl")) == [{"text": "a"}, {"text": "b"}]
    write_rows(dataset, np.arange(len(dataset)), out)
    assert [json.loads(line)["text"] for line in out.read_bytes().splitlines()] == list("deabc")


@pytest.mark.parametrize("name", ["b.csv", "b.parquet", "b.arrow"])
def test_a_table_of_no_rows_and_one_of_no_fields(tmp_path: Path, name: str) -> None:
    dataset = written(tmp_path / "a.jsonl", b'{"text":"a"}\n')
    write_rows(dataset, np.empty(0, np.int64), tmp_path / name)
    if not name.endswith("csv"):
        frame = pl.read_parquet(tmp_path / name) if "parquet" in name else pl.read_ipc(tmp_path / name)
        assert frame.height == 0
    nothing = written(tmp_path / "c.jsonl", b"{}\n{}\n")
    with pytest.raises(ExportError, match="no row has a field"):
        everything(nothing, tmp_path / name)


def test_more_fields_than_columns_on_screen_are_all_written(tmp_path: Path) -> None:
    row = {"text": "t"} | {f"f{place}": place for place in range(300)}
    dataset = written(tmp_path / "a.jsonl", json.dumps(row).encode())
    for name in ("b.parquet", "b.csv"):
        everything(dataset, tmp_path / name)
        assert open_dataset(tmp_path / name).record(0) == row


def test_the_files_of_a_folder_are_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    pl.DataFrame({"text": ["a", "b"]}).write_ipc_stream(folder / "data-00000-of-00001.arrow")
    (folder / "dataset_info.json").write_text("{}")
    session = Session.open(folder, tmp_path / "w")
    with pytest.raises(ExportError, match="is the dataset itself"):
        session.export(folder / "data-00000-of-00001.arrow")
    (tmp_path / "to").mkdir()
    done = session.export(tmp_path / "to")
    assert (done.out.name, done.out.read_bytes()) == ("saved.jsonl", b'{"text":"a"}\n{"text":"b"}\n')
    session.close()
