"""Which fields mean what: by their names, by what is in them, by what most records have, by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dataset.any_record import RECORDS
from dataexplore.dataset.fitting import Fitting, own_schema
from dataexplore.dataset.schema import Schema, detect_schema, mapped, same_kind, schema_of
from dataexplore.errors import InputRefusedError

ALPACA = Schema("alpaca", "instruction", "input", "output")
ASKED, ANSWERED = {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}


@pytest.mark.parametrize(
    ("record", "schema"),
    [
        ({"instruction": "i", "input": "", "output": "o"}, ALPACA),
        (
            {"question": "q", "context": "c", "answer": "a", "system": "s"},
            Schema("alpaca", "question", "context", "answer", "system"),
        ),
        ({"query": "q", "response": "r", "extra": 1}, Schema("alpaca", "query", response="response")),
        (
            {"instruction": "i", "input": "", "output": "o", "history": [["q", "a"]]},
            Schema("alpaca", "instruction", "input", "output", history="history"),
        ),
        (
            {"conversations": [{"from": "human", "value": "q"}], "system": "s", "tools": "[]"},
            Schema("sharegpt", system="system", turns="conversations", tools="tools"),
        ),
        ({"messages": [ASKED, ANSWERED]}, Schema("messages", turns="messages")),
        ({"prompt": "p", "prompt_id": "x", "messages": [ASKED]}, Schema("messages", turns="messages")),
        ({"conversations": [ASKED, ANSWERED]}, Schema("messages", turns="conversations")),
        ({"conversations": ["q", "a"]}, Schema("sharegpt", turns="conversations")),
        ({"prompt": [ASKED]}, Schema("messages", turns="prompt")),
        ({"prompt": "p", "completion": "c"}, Schema("prompt-completion", "prompt", response="completion")),
        (
            {"prompt": [ASKED], "completion": [ANSWERED]},
            Schema("prompt-completion", "prompt", response="completion"),
        ),
        (
            {"prompt": "p", "chosen": "g", "rejected": "b"},
            Schema("preference", "prompt", response="chosen", rejected="rejected"),
        ),
        (
            {"chosen": [ASKED, ANSWERED], "rejected": [ASKED, ANSWERED], "score_chosen": 9.0},
            Schema("preference", response="chosen", rejected="rejected"),
        ),
        (
            {"conversations": [{"from": "human", "value": "q"}], "chosen": {}, "rejected": {}},
            Schema("preference", turns="conversations", response="chosen", rejected="rejected"),
        ),
        (
            {"prompt": "p", "completion": "c", "label": False},
            Schema("kto", "prompt", response="completion", label="label"),
        ),
        ({"messages": [ASKED], "kto_tag": True}, Schema("kto", turns="messages", label="kto_tag")),
        ({"text": "t"}, Schema("text", response="text")),
        ({"n": 1, "title": "t", "body": "b"}, Schema("unknown", prompt="title")),
        ({"set": "s", "prompt": "p"}, Schema("unknown", prompt="prompt")),
        ({}, Schema("unknown")),
    ],
)
def test_a_record_tells_its_schema(record: dict[str, Any], schema: Schema) -> None:
    assert schema_of(record) == schema
    assert detect_schema([record]) == schema
    assert set(schema.text_fields) <= set(record)


def test_a_class_is_no_label_of_a_good_answer() -> None:
    assert schema_of({"instruction": "i", "output": "o", "label": True}).kind == "alpaca"
    assert schema_of({"prompt": "p", "completion": "c", "label": "spam"}).kind == "prompt-completion"


def test_most_records_decide_and_optional_fields_of_some_are_read() -> None:
    plain, more = (
        {"instruction": "i", "output": "o"},
        {"instruction": "i", "input": "x", "output": "o", "system": "s"},
    )
    chat = {"messages": [ASKED, ANSWERED]}
    found = detect_schema([plain, more, chat, plain])
    assert found == Schema("alpaca", "instruction", "input", "output", "system")
    assert detect_schema([plain, chat]).kind == "alpaca"
    assert detect_schema([]) == Schema("unknown")


def test_records_with_fields_missing_do_not_outvote_whole_ones() -> None:
    whole = {"instruction": "i", "output": "o"}
    assert detect_schema([whole, {"instruction": "i"}, {"output": "o"}, {"id": 3}, {}]).kind == "alpaca"
    assert detect_schema([whole] + [{"title": "t"}] * 50).kind == "unknown"


@pytest.mark.parametrize(
    ("record", "kind", "flag"),
    [
        ({"instruction": "i", "output": "o"}, "alpaca", ""),
        ({"instruction": "i", "input": "", "output": "o", "system": "s", "n": 1}, "alpaca", ""),
        ({"instruction": "only"}, "alpaca", ""),
        ({"id": 3}, "alpaca", ""),
        ({"messages": []}, "messages", "other schema: messages"),
        ({"question": "q", "answer": "a"}, "alpaca", "other schema: alpaca (question, answer)"),
        ({"text": "t"}, "text", "other schema: text"),
        ({"title": "t"}, "unknown", "other schema: unknown"),
    ],
)
def test_a_row_of_another_kind_is_read_by_its_own_schema(
    record: dict[str, Any], kind: str, flag: str
) -> None:
    own, found = Fitting(ALPACA)(record)
    assert (own.kind, found) == (kind, flag)
    assert own_schema(record, ALPACA) == own
    if not flag and len(record) < 4:
        assert own is ALPACA


def test_pairs_and_labels_are_preference_data_both() -> None:
    pair = schema_of({"prompt": "p", "chosen": "g", "rejected": "b"})
    label = schema_of({"prompt": "p", "completion": "c", "label": True})
    assert pair.judged
    assert label.judged
    assert same_kind(pair, label)
    assert Fitting(pair)({"prompt": "p", "completion": "c", "label": True}) == (label, "")
    assert Fitting(label)({"prompt": "p", "completion": "c"}) == (label, "")


def test_flat_says_whether_fields_are_the_texts_themselves() -> None:
    assert ALPACA.flat
    assert Schema("text", response="text").flat
    assert not schema_of({"instruction": "i", "output": "o", "history": []}).flat
    assert not schema_of({"messages": []}).flat
    assert not schema_of({"prompt": "p", "chosen": "g", "rejected": "b"}).flat


@pytest.mark.parametrize(
    ("before", "mapping", "after"),
    [
        (
            Schema("unknown", prompt="id"),
            {"prompt": "q", "response": "a"},
            Schema("alpaca", "q", response="a"),
        ),
        (ALPACA, {"prompt": "q"}, Schema("alpaca", "q", "input", "output")),
        (
            Schema("sharegpt", turns="conversations"),
            {"prompt": "q", "response": "a"},
            Schema("alpaca", "q", response="a"),
        ),
        (ALPACA, {"turns": "talk"}, Schema("messages", turns="talk")),
        (
            Schema("unknown"),
            {"prompt": "p", "response": "w", "rejected": "l"},
            Schema("preference", "p", response="w", rejected="l"),
        ),
        (
            Schema("sharegpt", turns="conversations"),
            {"response": "w", "rejected": "l"},
            Schema("preference", turns="conversations", response="w", rejected="l"),
        ),
        (
            Schema("prompt-completion", "prompt", response="completion"),
            {"label": "good"},
            Schema("kto", "prompt", response="completion", label="good"),
        ),
        (Schema("unknown"), {"response": "body"}, Schema("text", response="body")),
    ],
)
def test_a_person_says_what_the_fields_mean(before: Schema, mapping: dict[str, str], after: Schema) -> None:
    assert mapped(before, mapping) == after


def test_an_unknown_role_or_field_is_refused_with_what_there_is() -> None:
    with pytest.raises(InputRefusedError, match=r"question=q: the roles are prompt, input, response"):
        mapped(ALPACA, {"question": "q"})
    with pytest.raises(InputRefusedError, match=r"prompt=q: there are instruction, output"):
        mapped(ALPACA, {"prompt": "q"}, ["instruction", "output"])
    with pytest.raises(InputRefusedError) as refused:
        mapped(ALPACA, {"prompt": "\x1b]0;x\x07"}, ["a\x1b[31m"])
    assert str(refused.value).isprintable()


@given(st.lists(RECORDS, max_size=6))
def test_any_records_have_a_schema_of_fields_that_there_are(records: list[dict[str, Any]]) -> None:
    schema = detect_schema(records)
    assert set(schema.text_fields) <= {name for record in records for name in record}
    assert hash(schema) == hash(detect_schema(records))
