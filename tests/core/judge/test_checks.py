"""Rule checks: each finds its flaw and what is planted in the sample, and passes what only looks so."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataexplore.dataset.loading import open_dataset
from dataexplore.judge.rules.checks import FAILED, NAMES, SLOW, checks_in, checks_of, sides_of
from dataexplore.judge.wanted import said_in
from paths import ROOT

FAST = [name for name in NAMES if name not in SLOW]
TOKEN = "ghp_" + "".join(f"{number:x}K" for number in range(2, 20))
LOOP = "The city has a park. " * 20


def failed(prompt: str, answer: str, given: str | None = "") -> set[str]:
    """Return the checks that one row fails, without their common prefix."""
    inputs = None if given is None else pl.Series([given])
    row = checks_of(pl.Series([prompt]), inputs, pl.Series([answer])).row(0, named=True)
    return {name.removeprefix("check_") for name in NAMES if row[name]}


def planted(flaw: str) -> set[int]:
    """Return the rows (from 0) that the sample's page lists for a flaw."""
    page = (ROOT / "sample_data" / "README.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith(f"| `{flaw}` |"))
    return {int(row) - 1 for row in line.split("|")[2].split(",")}


@pytest.fixture(scope="module")
def sample() -> dict[str, set[int]]:
    found = checks_in(open_dataset(ROOT / "sample_data" / "starter.jsonl"))
    return {name: set((found[name] == 1).arg_true().to_list()) for name in NAMES}


def test_what_is_planted_in_the_sample_is_found_and_nothing_else(sample: dict[str, set[int]]) -> None:
    assert sample["check_empty"] == planted("empty answer")
    assert sample["check_truncated"] == planted("truncated answer")
    inputs = sample["check_placeholder_input"] | sample["check_missing_input"]
    assert inputs == planted("placeholder input")
    for name in ("template", "repetition", "copied", "link_input", "secret", "special_tokens", "language"):
        assert sample[f"check_{name}"] == set(), name


def test_most_refusals_of_the_sample_are_found_and_no_other_row(sample: dict[str, set[int]]) -> None:
    refused = planted("refusal")
    told = sample["check_refusal"] | sample["check_machine"]
    assert told <= refused
    assert len(told) >= 6
    assert sample["check_boilerplate"] <= refused


@pytest.mark.parametrize(
    "answer",
    [
        "The vaccine was first given in December 20",
        "The total cost of the ride would lie between $13 and $",
        "The sum of 14 and 6 is equal to",
        "He sat down. The rain had not stopped for three days, and the old man",
        "Here is the loop:\n```python\nfor x in y:\n    print(x",
        "1. A white sauce: milk with a blond roux.\n2. A red one: tomatoes that are cooked down with",
        "今天的天气非常好。我们明天早上打算一起去公园散步然后",
    ],
)
def test_an_answer_that_stops_early_is_truncated(answer: str) -> None:
    assert failed("Tell me.", answer) == {"truncated"}


@pytest.mark.parametrize(
    "answer",
    [
        "42",
        "Paris, France",
        "1. Apples\n2. Pears\n3. Plums",
        "- a page to connect with\n- a person to look up to",
        "def swap(a, b):\n    return b, a",
        "```python\nprint(1)\n```\nThis prints one.",
        "Use ```git add``` and then ```git commit```.",
        "Dear Ms Lee,\n\nThank you for your letter.\n\nSincerely,\nJohn",
        "The sea is calm tonight\nThe tide is full, the moon lies fair",
        "A great book! Everyone should read it today #books #reading",
        "天空是蓝色的",
        '"Design is how it works." - Steve Jobs',
    ],
)
def test_an_answer_that_only_lacks_a_full_stop_is_whole(answer: str) -> None:
    assert failed("Tell me.", answer) == set()


@pytest.mark.parametrize(
    ("prompt", "answer", "flaw"),
    [
        ("Name a fruit.", " \n", "empty"),
        ("Draw a tree.", "I'm sorry, but I can't draw pictures.", "refusal"),
        ("Who are you?", "I am an AI language model.", "machine"),
        ("Name a fruit.", "Sure! Here is a fruit: apple.", "boilerplate"),
        ("Name a fruit.", "Apple. I hope this helps!", "boilerplate"),
        ("Name a fruit.", "Apple.\n\n11. Instruction: Name a tree.\n11. Input:\n<noinput>", "template"),
        ("Name a fruit.", "### Response: Apple.", "template"),
        ("Describe a city.", LOOP, "repetition"),
        ("Describe a city.", "城市里有一个很大的公园。" * 12, "repetition"),
        ("Draw a cat that runs.", "Draw a cat that runs.", "copied"),
        (
            "Design a game for four players.",
            "Design a game for four players that is easy to learn.",
            "copied",
        ),
        ("Classify the following song as sad or happy.", "It is a happy song.", "missing_input"),
        ("Name a fruit.", f"Apple {TOKEN}", "secret"),
        ("Name a fruit.", "Apple<|endoftext|>", "special_tokens"),
        (
            "讲一个关于城市和公园的故事，越长越好。",
            "There once was a city with a large park in it.",
            "language",
        ),
    ],
)
def test_each_flaw_fails_its_own_check(prompt: str, answer: str, flaw: str) -> None:
    assert failed(prompt, answer) == {flaw}


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Reply to this customer: my order is late.", "Sure, I can help. Is there anything else I can do?"),
        ("Write a song.", "Rise and shine\nThe day is mine\n" * 2 + "I walk the line\nAnd all is fine"),
        ("Is the following sentence true? Fish can swim.", "It is true."),
        ("Sort the following numbers: 3, 1, 2.", "1, 2, 3"),
        ("What does the function print below the line?\nprint(1)", "It prints 1."),
        ("Translate into French: the sky is blue today and the sun shines.", "Le ciel est bleu aujourd'hui."),
        ("ترجم هذه الجملة الطويلة إلى الإنجليزية.", "I travelled to the city to visit my grandmother."),
        ("Name ten dishes.", "Risotto alla milanese, ossobuco, panettone, tiramisù, cannoli siciliani."),
    ],
)
def test_what_only_looks_like_a_flaw_passes(prompt: str, answer: str) -> None:
    assert failed(prompt, answer) == set()


