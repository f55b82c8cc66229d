"""A file that is one JSON object: the records that it holds, a row of its own, or nothing that is known."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dataexplore.dataset import holding, spans, wrapped
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import InputRefusedError

ROWS = [{"instruction": f"Q{number}?", "output": f"A{number}é"} for number in range(30)]
Opened = Callable[[object], Dataset]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Write an object, or the bytes of one, and open it."""

    def write_and_open(held: object) -> Dataset:
        path = tmp_path / "a.json"
        path.write_bytes(held if isinstance(held, bytes) else json.dumps(held, ensure_ascii=False).encode())
        return open_dataset(path)

    return write_and_open


def records(dataset: Dataset) -> list[dict[str, Any]]:
    return [dataset.record(row) for row in range(len(dataset))]


def listed(dataset: Dataset) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in dataset.unreadable]


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_no_part_of_it_need_be_in_memory(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, indent: int | None
) -> None:
    for module, names in {spans: ("_BLOCK", "_FIRST"), wrapped: ("_PIECE",), holding: ("_SMALL",)}.items():
        for name in names:
            monkeypatch.setattr(module, name, 300)
    monkeypatch.setattr(holding, "FAR", 1500)
    held = {"version": {"a": ["}", 1]}, "note": "x" * 500, "data": ROWS, "licence": "y"}
    dataset = opened(json.dumps(held, indent=indent).encode())
    assert records(dataset) == ROWS
    assert [reason.split()[0] for _, reason in listed(dataset)] == ["'version'", "'note'", "'licence'"]
    by_name = opened(json.dumps({f"k{n}": row for n, row in enumerate(ROWS)}, indent=indent).encode())
    assert records(by_name) == [{"_id": f"k{n}", **row} for n, row in enumerate(ROWS)]


def test_a_torn_record_in_it_costs_one_row(opened: Opened) -> None:
    for indent in (None, 1):
        data = json.dumps({"v": 1, "data": ROWS, "z": 2}, indent=indent).encode()
        dataset = opened(data.replace(b'"A3', b"A3", 1))
        assert records(dataset) == ROWS[:3] + ROWS[4:]
        assert len(dataset.unreadable) == 3


def test_one_that_is_cut_off_has_the_rows_up_to_there(opened: Opened) -> None:
    data = json.dumps({"data": ROWS}).encode()
    dataset = opened(data[:-30])
    assert records(dataset) == ROWS[:29]
    assert listed(dataset) == [
        (1, "cut off at end of file: the list of records is not closed"),
        (1, "cut off: the object is not closed"),
    ]


def test_what_follows_it_is_listed(opened: Opened) -> None:
    data = b'{"data": [{"text": "a"}, {"text": "b"}], oops}'
    assert listed(opened(data))[-1][1] == "what follows is no member of the object and is in no row"


def test_a_reply_of_the_hub_holds_rows_in_rows(opened: Opened) -> None:
    rows = [{"premise": "p", "label": number} for number in range(3)]
    reply = {
        "features": [{"name": "premise"}],
        "rows": [
            {"row_idx": number, "row": row, "truncated_cells": ["premise"] if number == 2 else []}
            for number, row in enumerate(rows)
        ],
        "num_rows_total": 3,
    }
    dataset = opened(reply)
    assert records(dataset) == rows
    assert dataset.raw(0) == b'{"premise": "p", "label": 0}'
    assert [reason for _, reason in listed(dataset)] == [
        "'features' stands beside the records and is in no row",
        '"row_idx", "truncated_cells" stand beside each record and are in no row',
        "the server cut cells of this row short",
        "'num_rows_total' stands beside the records and is in no row",
    ]


@pytest.mark.parametrize(
    "held",
    [
        {"columns": ["a", "b"], "index": [0, 1], "data": [[1, 2], [3, 4]]},
        {"instruction": {"0": "a", "1": "b"}, "output": {"0": "c", "1": "d"}},
        {"instruction": ["a", "b"], "output": ["c", "d"]},
    ],
)
def test_a_table_by_columns_is_refused_with_the_remedy(opened: Opened, held: object) -> None:
    with pytest.raises(
        InputRefusedError, match=r"is a table by columns \(orient=.*orient='records', lines=True"
    ):
        opened(held)


def test_lists_under_a_usual_name_and_objects_alike_are_records_whatever_their_fields(opened: Opened) -> None:
    unknown = [{"premise": "a", "n": 1}, {"premise": "b", "n": 2}]
    assert records(opened({"schema": {}, "data": unknown})) == unknown
    assert records(opened({"x": unknown[0], "y": unknown[1]})) == [
        {"_id": "x", **unknown[0]},
        {"_id": "y", **unknown[1]},
    ]


@pytest.mark.parametrize(
    ("held", "fields"),
    [
        ({"error": "not found"}, "'error'"),
        ({"error": {"message": "m"}, "code": 1}, "'error', 'code'"),
        ({"train": {"rate": 0.1}}, "'train'"),
        ({"a": 1, "rows": [{"b": 2}, 3]}, "'a', 'rows'"),
        ({}, "nothing"),
    ],
)
def test_an_object_that_is_no_row_is_refused_naming_its_fields(
    opened: Opened, held: object, fields: str
) -> None:
    with pytest.raises(InputRefusedError) as refused:
        opened(held)
    assert f"is one JSON object with {fields} in it" in str(refused.value)
    assert "--map prompt=FIELD" in str(refused.value)


def test_a_row_alone_is_a_row(opened: Opened, tmp_path: Path) -> None:
    for row in (
        {"instruction": "i", "output": "o"},
        {"text": "t"},
        {"prompt": "p", "other": {"a": 1}},
        {"a": 1},
        {"row": 5, "vector": [1, 2]},
        {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]},
    ):
        assert records(opened(row)) == [row]
    assert records(opened([{"a": 1}])) == [{"a": 1}]
    path = tmp_path / "a.json"
    path.write_text('{"a": "x", "b": {}}')
    assert len(open_dataset(path, mapping={"prompt": "a"})) == 1
    other = tmp_path / "b.jsonl"
    other.write_text('{"a": "y"}\n{"a": "z"}\n')
    assert len(open_dataset([other, path])) == 3
