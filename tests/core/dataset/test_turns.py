"""What is said in a record, turn by turn, in every shape that files have."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dataset.any_record import RECORDS
from dataexplore.dataset.schema import Schema, detect_schema
from dataexplore.dataset.turns import (
    Pair,
    Turn,
    call_parts,
    call_text,
    pair_of,
    prompt_of,
    response_of,
    turns,
)

Q, A = Turn("user", "q"), Turn("assistant", "a")
ASKED, ANSWERED = {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}


def said(record: dict[str, Any]) -> list[Turn]:
    return turns(record, detect_schema([record]))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"instruction": "q", "output": "a"}, [Q, A]),
        (
            {"question": "q", "context": "c", "answer": "a", "system": "s"},
            [Turn("system", "s"), Turn("user", "q\nc"), A],
        ),
        ({"instruction": "", "input": "only", "output": "a"}, [Turn("user", "only"), A]),
        (
            {"instruction": "q", "input": "", "output": "a", "history": [["q1", "a1"], ["q2", "a2"]]},
            [Turn("user", "q1"), Turn("assistant", "a1"), Turn("user", "q2"), Turn("assistant", "a2"), Q, A],
        ),
        ({"instruction": "q", "output": "a", "history": None}, [Q, A]),
        ({"prompt": "q", "completion": "a"}, [Q, A]),
        ({"prompt": [ASKED], "completion": [ANSWERED]}, [Q, A]),
        ({"prompt": [ASKED], "completion": ANSWERED}, [Q, A]),
        ({"prompt": "q", "completion": "a", "label": False}, [Q, A]),
        ({"messages": [ASKED, ANSWERED]}, [Q, A]),
        ({"conversations": ["q", "a", "q"]}, [Q, A, Q]),
        (
            {
                "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}],
                "system": "s",
            },
            [Turn("system", "s"), Turn("user", "q", "human"), Turn("assistant", "a", "gpt")],
        ),
        ({"text": "t"}, [Turn("assistant", "t")]),
        ({"title": "t", "n": 2}, [Turn("user", "t")]),
        ({"n": 2}, [Turn("user", "2")]),
        ({}, []),
    ],
)
def test_each_shape(record: dict[str, Any], expected: list[Turn]) -> None:
    assert said(record) == expected


def test_tool_calls_and_answers_of_openai() -> None:
    record = {
        "messages": [
            ASKED,
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c1", "content": "1"},
            {"role": "assistant", "content": "", "function_call": {"name": "g", "arguments": "{bad"}},
            {"role": "function", "name": "g", "content": "2"},
        ]
    }
    asked, calls, answer, again, function = said(record)
    assert asked == Q
    assert calls == Turn("assistant", "", calls=(CALL,))
    assert answer == Turn("tool", "1", call_id="c1")
    assert again.calls == ({"name": "g", "arguments": "{bad"},)
    assert function == Turn("tool", "2", "function", "g")
    assert calls.spoken == '{"name":"f","arguments":{"x":1}}'
    assert call_parts(again.calls[0]) == ("g", "{bad")


def test_tool_calls_and_observations_of_sharegpt() -> None:
    call = '{"name": "f", "arguments": {"x": 1}}'
    record = {
        "conversations": [
            {"from": "human", "value": "q"},
            {"from": "function_call", "value": call},
            {"from": "observation", "value": "1"},
            {"from": "gpt", "value": "a"},
        ]
    }
    found = said(record)
    assert found[1] == Turn("assistant", "", "function_call", calls=(call,))
    assert found[2] == Turn("tool", "1", "observation")
    assert prompt_of(found) == "q"
    assert response_of(found) == f"{call}\n\na"
    assert call_parts(call) == ("f", {"x": 1})
    assert call_text("no call") == "no call"


def test_parts_of_content() -> None:
    parts = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "x"}}, "here", 5]
    (turn,) = said({"messages": [{"role": "user", "content": parts}]})
    assert turn == Turn("user", "look\n[image_url]\nhere\n[number]", parts=("image_url", "number"))
    (odd,) = said({"messages": [{"role": "user", "content": {"a": 1}}]})
    assert odd == Turn("user", '{"a":1}', parts=("object",))


def test_roles_are_read_in_any_case_and_unknown_ones_stay() -> None:
    words = ["HUMAN", "Assistant", "bing", None, "developer"]
    found = said({"conversations": [{"from": word, "value": "x"} for word in words]})
    assert [turn.role for turn in found] == ["user", "assistant", "bing", "", "system"]
    assert [turn.said_as for turn in found] == ["HUMAN", "Assistant", "", "", "developer"]


def test_all_that_is_asked_and_all_that_is_answered() -> None:
    talk = [Turn("system", "s"), Q, A, Turn("tool", "t"), Turn("user", "q2"), Turn("assistant", "a2")]
    assert prompt_of(talk) == "q\n\nq2"
    assert response_of(talk) == "a\n\na2"
    assert prompt_of([Turn("narrator", "n"), A]) == "n"
    assert (prompt_of([]), response_of([])) == ("", "")


@pytest.mark.parametrize(
    ("record", "pair"),
    [
        (
            {"prompt": "q", "chosen": "a", "rejected": "b"},
            Pair([Q], [A], [Turn("assistant", "b")]),
        ),
        (
            {"chosen": [ASKED, ANSWERED], "rejected": [ASKED, {"role": "assistant", "content": "b"}]},
            Pair([Q], [A], [Turn("assistant", "b")]),
        ),
        (
            {"prompt": "other", "chosen": [ASKED, ANSWERED], "rejected": [ASKED, ANSWERED]},
            Pair([Q], [A], [A]),
        ),
        (
            {
                "conversations": [{"from": "human", "value": "q"}],
                "chosen": {"from": "gpt", "value": "a"},
                "rejected": {"from": "gpt", "value": "b"},
            },
            Pair(
                [Turn("user", "q", "human")], [Turn("assistant", "a", "gpt")], [Turn("assistant", "b", "gpt")]
            ),
        ),
        (
            {"prompt": [ASKED], "chosen": [ANSWERED], "rejected": []},
            Pair([Q], [A], [Turn("assistant", "")]),
        ),
        ({"chosen": [ASKED, ANSWERED], "rejected": "b"}, Pair([Q], [A], [Turn("assistant", "b")])),
    ],
)
def test_a_pair_and_what_both_answer(record: dict[str, Any], pair: Pair) -> None:
    schema = detect_schema([record])
    assert pair_of(record, schema) == pair
    assert turns(record, schema) == [*pair.context, *pair.chosen]


@given(RECORDS, RECORDS)
def test_any_record_is_read_by_any_schema(record: dict[str, Any], other: dict[str, Any]) -> None:
    for schema in (detect_schema([record]), detect_schema([other]), Schema("unknown")):
        found = turns(record, schema)
        assert all(isinstance(turn.text, str) and isinstance(turn.role, str) for turn in found)
        assert isinstance(prompt_of(found) + response_of(found), str)
        if schema.rejected:
            pair_of(record, schema)


@given(st.lists(st.tuples(st.sampled_from(["user", "assistant", "system", "tool"]), st.text()), max_size=6))
def test_turns_are_what_the_file_says(talk: list[tuple[str, str]]) -> None:
    openai = {"messages": [{"role": role, "content": text} for role, text in talk]}
    sharegpt = {"conversations": [{"from": role, "value": text} for role, text in talk]}
    assert said(openai) == said(sharegpt) == [Turn(role, text) for role, text in talk]