@pytest.mark.parametrize(
    "given", ["<noinput>", "No input.", '"<no input>"', "N/A", "none", "`<noinput>`", "无输入"]
)
def test_an_input_that_says_it_is_none_is_a_placeholder(given: str) -> None:
    assert failed(f"Name a fruit.\n{given}", "Apple", given) == {"placeholder_input"}
    assert failed(f"Name a fruit.\n{given}", "Apple", None) == {"placeholder_input"}


@pytest.mark.parametrize(
    "given", ["None of the students", "No lemon", "Not all birds fly.", "nap", "input = 5"]
)
def test_an_input_that_begins_like_a_placeholder_is_an_input(given: str) -> None:
    assert failed(f"Rewrite it.\n{given}", "Done", given) == set()


@pytest.mark.parametrize(
    ("given", "alone"),
    [
        ("https://example.com/a/b?c=d", True),
        ("www.example.com", True),
        ("![A cat](https://example.com/cat.png)", True),
        ("[Image of a painting]", True),
        ("<image>", True),
        ("https://example.com says that all is well.", False),
        ("[1, 2, 3]", False),
        ("[Imagine a world]", False),
        ("", False),
    ],
)
def test_an_address_or_a_picture_alone_is_no_input(given: str, alone: bool) -> None:
    assert ("link_input" in failed(f"Sum it up.\n{given}", "It is well.", given)) == alone


