"""What is odd about rows is named, counted and never changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dataset.any_record import RECORDS
from dataexplore.dataset.examine import examine, examine_columns
from dataexplore.dataset.problems import merge
from dataexplore.dataset.schema import Schema, detect_schema
from dataexplore.dataset.scores import is_score_name, read_scores
from dataexplore.dataset.whole import whole_problems
from dataexplore.text import visible

GOOD: dict[str, Any] = {"instruction": "i", "input": "", "output": "o"}
ALPACA = Schema("alpaca", "instruction", "input", "output")


def talk(*turns: tuple[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


def flags(record: dict[str, Any], schema: Schema | None = None) -> list[str]:
    return sorted(examine([record], schema or detect_schema([record])).problems)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"output": 42}, ["output is not text (number)"]),
        ({"output": ["a", "b"]}, ["output is not text (list)"]),
        ({"output": {"text": "x"}}, ["output is not text (object)"]),
        ({"output": True}, ["output is not text (true or false)"]),
        ({"output": None}, ["null output"]),
        ({"instruction": 3.5}, ["instruction is not text (number)"]),
        ({"input": None}, []),
        ({"input": 5}, ["input is not text (number)"]),
        ({"history": [["q", "a"]]}, []),
        ({"history": [["q"]]}, ["history is not pairs of question and answer", "repeated role: user"]),
    ],
)
def test_fields_of_a_wrong_type(changes: dict[str, Any], expected: list[str]) -> None:
    assert flags(GOOD | changes) == expected


def test_what_is_no_text_is_shown_as_json_and_never_blank() -> None:
    found = examine([GOOD | {"output": 42}, GOOD | {"instruction": ["x"]}, {"n": [1]}], ALPACA)
    assert found.responses == ["42", "o", ""]
    assert found.prompts == ["i", '["x"]', ""]
    assert examine([{"n": [1]}], detect_schema([{"n": [1]}])).prompts == ["[1]"]


def test_missing_is_not_null_and_not_empty() -> None:
    rows: list[dict[str, Any]] = [{"instruction": "i"}, {"output": "o"}, {"id": 3}, {}, GOOD | {"output": ""}]
    assert examine(rows, ALPACA).problems == {"missing output": [0, 2, 3], "missing instruction": [1, 2, 3]}


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([("user", "a"), ("assistant", "b")], []),
        ([("system", "s"), ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")], []),
        ([("user", "a"), ("assistant", "b"), ("user", "c")], ["ends on user"]),
        ([("assistant", "a"), ("user", "b")], ["ends on user", "starts on assistant"]),
        ([("user", "a"), ("user", "b"), ("assistant", "c")], ["repeated role: user"]),
        ([("user", "a"), ("assistant", "b"), ("system", "c")], ["late system turn"]),
        ([("system", "a"), ("system", "b"), ("user", "c"), ("assistant", "d")], ["repeated role: system"]),
        ([("user", "a"), ("tool", "t"), ("tool", "t"), ("assistant", "b")], []),
        ([("user", "a"), ("assistant", None)], ["empty turn: assistant"]),
        ([("user", " \n"), ("assistant", "b")], ["empty turn: user"]),
        ([("user", "a"), ("bing", "b")], ["unknown role: bing"]),
        ([("USER", "a"), ("assistant", "b")], ["unknown role: USER"]),
        ([("user", "a"), (None, "b")], ["turn without a role"]),
        ([("user", "a"), ("assistant", 5)], ["content is not text: number"]),
        ([("user", [{"type": "text", "text": "a"}]), ("assistant", "b")], []),
        ([("user", [{"type": "image_url"}]), ("assistant", "b")], ["content is not text: image_url"]),
    ],
)
def test_odd_turns(turns: list[tuple[str, Any]], expected: list[str]) -> None:
    assert flags(talk(*turns)) == expected


def test_a_turn_that_calls_a_tool_is_not_empty_and_needs_no_answer() -> None:
    asked = {"role": "user", "content": "q"}
    called = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f"}}]}
    assert flags({"messages": [asked, called]}) == []
    assert flags({"conversations": [asked, {"from": "function_call", "value": "{}"}]}) == []


def test_turns_that_are_none() -> None:
    schema = Schema("messages", turns="messages")
    assert flags({"messages": None}, schema) == ["null messages"]
    assert flags({"messages": "text"}, schema) == ["messages is not a list (text)"]
    assert flags({}, schema) == ["missing messages"]
    assert flags({"messages": [{"role": "assistant", "content": "a"}, 5]}, schema) == [
        "starts on assistant",
        "turn that is no object",
    ]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"prompt": "p", "chosen": "a", "rejected": "b"}, []),
        ({"prompt": "p", "chosen": "a", "rejected": "a"}, ["chosen equals rejected"]),
        ({"prompt": "p", "chosen": "a", "rejected": " "}, ["empty rejected"]),
        ({"prompt": "p", "chosen": "a", "rejected": None}, ["null rejected"]),
        ({"chosen": "a", "rejected": "b"}, []),
        ({"prompt": "p", "chosen": 5, "rejected": "b"}, ["chosen is not text (number)"]),
        ({"prompt": "p", "completion": "c", "label": True}, []),
        ({"prompt": [{"role": "user", "content": "q"}], "completion": "c"}, []),
        (
            {
                "chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}],
                "rejected": [{"role": "user", "content": "r"}, {"role": "assistant", "content": "a"}],
            },
            ["chosen and rejected answer different prompts"],
        ),
        (
            {
                "chosen": [{"role": "Human", "content": "q"}, {"role": "assistant", "content": "a"}],
                "rejected": [{"role": "Human", "content": "r"}, {"role": "assistant", "content": "a"}],
            },
            ["chosen and rejected answer different prompts", "unknown role: Human"],
        ),
    ],
)
def test_odd_pairs(record: dict[str, Any], expected: list[str]) -> None:
    assert flags(record) == expected


def test_a_label_that_is_none() -> None:
    schema = Schema("kto", "prompt", response="completion", label="label")
    assert flags({"prompt": "p", "completion": "c"}, schema) == ["missing label"]
    assert flags({"prompt": "p", "completion": "c", "label": "yes"}, schema) == ["label is not true or false"]


def test_hidden_text_is_found_in_every_turn_and_in_the_rejected_answer() -> None:
    rows = [
        talk(("system", "a\x1b[31m"), ("user", "b"), ("assistant", "c")),
        talk(("user", "b"), ("tool", "<|im_start|>"), ("assistant", "c")),
        {"prompt": "p", "chosen": "a", "rejected": "b\u200b"},
    ]
    found = examine(rows, detect_schema(rows)).problems
    assert found["control characters"] == [0]
    assert found["special-token text"] == [1]
    assert found["invisible characters"] == [2]


def test_a_fixed_schema_is_not_doubted() -> None:
    record: dict[str, Any] = {"title": "t", "body": "b", "instruction": "i", "output": "o"}
    schema = Schema("alpaca", "title", response="body")
    found = examine([record], schema, fixed=True)
    assert (found.prompts, found.responses, found.schemas, found.problems) == (["t"], ["b"], [schema], {})
    assert examine([record], schema).schemas[0].prompt == "instruction"


def test_a_thousand_unknown_roles_do_not_make_a_thousand_problems() -> None:
    rows = [talk(("user", "a"), (f"role {number}", "b")) for number in range(1000)]
    found = examine(rows, Schema("messages", turns="messages")).problems
    assert len(found) <= 41
    assert sum(map(len, found.values())) == 1000


@pytest.mark.parametrize(
    "token",
    [
        "<|im_start|>",
        "<|endoftext|>",
        "<|eot_id|>",
        "<|start_header_id|>",
        "<s>",
        "</s>",
        "[INST]",
        "[/INST]",
        "<<SYS>>",
        "<start_of_turn>",
        "<end_of_turn>",
        "<bos>",
        "<pad>",
        "<｜User｜>",
        "[TOOL_CALLS]",
    ],
)
def test_special_tokens_in_text_are_flagged(token: str) -> None:
    prompts, responses = pl.Series(["a", f"x{token}y"]), pl.Series([token, "b"])
    assert examine_columns(prompts, responses, ALPACA)["special-token text"].tolist() == [0, 1]


def test_templates_and_markup_are_text() -> None:
    texts = pl.Series(
        ["{instruction} {0} %s $HOME `id`", "{{ 7*7 }} {% for x in y %}", "a | b <b>bold</b> <sub> [x] ||"]
    )
    assert examine_columns(texts, texts, ALPACA) == {}


def test_empty_sides_of_those_the_schema_has() -> None:
    blank, full = pl.Series(["", " \n", "x"]), pl.Series(["x", "x", "x"])
    assert examine_columns(blank, blank, ALPACA)["empty prompt"].tolist() == [0, 1]
    assert examine_columns(full, blank, ALPACA)["empty response"].tolist() == [0, 1]
    assert examine_columns(blank, full, Schema("text", response="text")) == {}
    assert examine_columns(full, blank, Schema("unknown", prompt="x")) == {}


def whole(records: list[dict[str, Any]], *names: str) -> dict[str, list[int]]:
    def column(name: str) -> pl.Series | None:
        values = [record.get(name) for record in records]
        kinds = {type(value) for value in values} - {type(None)}
        if len(kinds) > 1:
            values = [
                value if isinstance(value, str | None) else json.dumps(value, separators=(",", ":"))
                for value in values
            ]
        return pl.Series(name, values, strict=False)

    found = whole_problems(column, names, ALPACA, lambda row: records[row])
    return {name: rows.tolist() for name, rows in found.items()}


def test_repeated_ids_are_told_by_value_and_type() -> None:
    ids: list[Any] = [1, 1, "1", 1.0, None, None, 2]
    records = [{"id": value, "output": f"o{row}"} for row, value in enumerate(ids)] + [{"output": "no id"}]
    assert whole(records, "id") == {"repeated id": [0, 1, 3], "null id": [4, 5]}


def test_copies_of_one_row_are_no_fault_of_their_id() -> None:
    assert whole([{"id": 7, "output": "same"}] * 5, "id") == {}
    assert whole([{"id": 7, "output": "same"}] * 5 + [{"id": 7, "output": "other"}], "id") == {
        "repeated id": [0, 1, 2, 3, 4, 5]
    }
    assert whole([{"uid": text, "output": text + str(n)} for n, text in enumerate("abca")], "uid") == {
        "repeated uid": [0, 3]
    }


def test_scores_that_are_text() -> None:
    values = [
        "4.5/5",
        "5",
        " 3 ",
        "N/A",
        "４",
        "4,5",
        "inf",
        "",
        True,
        [4],
        "10/10",
        "-1",
        "1e1",
        4.5,
        0,
        None,
    ]
    found = whole([{"score": value} for value in values], "score")
    assert found == {
        "score is unscored": [0, 3, 4, 5, 6, 7, 8, 9, 10],
        "score is text": [1, 2, 11, 12],
    }


def test_words_are_no_scores_and_numbers_elsewhere_are_no_scores() -> None:
    assert whole([{"quality": "good"}, {"quality": "bad"}], "quality") == {}
    assert whole([{"year": "1999"}, {"year": "x"}], "year") == {}


def test_numbers_that_a_float_does_not_hold() -> None:
    assert whole([{"n": 2.0**63}, {"n": 1.5}, {"n": -1e300}], "n") == {"number out of range": [0, 2]}


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("score", True),
        ("gpt4_score", True),
        ("scoreChosen", True),
        ("overall-rating", True),
        ("generating", False),
        ("underscored", False),
        ("text", False),
    ],
)
def test_names_of_scores(name: str, is_one: bool) -> None:
    assert is_score_name(name) is is_one


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_as_text_is_read_as_it_is(number: float) -> None:
    assert read_scores(pl.Series([f" {number!r}\n"])).to_list() == [number]


@given(st.text())
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    (value,) = read_scores(pl.Series([text], dtype=pl.String)).to_list()
    assert value is None or (np.isfinite(value) and float(text) == value)


def test_deep_nesting_is_no_crash() -> None:
    deep = orjson.loads(b"[" * 1000 + b"]" * 1000)
    pair = {"prompt": "p", "chosen": deep, "rejected": orjson.loads(b"[" * 1000 + b"]" * 1000)}
    assert "chosen is not text (list)" in flags(pair)
    assert flags(GOOD | {"output": deep}) == ["output is not text (list)"]
    ids = pl.Series("id", ["deep", "deep"])
    found = whole_problems(lambda name: ids, ["id"], ALPACA, lambda row: {"id": deep, "n": row})
    assert found["repeated id"].tolist() == [0, 1]


def test_a_row_is_in_a_problem_once() -> None:
    parts = [{"a": np.array([3, 1])}, {"a": np.array([1]), "b": np.array([0])}]
    assert {name: rows.tolist() for name, rows in merge(parts).items()} == {"a": [1, 3], "b": [0]}


@given(st.lists(RECORDS, max_size=5))
def test_any_records_are_examined_row_by_row(records: list[dict[str, Any]]) -> None:
    schema = detect_schema(records)
    found = examine(records, schema)
    assert len(found.prompts) == len(found.responses) == len(found.schemas) == len(records)
    assert all(0 <= row < len(records) for rows in found.problems.values() for row in rows)
    assert all(visible(name) == name for name in found.problems)
    fixed = examine(records, schema, fixed=True)
    assert set(fixed.schemas) <= {schema}


@pytest.mark.parametrize("name", ["alpaca_zh_1000.json", "lima.json", "sharegpt_toolcall_300.json"])
def test_good_data_is_not_flagged(real: Callable[[str], Path], name: str) -> None:
    records = json.loads(real(name).read_bytes())
    assert set(examine(records, detect_schema(records)).problems) == set()
