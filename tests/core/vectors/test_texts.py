"""Which text of a row is compared, and the keys of its vectors."""

import json
from pathlib import Path

import numpy as np
import pytest

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.edits import with_edits
from dataexplore.dataset.loading import load
from dataexplore.dataset.opening import open_head
from dataexplore.errors import EncoderError
from dataexplore.vectors.texts import keys_of, text_of, texts_of


def said(*turns: tuple[str, str]) -> dict[str, object]:
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


@pytest.fixture
def talks(tmp_path: Path) -> Dataset:
    rows = [
        said(
            ("system", "Be brief."),
            ("user", "one?"),
            ("assistant", "ONE"),
            ("user", "two?"),
            ("assistant", "TWO"),
        ),
        said(("user", "alone?"), ("assistant", "ALONE")),
        said(("assistant", "I begin"), ("user", "then me")),
    ]
    path = tmp_path / "talks.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return load(open_head(path))


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ("prompt", ["one?\n\ntwo?", "alone?", "then me"]),
        ("response", ["ONE\n\nTWO", "ALONE", "I begin"]),
        ("both", ["one?\n\ntwo?\nONE\n\nTWO", "alone?\nALONE", "then me\nI begin"]),
        ("first", ["one?", "alone?", "then me"]),
        ("last", ["two?", "alone?", "then me"]),
        ("turn:1", ["one?", "alone?", "I begin"]),
        ("turn:2", ["ONE", "ALONE", "then me"]),
        ("turn:-1", ["TWO", "ALONE", "then me"]),
        ("turn:4", ["TWO", "", ""]),
        ("turn:99", ["", "", ""]),
    ],
)
def test_a_field_is_a_side_or_a_turn_without_system_messages(
    talks: Dataset, field: str, texts: list[str]
) -> None:
    found = texts_of(talks, field)
    assert found.column.to_list() == texts
    assert [text_of(talks, field, row) for row in range(len(talks))] == texts
    assert found.blank == texts.count("")
    assert found.shared == ()
    assert found.system == pytest.approx(1 / 3)


@pytest.mark.parametrize("field", ["", "answer", "turn:0", "turn:", "turn:1.5", "turn:N", "Prompt"])
def test_another_field_is_refused_with_those_there_are(talks: Dataset, field: str) -> None:
    with pytest.raises(EncoderError, match="choose prompt, response, both, first, last or turn:N"):
        texts_of(talks, field)


@pytest.fixture
def framed(tmp_path: Path) -> Dataset:
    rows = [
        {
            "instruction": ("" if row % 2 else "Follow these rules. ") + f"task {row}",
            "output": f"Certainly! It is {row}.",
        }
        for row in range(60)
    ]
    path = tmp_path / "framed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return load(open_head(path))


def test_rows_of_which_something_is_taken_away_have_keys_of_their_own(framed: Dataset) -> None:
    texts = texts_of(framed, "prompt")
    assert [one.rows for one in texts.shared] == [30]
    assert texts.system == 0
    assert texts.column.to_list() == [f"task {row}" for row in range(60)]
    assert texts.whole.to_list() == framed.prompts.to_list()
    keys = keys_of(framed, texts)
    assert (np.flatnonzero(keys != framed.keys) == np.arange(0, 60, 2)).all()
    whole = texts_of(framed, "prompt", strip=False)
    assert whole.shared == ()
    assert np.array_equal(keys_of(framed, whole), framed.keys)


def test_of_both_sides_each_is_looked_at_alone(framed: Dataset) -> None:
    texts = texts_of(framed, "both")
    assert texts.column.to_list() == [f"task {row}\nIt is {row}." for row in range(60)]
    assert [(one.text, one.rows) for one in texts.shared] == [
        ("Follow these rules. ", 30),
        ("Certainly! ", 60),
    ]


def test_an_edited_text_has_a_key_of_its_own_and_the_same_text_the_same_one(framed: Dataset) -> None:
    new = json.dumps({"instruction": "quite another task", "output": "Certainly! It is 1."}).encode()
    edited = with_edits(framed, {1: new, 3: new})
    before, after = (keys_of(one, texts_of(one, "prompt", strip=False)) for one in (framed, edited))
    assert np.flatnonzero(before != after).tolist() == [1, 3]
    assert after[1] == after[3]
    answers = keys_of(edited, texts_of(edited, "response", strip=False))
    assert np.flatnonzero(answers != framed.keys).tolist() == [3]