def test_a_row_without_an_input_of_its_own_has_its_prompts_last_lines() -> None:
    prompts, answers = pl.Series(["Name a fruit.\nN/A"] * 2), pl.Series(["Apple", "Pear"])
    found = checks_of(prompts, pl.Series([None, "a red one"]), answers, ["check_placeholder_input"])
    assert found["check_placeholder_input"].to_list() == [1, 0]


def test_an_input_given_back_unchanged_is_copied() -> None:
    given = "mother: nurse, father: teacher, sister: student"
    assert failed(f"Match them.\n{given}", given, given) == {"copied"}
    assert failed(f"Match them.\n{given}", given, None) == {"copied"}
    assert failed("Which is longer?\na mile", "a mile", "a mile") == set()


def test_failed_checks_are_counted_and_only_the_wanted_ones_are_made() -> None:
    texts = pl.Series(["Draw a cat that runs.", "Name a fruit."]), pl.Series(["Draw a cat that runs.", None])
    found = checks_of(texts[0], None, texts[1], ["check_copied", "check_empty"])
    assert found.columns == ["check_empty", "check_copied", FAILED]
    assert found.dtypes == [pl.Int8] * 3
    assert found.rows() == [(0, 1, 1), (0, 0, 0)]
    both = checks_of(pl.Series(["Name a fruit.\nN/A"]), None, pl.Series([f"Apple {TOKEN}"]), FAST)
    assert both[FAILED].to_list() == [2]


def test_of_a_conversation_the_last_answer_is_checked_and_secrets_in_all(tmp_path: Path) -> None:
    def talk(*texts: str) -> str:
        roles = ("user", "assistant")
        turns = [{"role": roles[place % 2], "content": text} for place, text in enumerate(texts)]
        return json.dumps({"messages": turns})

    path = tmp_path / "talks.jsonl"
    rows = [
        talk("Hello", "Hi!", "Draw a tree.", "I'm sorry, but I can't draw pictures."),
        talk("Draw a tree.", "I'm sorry, but I can't draw pictures.", "Then name one.", "An oak."),
        talk("My key?", f"It is {TOKEN}.", "Thanks", "You are welcome."),
        talk("Hello", "Hi!", "Name a tree.", ""),
    ]
    path.write_text("\n".join(rows))
    data = open_dataset(path)
    found = checks_in(data, FAST)
    assert found["check_refusal"].to_list() == [1, 0, 0, 0]
    assert found["check_secret"].to_list() == [0, 0, 1, 0]
    assert found["check_empty"].to_list() == [0, 0, 0, 1]
    prompts, answers = sides_of(said_in(data, row) for row in range(len(data)))
    assert checks_of(prompts, None, answers, ["check_refusal"])["check_refusal"].to_list() == [1, 0, 0, 0]
    assert (prompts[1], answers[1]) == ("Draw a tree.\n\nThen name one.", "An oak.")


def test_rows_that_have_no_answer_side_are_not_empty_answers(tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text('{"prompt": "Name a fruit."}\n{"prompt": "Name a tree."}\n')
    assert checks_in(open_dataset(path))[FAILED].to_list() == [0, 0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_any_text_is_checked_row_by_row(rows: list[tuple[str, str]]) -> None:
    prompts, answers = (pl.Series([row[side] for row in rows], dtype=pl.String) for side in (0, 1))
    together = checks_of(prompts, None, answers, FAST)
    apart = [
        checks_of(prompts[place : place + 1], None, answers[place : place + 1], FAST)
        for place in range(len(rows))
    ]
    assert len(together) == len(rows)
    assert not apart or pl.concat(apart).equals(together)


def test_the_real_alpaca_has_its_known_flaws(real: Callable[[str], Path]) -> None:
    found = checks_in(open_dataset(real("alpaca.jsonl")), FAST).sum().row(0, named=True)
    assert found["check_empty"] == 28
    assert 650 <= found["check_placeholder_input"] <= 700
    assert 250 <= found["check_link_input"] <= 300
    assert 40 <= found["check_truncated"] <= 80
    assert found["check_repetition"] < 20
    assert found[FAILED] < 1500
