"""Rows in another schema: the stated mapping, and what a target cannot hold."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.selection.chats import Row, told, written
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import ExportError
from dataexplore.selection.convert.conversion import Conversion, Converted
from dataexplore.selection.convert.report import Report
from dataexplore.selection.convert.roles import parse_roles
from dataexplore.selection.export import export_all
from dataexplore.selection.writing import Wishes

ALPACA = {"instruction": "Add.", "input": "1 and 2", "output": "3", "id": 7}
TALK = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "Bye"},
        {"role": "assistant", "content": "Goodbye"},
    ]
}
CALL = {"name": "f", "arguments": {"city": "Oslo"}}
TOOLS = {
    "messages": [
        {"role": "user", "content": "weather?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": CALL | {"arguments": '{"city": "Oslo"}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "-3"},
        {"role": "assistant", "content": "Cold."},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
}
PAIR = {
    "conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "q"}],
    "chosen": {"from": "gpt", "value": "good"},
    "rejected": {"from": "gpt", "value": "bad"},
}


def talking(value: str, tools: str = "") -> Row:
    """Return a ShareGPT row with a call."""
    said = [{"from": "human", "value": "q"}, {"from": "function_call", "value": value}]
    return {"conversations": said} | ({"tools": tools} if tools else {})


def turned(tmp_path: Path, row: Row, to: str, **asked: Any) -> Row:
    """Return one row as a target has it."""
    source = written(tmp_path / "a.jsonl", [row])
    export_all(source, tmp_path / "b.jsonl", Wishes(Conversion(to, **asked)))
    found: Row = json.loads((tmp_path / "b.jsonl").read_bytes())
    return found


def reported(tmp_path: Path, rows: list[Row], to: str, **asked: Any) -> Report:
    source = written(tmp_path / "a.jsonl", rows)
    return Converted(source, np.arange(len(source)), Conversion(to, **asked)).report


@pytest.mark.parametrize(
    ("row", "to", "becomes"),
    [
        (
            ALPACA,
            "sharegpt",
            {
                "conversations": [
                    {"from": "human", "value": "Add.\n1 and 2"},
                    {"from": "gpt", "value": "3"},
                ],
                "id": 7,
            },
        ),
        (
            ALPACA,
            "messages",
            {
                "messages": [
                    {"role": "user", "content": "Add.\n1 and 2"},
                    {"role": "assistant", "content": "3"},
                ],
                "id": 7,
            },
        ),
        (ALPACA, "prompt-completion", {"prompt": "Add.\n1 and 2", "completion": "3", "id": 7}),
        (
            {"question": "q", "answer": "a", "system": "s"},
            "alpaca",
            {"instruction": "q", "input": "", "output": "a", "system": "s"},
        ),
        (
            TALK,
            "alpaca",
            {
                "instruction": "Bye",
                "input": "",
                "output": "Goodbye",
                "system": "Be brief.",
                "history": [["Hi", "Hello"]],
            },
        ),
        (
            TALK,
            "prompt-completion",
            {"prompt": TALK["messages"][:-1], "completion": TALK["messages"][-1:]},
        ),
        (
            TOOLS,
            "sharegpt",
            {
                "conversations": [
                    {"from": "human", "value": "weather?"},
                    {
                        "from": "function_call",
                        "value": '{"name": "f", "arguments": {"city": "Oslo"}, "id": "c1"}',
                    },
                    {"from": "observation", "value": "-3", "tool_call_id": "c1"},
                    {"from": "gpt", "value": "Cold."},
                ],
                "tools": '[{"name": "f", "parameters": {}}]',
            },
        ),
        (
            {
                "conversations": [
                    {"from": "human", "value": "q"},
                    {"from": "function_call", "value": json.dumps(CALL)},
                ],
                "tools": '[{"name": "f"}]',
            },
            "messages",
            {
                "messages": [
                    {"role": "user", "content": "q"},
                    {
                        "role": "assistant",
                        "content": "",
                        "tool_calls": [
                            {"type": "function", "function": {"name": "f", "arguments": '{"city": "Oslo"}'}}
                        ],
                    },
                ],
                "tools": [{"type": "function", "function": {"name": "f"}}],
            },
        ),
    ],
)
def test_the_stated_mapping(tmp_path: Path, row: Row, to: str, becomes: Row) -> None:
    found = turned(tmp_path, row, to)
    assert found == becomes
    assert list(found) == list(becomes), "in this order"


def test_a_row_that_has_the_form_keeps_its_bytes(tmp_path: Path) -> None:
    line = b'{ "instruction":"\\u00e9",  "output":"b", "n":1.50 }\n'
    (tmp_path / "a.jsonl").write_bytes(line)
    export_all(open_dataset(tmp_path / "a.jsonl"), tmp_path / "b.jsonl", Wishes(Conversion("alpaca")))
    assert (tmp_path / "b.jsonl").read_bytes() == line


def test_numbers_of_other_fields_keep_their_digits(tmp_path: Path) -> None:
    line = b'{"instruction":"a","output":"b","n":123456789012345678901234567890,"x":0.10000000000000000001}\n'
    (tmp_path / "a.jsonl").write_bytes(line)
    export_all(open_dataset(tmp_path / "a.jsonl"), tmp_path / "b.jsonl", Wishes(Conversion("messages")))
    assert (
        b'"n":123456789012345678901234567890,"x":0.10000000000000000001}'
        in (tmp_path / "b.jsonl").read_bytes()
    )


DEEP: list[object] = []
for _ in range(300):  # orjson reads 1,024 levels and writes 254
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("row", "to", "reason"),
    [
        (TOOLS, "alpaca", "tool calls"),
        ({"messages": [*TALK["messages"], TALK["messages"][1]]}, "alpaca", "a last turn that is no answer"),
        (
            {"messages": [TALK["messages"][1], *TALK["messages"][1:]]},
            "alpaca",
            "turns that are not question and answer in turn",
        ),
        ({"messages": TALK["messages"][:2]}, "prompt-completion", "a last turn that is no answer"),
        (PAIR, "messages", "the rejected answer of a pair (--chosen-only leaves it out)"),
        ({"text": "plain"}, "messages", "plain text, which has no turns"),
        (
            {"conversations": [{"from": "human", "value": "a"}, {"from": "bing", "value": "b"}]},
            "messages",
            "the unknown role 'bing' (--role bing=assistant says what it is)",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            "sharegpt",
            "a turn that is no text",
        ),
        ({"instruction": "a", "output": 5}, "messages", "a response that is no text"),
        (
            {"messages": TALK["messages"], "prompt": "Hi"},
            "prompt-completion",
            "its field 'prompt' has the name of one of the target's (--leave-out prompt)",
        ),
        (
            {"conversations": [{"from": "function_call", "value": "{bad"}]},
            "messages",
            "a tool call that is no JSON",
        ),
        (
            {"messages": [{"role": "user", "content": "a", "weight": 0}, TALK["messages"][2]]},
            "alpaca",
            "fields in its turns (weight)",
        ),
        (
            {"messages": [TALK["messages"][1], TOOLS["messages"][1] | {"content": "let me see"}]},
            "sharegpt",
            "text beside a tool call in one turn",
        ),
        ({"instruction": "a", "output": "b", "history": ["x"]}, "messages", "a history that is not pairs"),
        ({"instruction": "a", "output": "b", "deep": DEEP}, "messages", "nesting too deep to be written"),
    ],
)
def test_what_a_target_cannot_hold_is_named(tmp_path: Path, row: Row, to: str, reason: str) -> None:
    report = reported(tmp_path, [row, {"instruction": "a", "output": "b"}], to)
    assert (report.fit, report.unfit) == (1, 1)
    (found, *_) = (one for one in report.reasons.values() if one.words.startswith(reason))
    assert (found.rows, found.first) == (1, [0])
    assert reason in report.sentence


def test_what_is_written_in_another_way_is_named(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"instruction": "a", "input": "b", "output": "c"},
        {"instruction": "a", "input": "", "output": None},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
        {"prompt": "a", "completion": "b", "label": False},
    ]
    notes = reported(tmp_path, rows, "sharegpt").notes
    assert {words: one.first for words, one in notes.items()} == {
        "instruction and input joined by a line end": [0],
        "a missing response becomes an empty one": [1],
        "parts of a turn joined by line ends": [2],
        "its label, which tells good answers from bad ones, becomes a field beside": [3],
    }


def test_tool_definitions_are_text_in_a_column(tmp_path: Path) -> None:
    source = written(
        tmp_path / "a.jsonl", [TOOLS, TOOLS | {"tools": [{"name": "g", "parameters": {"a": 1}}]}]
    )
    for to in ("messages", "sharegpt", "prompt-completion"):
        done = export_all(source, tmp_path / "b.parquet", Wishes(Conversion(to)))
        again = open_dataset(done.out)
        assert told(again) == told(source)
        tools = [json.loads(str(again.record(row)["tools"])) for row in (0, 1)]
        assert tools == [[{"name": "f", "parameters": {}}], [{"name": "g", "parameters": {"a": 1}}]]


def test_a_person_can_say_what_to_do_with_them(tmp_path: Path) -> None:
    row = {"conversations": [{"from": "human", "value": "a"}, {"from": "bing", "value": "b"}]}
    found = turned(tmp_path, row, "sharegpt", roles=parse_roles(["bing=assistant"]))
    assert found == {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
    found = turned(tmp_path, PAIR, "messages", chosen_only=True)
    assert [turn["content"] for turn in found["messages"]] == ["s", "q", "good"]
    row = {"messages": TALK["messages"][1:3], "prompt": "Hi", "n": 1}
    found = turned(tmp_path, row, "prompt-completion", leave_out=("prompt",))
    assert found == {"prompt": "Hi", "completion": "Hello", "n": 1}
    with pytest.raises(ExportError, match="say WORD=ROLE"):
        parse_roles(["bing=robot"])


def test_a_pair_whose_answers_hold_the_question(tmp_path: Path) -> None:
    chosen = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "good"}]
    rejected = [chosen[0], {"role": "assistant", "content": "bad"}]
    row = {"prompt": "q", "chosen": chosen, "rejected": rejected, "score_chosen": 9.0}
    found = turned(tmp_path, row, "messages", chosen_only=True)
    assert found == {"messages": chosen, "prompt": "q", "score_chosen": 9.0}


def test_unfit_rows_stop_everything_unless_they_may_be_left_out(tmp_path: Path) -> None:
    source = written(tmp_path / "a.jsonl", [ALPACA, TOOLS, {"text": "x"}, ALPACA])
    out = tmp_path / "out" / "b.jsonl"
    with pytest.raises(ExportError) as refused:
        export_all(source, out, Wishes(Conversion("alpaca")))
    assert str(refused.value).startswith(f"{out}: not written: alpaca cannot hold 2 of 4 rows: ")
    assert str(refused.value).endswith("--skip-unfit leaves them out and lists them")
    assert not out.parent.exists()
    done = export_all(source, out, Wishes(Conversion("alpaca"), skip_unfit=True))
    assert done.rows == len(out.read_bytes().splitlines()) == 2
    assert done.written.unfit_out == out.with_name("b.jsonl.unfit.jsonl")
    unfit = [json.loads(line) for line in done.written.unfit_out.read_bytes().splitlines()]
    assert [(one["row"], one["record"]) for one in unfit] == [(1, TOOLS), (2, {"text": "x"})]
    assert unfit[1]["reasons"] == ["plain text, which has no turns"]


def test_every_row_gets_the_fields_that_one_of_them_needs(tmp_path: Path) -> None:
    source = written(tmp_path / "a.jsonl", [{"question": "q", "answer": "a"}, TALK])
    export_all(source, tmp_path / "b.jsonl", Wishes(Conversion("alpaca")))
    first, second = map(json.loads, (tmp_path / "b.jsonl").read_bytes().splitlines())
    assert list(first) == list(second) == ["instruction", "input", "output", "system", "history"]
    assert (first["system"], first["history"]) == ("", [])


def test_an_array_of_its_own_and_a_table(tmp_path: Path) -> None:
    source = written(tmp_path / "a.jsonl", [ALPACA, ALPACA | {"id": 8}])
    done = export_all(source, tmp_path / "b.json", Wishes(Conversion("prompt-completion")))
    assert (done.format, json.loads(done.out.read_bytes())[1]["id"]) == ("json array", 8)
    done = export_all(source, tmp_path / "b.csv", Wishes(Conversion("prompt-completion")))
    assert done.out.read_text() == 'prompt,completion,id\n"Add.\n1 and 2",3,7\n"Add.\n1 and 2",3,8\n'
    with pytest.raises(ExportError, match=r"row 1 has a list in 'messages'.*write \.parquet or \.jsonl"):
        export_all(source, tmp_path / "c.csv", Wishes(Conversion("messages")))


@pytest.mark.parametrize("to", ["sharegpt", "messages", "prompt-completion"])
@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_real_rows_say_the_same_in_every_target(
    real: Callable[[str], Path], tmp_path: Path, to: str, ending: str
) -> None:
    for name in ("lima.json", "alpaca_zh_1000.json", "sharegpt_toolcall_300.json"):
        source = open_dataset(real(name))
        done = export_all(source, tmp_path / f"b.{ending}", Wishes(Conversion(to)))
        assert told(open_dataset(done.out)) == told(source)


def test_real_rows_with_tools_and_pairs(real: Callable[[str], Path], tmp_path: Path) -> None:
    source = open_dataset(real("sharegpt_toolcall_300.json"))
    report = Converted(source, np.arange(300), Conversion("alpaca")).report
    assert (report.fit, report.unfit) == (147, 153)
    assert {one.words: one.rows for one in report.reasons.values()} == {
        "tool calls": 153,
        "tool answers": 153,
    }
    export_all(source, tmp_path / "m.parquet", Wishes(Conversion("messages")))
    export_all(open_dataset(tmp_path / "m.parquet"), tmp_path / "s.jsonl", Wishes(Conversion("sharegpt")))
    assert told(open_dataset(tmp_path / "s.jsonl")) == told(source)
    pairs = open_dataset(real("dpo_300.json"))
    assert Converted(pairs, np.arange(300), Conversion("messages")).report.unfit == 300
    done = export_all(pairs, tmp_path / "d.jsonl", Wishes(Conversion("messages", chosen_only=True)))
    assert done.rows == 300
    assert told(open_dataset(done.out)) == told(pairs), "of a pair the chosen answer is read"


@pytest.mark.parametrize(
    ("value", "arguments"),
    [
        ('{"name": "f", "arguments": {"city": "Oslo", "n": 1.50}}', '{"city": "Oslo", "n": 1.50}'),
        ('{"name":"f","arguments":{"city":"Oslo"}}', '{"city":"Oslo"}'),
        ('{"name": "f", "arguments": {"a": 1, "a": 2}}', '{"a": 1, "a": 2}'),
        ('{"name": "f", "arguments": {}}', "{}"),
    ],
)
def test_arguments_of_calls_keep_their_spelling_there_and_back(
    tmp_path: Path, value: str, arguments: str
) -> None:
    assert not reported(tmp_path, [talking(value)], "messages").notes
    there = turned(tmp_path, talking(value), "messages")
    assert there["messages"][1]["tool_calls"][0]["function"]["arguments"] == arguments
    assert turned(tmp_path, there, "sharegpt") == talking(value)


def test_what_is_spelled_in_another_way_is_reported(tmp_path: Path) -> None:
    tools = '[{"type": "function", "function": {"name":"f"}}]'
    rows = [talking('{"arguments": {"a": 1}, "name": "f"}'), talking('{"name": "f", "arguments": {}}', tools)]
    notes = reported(tmp_path, rows, "messages").notes
    assert {one.words: one.first for one in notes.values()} == {
        "the spelling of a tool call's JSON": [0],
        "the spelling of tool definitions' JSON": [1],
    }
    objects = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "tool_calls": [
        {"type": "function", "function": {"name": "f", "arguments": {"a": 1}}}
    ]}]}  # fmt: skip
    (note,) = reported(tmp_path, [objects], "sharegpt").notes.values()
    assert note.words == "tool calls get OpenAI's form: a type, arguments as text"


def test_a_call_that_names_a_field_twice_is_unfit(tmp_path: Path) -> None:
    report = reported(tmp_path, [talking('{"name": "f", "name": "g", "arguments": {}}')], "messages")
    assert list(report.reasons) == ["a tool call that names a field twice"]
