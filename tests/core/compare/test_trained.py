"""Prompts that a model was tuned on are found, word for word or nearly, and left out."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from dataexplore.compare.gathering import held_out, prompts_of
from dataexplore.compare.prompt import Prompt, read_prompts, to_bytes
from dataexplore.compare.trained import Trained
from dataexplore.dataset.loading import open_dataset
from dataexplore.errors import InputRefusedError, JobError

LONG = "Write a short poem about the sea at night, with four lines that rhyme"


def rows(path: Path, asked: Iterable[tuple[str, ...]]) -> Path:
    """Write what a run was tuned on: of each row, the turns of the user."""
    path.write_text(
        "".join(
            json.dumps(
                {
                    "row": row,
                    "messages": [
                        message
                        for text in said
                        for message in (
                            {"role": "user", "content": text},
                            {"role": "assistant", "content": "yes"},
                        )
                    ],
                }
            )
            + "\n"
            for row, said in enumerate(asked)
        )
    )
    return path


def prompts(*texts: str) -> list[Prompt]:
    return [Prompt((("user", text),)) for text in texts]


def test_the_same_and_nearly_the_same_are_left_out_with_who_knew_them(tmp_path: Path) -> None:
    first = rows(tmp_path / "a", [("Name a colour",), (LONG,)])
    second = rows(tmp_path / "b", [("Other",), ("name a  COLOUR",)])
    asked = prompts("Name a colour", LONG + ".", "Add two and three")
    kept, leaks = Trained([first, second]).apart(asked)
    assert [one.text for one in kept] == ["Add two and three"]
    assert [(one.prompt.text, one.sides, one.row, one.kind) for one in leaks] == [
        ("Name a colour", (0, 1), 0, "exact"),
        (LONG + ".", (0,), 1, "lexical"),
    ]
    assert leaks[1].similarity > 0.9
    assert len(Trained([None, None])) == 0
    assert Trained([None, None]).apart(asked) == (asked, [])


def test_a_turn_of_a_conversation_and_all_of_it_are_known(tmp_path: Path) -> None:
    trained = Trained([rows(tmp_path / "a", [("What is a closure?", "And in Ruby, what is it there?")])])
    whole = Prompt(
        (("user", "What is a closure?"), ("assistant", "x"), ("user", "And in Ruby, what is it there?"))
    )
    kept, leaks = trained.apart([*prompts("what is a closure?", "What is a lambda expression?"), whole])
    assert [one.text for one in kept] == ["What is a lambda expression?"]
    assert len(leaks) == 2


def test_what_a_run_was_tuned_on_is_never_passed_over_in_silence(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("no json\n")
    with pytest.raises(JobError, match="what it was tuned on cannot be read"):
        Trained([tmp_path / "rows.jsonl"])
    with pytest.raises(JobError, match="cannot be read"):
        Trained([tmp_path / "missing.jsonl"])


def written(path: Path, *records: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return path


def test_prompts_of_a_file_and_of_a_dataset(tmp_path: Path) -> None:
    asked = open_dataset(
        written(
            tmp_path / "p.jsonl",
            {"set": "koala", "prompt": "Name a colour"},
            {"set": "sinstruct", "prompt": "Add", "reference": "Done"},
            {"set": "koala", "prompt": "Name a colour"},
            {"set": "koala", "prompt": " "},
        )
    )
    found = prompts_of(asked, range(4))
    assert [(one.set, one.text, one.reference) for one in found] == [
        ("koala", "Name a colour", ""),
        ("sinstruct", "Add", "Done"),
        ("koala", "Name a colour", ""),
    ]
    data = open_dataset(written(tmp_path / "d.jsonl", {"instruction": "Add", "input": "1, 2", "output": "3"}))
    assert prompts_of(data, [0]) == [Prompt((("user", "Add\n1, 2"),), "3")]


def test_prompts_survive_the_jobs_folder(tmp_path: Path) -> None:
    some = [Prompt((("user", "a\udc80"), ("assistant", "b"), ("user", "c")), "d", "e"), *prompts("f")]
    (tmp_path / "prompts.jsonl").write_bytes(to_bytes(some))
    assert read_prompts(tmp_path) == some
    (tmp_path / "prompts.jsonl").write_text("[]\n")
    with pytest.raises(JobError, match="make a new job"):
        read_prompts(tmp_path)


def test_rows_that_nobody_was_tuned_on_are_drawn(tmp_path: Path) -> None:
    texts = [f"Tell me about the number {number * 7919}" for number in range(40)]
    data = open_dataset(
        written(tmp_path / "d.jsonl", *({"instruction": text, "output": "x"} for text in texts))
    )
    trained = Trained([rows(tmp_path / "a", [(text,) for text in texts[:30]])], 1.0)
    kept, _ = held_out(data, trained, 5, seed=1)
    assert len(kept) == 5
    assert {one.text for one in kept} <= set(texts[30:])
    assert held_out(data, trained, 5, seed=1)[0] == kept
    assert len(held_out(data, trained, 99)[0]) == 10
    every = Trained([rows(tmp_path / "b", [(text,) for text in texts])])
    with pytest.raises(InputRefusedError, match="tuned on every prompt"):
        held_out(data, every, 5)
