"""What many rows begin or end with is taken away before they are compared, and said."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.vectors.real_data import prompts
from dataexplore.vectors.encoder import find_encoder
from dataexplore.vectors.shared import enough, stripped

PREAMBLE = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the "
    "request.\n\n### Instruction:\n"
)
CLOSING = "\n\n### Response:"


def tasks(rows: int, name: str = "task") -> list[str]:
    return [f"{name} number {row} of its own kind" for row in range(rows)]


def test_the_template_of_all_rows_is_taken_away_whole() -> None:
    own = tasks(200)
    left, found = stripped(pl.Series([PREAMBLE + text + CLOSING for text in own]))
    assert left.to_list() == own
    assert [(one.text, one.at_end, one.rows) for one in found] == [
        (PREAMBLE, False, 200),
        (CLOSING, True, 200),
    ]


def test_rows_without_it_stay_as_they_are() -> None:
    texts = [PREAMBLE + text for text in tasks(60)] + [f"  {text} " for text in tasks(140, "other")]
    left, found = stripped(pl.Series(texts))
    assert left.to_list() == tasks(60) + texts[60:]
    assert [one.rows for one in found] == [60]


@pytest.mark.parametrize(
    ("shared", "rows", "is_shared"), [(19, 100, False), (20, 100, True), (99, 2000, False)]
)
def test_it_takes_twenty_rows_and_a_twentieth_of_all(shared: int, rows: int, is_shared: bool) -> None:
    texts = [f"You are a helpful assistant. {text}" for text in tasks(shared)]
    _, found = stripped(pl.Series(texts + tasks(rows - shared, "other")))
    assert bool(found) is is_shared
    assert enough(rows) == max(20, rows // 20)


def test_the_longest_shared_beginning_of_a_row_is_taken() -> None:
    one, two = "Answer with care. ", "Think first, step by step. "
    texts = [one + text for text in tasks(50)] + [one + two + text for text in tasks(50, "other")]
    left, found = stripped(pl.Series(texts))
    assert left.to_list() == tasks(50) + tasks(50, "other")
    assert {(found_one.text, found_one.rows) for found_one in found} == {(one, 50), (one + two, 50)}


def test_a_row_that_would_be_left_empty_keeps_its_text() -> None:
    same = ["Tell me a joke about the sea."] * 500
    left, found = stripped(pl.Series(same))
    assert (left.to_list(), found) == (same, ())


def test_chinese_needs_no_blank_after_its_full_stop() -> None:
    own = [f"第{row}个任务的内容" for row in range(40)]
    left, found = stripped(pl.Series([f"以下是一条描述任务的指令。{text}" for text in own]))
    assert left.to_list() == own
    assert found[0].rows == 40


def test_marks_and_numbers_are_no_preamble() -> None:
    texts = [f"1. {text}\n```" for text in tasks(100)]
    left, found = stripped(pl.Series(texts))
    assert (left.to_list(), found) == (texts, ())


def test_it_is_found_in_a_sample_and_counted_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataexplore.vectors.shared._SAMPLE", 100)
    texts = [(PREAMBLE if row % 7 else "") + text for row, text in enumerate(tasks(3000))]
    left, found = stripped(pl.Series(texts))
    assert left.to_list() == tasks(3000)
    assert [one.rows for one in found] == [3000 - len(range(0, 3000, 7))]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ab .\n。", max_size=12), max_size=60))
def test_what_is_left_is_a_part_of_each_text_and_never_blank(texts: list[str]) -> None:
    left, found = stripped(pl.Series(texts, dtype=pl.String))
    for before, after in zip(texts, left, strict=True):
        assert after in before
        assert bool(after.strip()) is bool(before.strip())
    assert sum(one.rows for one in found if not one.at_end) <= len(texts)


def test_without_it_rows_of_one_template_are_not_all_alike(real: Callable[[str], Path]) -> None:
    own = prompts(real("alpaca.jsonl"), 1500)
    encoder = find_encoder("static")

    def alike(texts: list[str]) -> float:
        vectors = encoder.encode(texts)
        return float((vectors @ vectors.T >= 0.9).mean())

    whole = [PREAMBLE + text + CLOSING for text in own]
    left, _ = stripped(pl.Series(whole))
    assert alike(left.to_list()) == alike(own)
    assert alike(whole) > 20 * alike(own)


def test_the_real_alpaca_shares_nothing(real: Callable[[str], Path]) -> None:
    texts = pl.Series(prompts(real("alpaca.jsonl"), 60_000))
    left, found = stripped(texts)
    assert found == ()
    assert left is texts
