"""What a record means: schema, turns, prompt and response, and what is odd about it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.schema import detect_schema
from dataexplore.dataset.turns import Turn


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[list[Any]], Dataset]:
    def write_and_open(records: list[Any]) -> Dataset:
        path = tmp_path / "any.jsonl"
        path.write_text("\n".join(json.dumps(record) for record in records))
        return open_dataset(path)

    return write_and_open


def test_alpaca(opened: Callable[[list[Any]], Dataset]) -> None:
    dataset = opened(
        [
            {"instruction": "sum", "input": "1 2", "output": "3"},
            {"instruction": "say", "input": "", "output": "é🦊"},
            {"output": "only", "instruction": "late", "input": None, "system": "you"},
        ]
    )
    assert dataset.schema.kind == "alpaca"
    assert dataset.prompts.to_list() == ["sum\n1 2", "say", "late"]
    assert dataset.responses.to_list() == ["3", "é🦊", "only"]
    assert dataset.response_chars.tolist() == [1, 2, 4]
    assert dataset.tokens.tolist() == [2, 3, 2]
    assert dataset.turns(0) == [Turn("user", "sum\n1 2"), Turn("assistant", "3")]


@pytest.mark.parametrize(
    ("field", "role", "text", "human", "model"),
    [
        ("messages", "role", "content", "user", "assistant"),
        ("conversations", "from", "value", "human", "gpt"),
    ],
)
def test_turns(
    opened: Callable[[list[Any]], Dataset], field: str, role: str, text: str, human: str, model: str
) -> None:
    said = [(human, "a"), (model, "b"), (human, "c"), (model, "d")]
    dataset = opened(
        [{field: [{role: who, text: what} for who, what in said]}, {field: []}, {field: "no list"}, {}]
    )
    assert dataset.schema.turns == field
    assert dataset.prompts.to_list() == ["a\n\nc", "", "", ""]
    assert dataset.responses[0] == "b\n\nd"
    assert [turn.role for turn in dataset.turns(0)] == ["user", "assistant", "user", "assistant"]
    assert dataset.problems[f"{field} is not a list (text)"].tolist() == [2]
    assert dataset.problems[f"missing {field}"].tolist() == [3]


def test_the_schema_is_that_of_most_records() -> None:
    alpaca, chat = {"instruction": "i", "output": "o"}, {"messages": [{"role": "user", "content": "c"}]}
    assert detect_schema([chat, alpaca, alpaca]).kind == "alpaca"
    assert detect_schema([{"text": "t"}]).kind == "text"
    assert detect_schema([{"foo": 1}]).kind == "unknown"
    assert detect_schema([{}]).kind == "unknown"


def test_problems_are_named_and_numbered(opened: Callable[[list[Any]], Dataset]) -> None:
    good = {"instruction": "i", "input": "", "output": "o"}
    dataset = opened(
        [
            good,
            good | {"output": " \n"},
            good | {"output": None},
            {"instruction": "i"},
            good | {"output": 5},
            good | {"input": ["x"]},
            good | {"output": "a\x1b[31m"},
            good | {"instruction": "a\u200bb"},
            good | {"output": "a\r\nb, 👩\u200d👩 and ❤\ufe0f are text"},
            good | {"output": "a\rb"},
            good | {"id": 2**70},
            good | {"instruction": " "},
        ]
    )
    assert {name: rows.tolist() for name, rows in dataset.problems.items()} == {
        "missing output": [3],
        "null output": [2],
        "output is not text (number)": [4],
        "input is not text (list)": [5],
        "empty response": [1, 2, 3],
        "empty prompt": [11],
        "control characters": [6, 9],
        "invisible characters": [7],
        "number out of range": [10],
    }


def test_a_field_named_twice_is_flagged(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"instruction":"a","output":"b"}\n'
        b'{"instruction":"a","output":"first","output":"last"}\n'
        b'{"instruction":"the word \\"output\\"","output":"output"}\n'
        b'{"instruction":"a","output":"b","more":{"output":1}}\n'
    )
    dataset = open_dataset(path)
    assert dataset.problems["repeated field"].tolist() == [1]
    assert dataset.record(1)["output"] == "last"


def test_a_call_of_a_tool_is_an_answer(opened: Callable[[list[Any]], Dataset]) -> None:
    asked = {"role": "user", "content": "weather?"}
    dataset = opened(
        [
            {"messages": [asked, {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}]},
            {"messages": [asked, {"role": "assistant", "content": None}]},
        ]
    )
    assert dataset.problems["empty response"].tolist() == [1]


def test_a_side_that_the_data_does_not_have_is_not_missed(opened: Callable[[list[Any]], Dataset]) -> None:
    assert opened([{"text": "only text"}, {"text": "more"}]).problems == {}
    assert opened([{"row": 1, "score": 2.0}, {"row": 2, "score": None}]).problems == {}


def test_records_without_fields(opened: Callable[[list[Any]], Dataset]) -> None:
    dataset = opened([{}, {}])
    assert len(dataset) == 2
    assert dataset.prompts.to_list() == ["", ""]


def test_alpaca_has_its_known_counts(real: Callable[[str], Path]) -> None:
    dataset = open_dataset(real("alpaca.jsonl"))
    assert len(dataset) == 52_002
    assert not dataset.unreadable
    assert len(dataset.problems["empty response"]) == 28
    assert dataset.frame["input"].eq("").sum() == 31_323
    assert len(set(dataset.keys.tolist())) == 52_002


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("lima.json", 1029),
        ("alpaca_zh_1000.json", 1000),
        ("sharegpt_toolcall_300.json", 300),
        ("dpo_300.json", 300),
        ("test_prompts_730.jsonl", 730),
    ],
)
def test_real_files_open_whole(real: Callable[[str], Path], name: str, rows: int) -> None:
    path = real(name)
    dataset = open_dataset(path)
    assert len(dataset) == rows
    assert not dataset.unreadable
    data = path.read_bytes()
    records = (
        json.loads(data)
        if name.endswith(".json")
        else [json.loads(line) for line in data.split(b"\n") if line]
    )
    assert [dataset.record(row) for row in range(rows)] == records
