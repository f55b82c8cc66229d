"""The report as a whole: known answers, rows behind every count, and no difference how the file is cut."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from dataexplore.dataset.dataset import Dataset, Part
from dataexplore.dataset.loading import open_dataset
from dataexplore.report.gather import CheckCancelledError, gather
from dataexplore.report.report import Report, Settings

TOKEN = "ghp_" + "".join(f"{number:x}K" for number in range(2, 20))
ROWS = [
    {"instruction": "Name a fruit.", "input": "", "output": "Apple", "note": "fine"},
    {"instruction": "Name a fruit.", "input": "", "output": "Pear", "note": TOKEN},
    {"instruction": "Name a fruit.", "input": "", "output": "Apple", "note": "again"},
    {"instruction": "Name a fruit.", "input": " ", "output": "Apple", "note": "fine"},
    {
        "instruction": "Open this link.",
        "input": "x",
        "output": "I'm sorry, but I can't open links.",
        "note": "",
    },
    {"instruction": "", "input": "", "output": "", "note": ""},
    {"instruction": "", "input": "", "output": "", "note": ""},
]


@pytest.fixture
def fruit(tmp_path: Path) -> Path:
    path = tmp_path / "fruit.jsonl"
    path.write_text("".join(json.dumps(row) + "\n\n" for row in ROWS))
    return path


def in_parts_of(size: int) -> Callable[[Dataset], Iterator[Part]]:
    def parts(dataset: Dataset) -> Iterator[Part]:
        for first in range(0, len(dataset), size):
            rows = slice(first, first + size)
            yield Part(first, dataset.frame[rows], dataset.prompts[rows], dataset.responses[rows])

    return parts


def same(one: Report, other: Report) -> bool:
    """Compare all that two reports say."""
    rows, others = one.rows_of, other.rows_of
    return {name: found.tolist() for name, found in rows.items()} == {
        name: found.tolist() for name, found in others.items()
    } and (one.lengths, one.tokens, one.repeats, one.empty, one.fields, one.languages.labels) == (
        other.lengths,
        other.tokens,
        other.repeats,
        other.empty,
        other.fields,
        other.languages.labels,
    )


def test_every_count_has_its_rows(fruit: Path) -> None:
    report = gather(open_dataset(fruit))
    rows = {name: found.tolist() for name, found in report.rows_of.items()}
    assert report.rows == 7
    assert report.empty == {"instruction": 2, "input": 6, "output": 2}
    assert rows["blank output"] == [5, 6]
    assert rows["repeats a whole row"] == [6]
    assert rows["repeats a prompt and response"] == [2, 6]
    assert rows["repeats a prompt"] == [1, 2], "blank prompts are blank, and no repeats"
    assert rows["declines"] == [4]
    assert rows["GitHub token"] == [1]
    assert report.bad


def test_the_secret_itself_is_nowhere_in_the_report(fruit: Path) -> None:
    report = gather(open_dataset(fruit))
    (secret,) = report.of_kind("secret")
    assert secret.starts == ("ghp_…",)
    assert TOKEN[4:] not in repr(report)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_report_does_not_depend_on_how_the_file_is_cut(
    fruit: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    dataset = open_dataset(fruit)
    whole = gather(dataset)
    monkeypatch.setattr(Dataset, "parts", in_parts_of(size))
    assert same(whole, gather(dataset))


def test_progress_ends_at_the_last_row_and_a_cancel_is_heard(fruit: Path) -> None:
    dataset, seen = open_dataset(fruit), list[tuple[int, int]]()
    gather(dataset, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 7)
    assert seen[-1] == (7, 7)
    with pytest.raises(CheckCancelledError):
        gather(dataset, cancelled=lambda: True)


def test_a_conversation_is_looked_at_turn_by_turn(tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    talk = [
        {"from": "human", "value": "Hello!"},
        {"from": "gpt", "value": "Hello, how may I help?"},
        {"from": "human", "value": "Who pays you?"},
        {"from": "gpt", "value": "I'm sorry, but I can't answer that."},
    ]
    path.write_text(
        json.dumps({"conversations": talk}) + "\n" + json.dumps({"conversations": talk[:2]}) + "\n"
    )
    report = gather(open_dataset(path))
    assert report.rows_of["declines"].tolist() == [0]
    assert report.lengths["whole"].most == sum(len(turn["value"]) for turn in talk)


def test_a_blank_field_called_response_is_told_from_the_problem(tmp_path: Path) -> None:
    path = tmp_path / "names.jsonl"
    path.write_text('{"prompt": "a", "response": ""}\n{"prompt": "a", "response": "b"}\n')
    report = gather(open_dataset(path))
    names = [one.name for one in report.findings]
    assert len(names) == len(set(names))
    assert {"blank response", "empty response"} <= set(names)


def test_a_row_over_the_length_is_one_that_a_run_would_cut(fruit: Path) -> None:
    report = gather(open_dataset(fruit), Settings(max_tokens=5))
    assert report.rows_of["over 5 tokens"].tolist() == [4]
    assert report.over == 1


def test_twenty_thousand_identical_rows_are_one_group(tmp_path: Path) -> None:
    path = tmp_path / "same.jsonl"
    path.write_text('{"instruction": "Say hello", "output": "hello"}\n' * 20_000)
    report = gather(open_dataset(path))
    assert {(one.rows, one.groups, one.largest) for one in report.repeats} == {(19_999, 1, 20_000)}
    assert report.rows_of["repeats a whole row"][[0, -1]].tolist() == [1, 19_999]
    assert not report.bad, "repeats are information"


def test_alpaca_gives_the_known_answers(real: Callable[[str], Path]) -> None:
    dataset = open_dataset(real("alpaca.jsonl"))
    report = gather(dataset)
    assert report.rows == 52_002
    assert report.empty == {"instruction": 0, "input": 31_323, "output": 28}
    assert report.rows_of["empty response"].tolist() == report.rows_of["blank output"].tolist()
    assert [one.rows for one in report.repeats] == [0, 0, 0], "the release has no exact repeats"
    assert report.tokens.total == int(dataset.tokens.sum())
    assert len(report.rows_of["declines"]) == 85, (
        "read one by one: 50 say no output, 4 only speak of declining"
    )
    assert report.of_kind("secret") == []


def test_english_and_chinese_alpaca_are_told_apart(real: Callable[[str], Path]) -> None:
    for name, language, least in (("alpaca.jsonl", "en", 0.94), ("alpaca_zh_1000.json", "zh", 0.95)):
        found = gather(open_dataset(real(name))).languages
        assert found.counts[0][0] == language
        assert found.counts[0][1] >= least * len(found.sample)


def test_rows_are_sorted_and_within_the_file(fruit: Path) -> None:
    for rows in gather(open_dataset(fruit)).rows_of.values():
        assert (np.diff(rows) > 0).all()
        assert 0 <= rows[0] <= rows[-1] < 7
