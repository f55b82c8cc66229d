"""How a row reads: every schema has its look, and no row is blank."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from core.dataset.any_record import RECORDS
from dataexplore.dataset.fitting import own_schema
from dataexplore.dataset.schema import Schema, detect_schema
from dataexplore_tui.panes.reading import reading
from tui.driver import opened, write_rows

ASKED = {"role": "user", "content": "ask"}


def text(record: dict[str, Any], schema: Schema | None = None, width: int = 60) -> str:
    lines = reading(record, schema or detect_schema([record]), width)
    assert all(line.cell_len <= width for line in lines)
    return "\n".join(line.plain.rstrip() for line in lines).strip()


def test_fields_with_what_is_missing_null_or_empty() -> None:
    schema = Schema("alpaca", "instruction", "input", "output")
    assert text({"instruction": "sum", "input": "1 2", "output": "3"}, schema) == (
        "instruction\n  sum\n\ninput\n  1 2\n\noutput\n  3"
    )
    assert text({"instruction": "sum", "output": None}, schema) == "instruction\n  sum\n\noutput  null"
    assert text({"output": ""}, schema) == "instruction  missing\noutput  empty"
    assert "[1,2]" in text({"instruction": "sum", "output": [1, 2]}, schema)


def test_history_comes_before_the_prompt() -> None:
    record = {"instruction": "c", "input": "", "output": "d", "history": [["a", "b"]]}
    assert text(record) == (
        "history · user\n  a\n\nhistory · assistant\n  b\n\ninstruction\n  c\n\noutput\n  d"
    )


def test_a_conversation_with_calls_and_observations() -> None:
    call = {"id": "c1", "function": {"name": "weather", "arguments": '{"city": "Oslo", "days": 2}'}}
    record = {
        "messages": [
            ASKED,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "-3"},
            {"role": "assistant", "content": ""},
        ],
        "tools": [{"type": "function", "function": {"name": "weather"}}],
    }
    assert text(record) == (
        "user\n  ask\n\nassistant\n  → weather\n    city: Oslo\n    days: 2\n\n"
        "tool  c1\n  -3\n\nassistant  empty\n\ntools  1: weather"
    )


def test_roles_as_the_file_has_them_and_parts_that_are_no_text() -> None:
    record = {
        "conversations": [
            {"from": "HUMAN", "value": [{"type": "image_url"}]},
            {"from": "bing", "value": "hi"},
            {"from": None, "value": "who"},
        ]
    }
    assert text(record) == "user  HUMAN\n  [image_url]\n\nbing\n  hi\n\nno role\n  who"


def test_turns_that_are_none_are_shown_as_they_are() -> None:
    schema = Schema("messages", turns="messages")
    assert text({"messages": None}, schema) == "messages  null"
    assert text({}, schema) == "messages  missing"
    assert text({"messages": []}, schema) == "messages  no turns"
    assert text({"messages": {"a": 1}}, schema) == 'messages  no list of turns, but object\n  {"a":1}'


def test_a_pair_under_each_other_or_side_by_side() -> None:
    record = {"prompt": "p", "chosen": "good", "rejected": "bad"}
    assert text(record) == "user\n  p\n\n✓ chosen\n  good\n\n✗ rejected\n  bad"
    (line,) = [line for line in text(record, width=120).split("\n") if "good" in line]
    assert line.split("│")[1].strip() == "bad"
    assert "✗ rejected  missing" in text({"prompt": "p", "chosen": "c"}, detect_schema([record]))


def test_a_labelled_answer() -> None:
    record = {"prompt": "p", "completion": "c", "label": False}
    assert text(record).endswith("label  ✗ false: a bad answer")
    schema = detect_schema([record])
    assert text(record | {"label": 3}, schema).endswith("label  no true or false, but number")


def test_a_record_of_no_known_schema_shows_every_field() -> None:
    record = {"title": "t" * 300, "n": 1, "none": None, "deep": {"a": [1]}}
    shown = text(record)
    assert shown.count("t" * 58) == 5
    assert all(name in shown for name in record)
    assert text({}) == "a row without fields"


def test_a_very_long_conversation_says_how_much_more_there_is() -> None:
    record = {"messages": [ASKED | {"content": "x" * 30_000}] * 100}
    shown = text(record)
    assert "10,000 more characters" in shown
    assert shown.endswith("… 95 more turns")


@given(RECORDS, RECORDS)
def test_no_row_is_blank_too_wide_or_raw(record: dict[str, Any], other: dict[str, Any]) -> None:
    for schema in (detect_schema([record]), own_schema(record, detect_schema([other]))):
        for width in (30, 110):
            assert text(record, schema, width)
    hostile = {"\x1b[31m": "\x1b]0;x\x07", "messages": [{"role": "\x1b[2J", "content": "[@click=x]y[/]\x9b"}]}
    assert text(hostile).isprintable() or "\n" in text(hostile)
    assert not any(ord(char) < 32 and char != "\n" for char in text(hostile))


@pytest.mark.parametrize(
    "name", ["14_", "15_", "80_", "81_", "84_", "85_", "88_", "89_", "90_", "91_", "93_"]
)
def test_no_row_of_the_corpus_is_blank(bad_inputs: Path, name: str) -> None:
    path = next(path for path in bad_inputs.iterdir() if path.name.startswith(name))
    records = [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
    schema = detect_schema(records)
    for record in records:
        shown = text(record, own_schema(record, schema))
        assert shown
        assert not any((ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160 for char in shown)


async def test_a_mixed_file_on_the_screen(tmp_path: Path) -> None:
    rows = [
        {"instruction": "first task", "output": "done"},
        {"conversations": [{"from": "human", "value": "hello gpt"}, {"from": "gpt", "value": "hello human"}]},
        {"prompt": "p", "chosen": "better", "rejected": "worse"},
    ]
    async with opened(write_rows(tmp_path / "mixed.jsonl", rows)) as screen:
        await screen.shows("instruction", "first task")
        await screen.press("j")
        await screen.shows("other schema: sharegpt", "user  human", "hello human")
        await screen.press("j")
        await screen.shows("✓ chosen", "✗ rejected", "worse")
