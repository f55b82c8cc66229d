"""What is in the file, over any mode, and the rows behind each line."""

import json
from pathlib import Path
from threading import Event

import pytest

from dataexplore.report import gather
from tui.driver import opened, write_rows

ROWS = [
    {"instruction": "Name a fruit", "input": "", "output": "Apple"},
    {"instruction": "Name a fruit", "input": "", "output": "Apple"},
    {"instruction": "Open this link", "input": "", "output": "I'm sorry, but I can't open links."},
    {"instruction": "Say nothing", "input": "", "output": ""},
    {"instruction": "Show a key", "input": "", "output": "AKIA" + "QW2ERTY4UIOP6ASD"},
]


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = write_rows(tmp_path / "mixed.jsonl", ROWS)
    path.write_text(path.read_text() + "not json\n")
    return path


async def test_it_shows_what_check_prints(mixed: Path) -> None:
    async with opened(mixed, size=(120, 60)) as screen:
        await screen.press("i")
        await screen.shows("what is in the file", "line         6", "empty response", "AWS access key")
        await screen.shows(
            "repeats a whole row", "blank input", "declines", "Lengths in characters", "median"
        )
        await screen.shows("Languages of all rows", "estimated: bytes / 4")
        await screen.lacks("AKIAQW2")
        await screen.press("escape")
        await screen.lacks("what is in the file")


async def test_the_cursor_begins_on_what_has_rows_and_tab_goes_to_the_next(mixed: Path) -> None:
    async with opened(mixed) as screen:
        await screen.press("i")
        await screen.shows("declines")
        await screen.press("enter")
        await screen.shows("problems LIKE '%empty response%' · 1 of 5")
        await screen.press("escape")
        await screen.shows("all rows · 5 of 5")


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        (1, "check_aws_access_key = 1 · 1 of 5"),
        (2, "check_repeats_a_"),
        (5, "check_blank_input = 1 · 5 of 5"),
    ],
)
async def test_enter_opens_the_rows_of_a_line_in_mode_1(mixed: Path, steps: int, shown: str) -> None:
    async with opened(mixed) as screen:
        await screen.press("2", "i")
        await screen.shows("declines")
        await screen.press(*["tab"] * steps, "enter")
        await screen.shows(shown)
        await screen.press("escape")
        await screen.shows("make rule")


async def test_the_rows_of_a_line_are_decided_like_any_view(mixed: Path) -> None:
    async with opened(mixed) as screen:
        await screen.press("i")
        await screen.shows("declines")
        await screen.press("tab", "tab", "enter")
        await screen.shows("check_repeats_a_prompt = 1 · 1 of 5")
        await screen.press("X")
        await screen.shows("drop 1", "undecided 4")
        assert screen.session.state.decisions.tolist() == [0, 2, 0, 0, 0]


async def test_problems_are_there_at_once_and_a_line_without_rows_closes(mixed: Path) -> None:
    async with opened(mixed, size=(80, 24)) as screen:
        await screen.press("!")
        await screen.shows("1 unreadable lines", "line         6")
        await screen.press("enter")
        await screen.lacks("unreadable lines")


@pytest.mark.parametrize(
    ("name", "rows", "whole"),
    [
        ("a.jsonl", '{"instruction":"a","output":"b"}\n', "every line of the file is a row"),
        ("a.json", '[{"instruction":"a","output":"b"}]', "every element of the array is a row"),
        ("a.csv", "instruction,output\na,b\n", "every record of the file is a row"),
    ],
)
async def test_what_a_row_is_in_the_file_is_said_in_its_own_word(
    tmp_path: Path, name: str, rows: str, whole: str
) -> None:
    path = tmp_path / name
    path.write_text(rows)
    async with opened(path, size=(80, 24)) as screen:
        await screen.press("i")
        await screen.shows(whole)


async def test_what_is_wrong_begins_at_the_first_finding(tmp_path: Path) -> None:
    rows = ROWS[2:4]
    async with opened(write_rows(tmp_path / "a.jsonl", rows), size=(80, 24)) as screen:
        await screen.press("!")
        await screen.shows("empty response")
        await screen.press("enter")
        await screen.shows("problems LIKE '%empty response%' · 1 of 2")


async def test_as_many_rows_are_named_as_fit_and_none_is_cut(starter: Path) -> None:
    async with opened(starter, size=(80, 24)) as screen:
        await screen.press("!")
        await screen.shows("rows 68, 94, 195, 288 …", "rows 99, 139, 404 ")


async def test_the_rows_are_looked_at_once(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(mixed) as screen:
        await screen.press("i")
        await screen.shows("declines")
        await screen.press("escape")
        monkeypatch.setattr(gather, "gather", None)
        await screen.press("i")
        await screen.shows("declines")


async def test_closing_gives_up_what_is_still_looked_at(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bool] = []

    def endless(dataset: object, settings: object, progress: object, cancelled: object) -> None:
        assert callable(progress)
        assert callable(cancelled)
        progress(2, 5)
        while not cancelled():
            Event().wait(0.01)  # a busy loop would keep the screen from running
        heard.append(True)
        raise gather.CheckCancelledError

    monkeypatch.setattr(gather, "gather", endless)
    async with opened(mixed) as screen:
        await screen.press("i")
        await screen.shows("looking at rows: 2 of 5", "empty response")
        await screen.press("escape")
        await screen.lacks("looking at rows")
        await screen.app.workers.wait_for_complete()
    assert heard == [True]


async def test_names_from_the_file_are_shown_as_they_are_and_act_on_nothing(tmp_path: Path) -> None:
    path = tmp_path / "hostile.jsonl"
    row = {"instruction": "a", "output": "b", "\x1b]0;PWN\x07[@click=app.leave]x[/]": "1"}
    path.write_text(json.dumps(row) + "\n\x1b[2J no json\n")
    async with opened(path) as screen:
        await screen.press("i")
        await screen.shows("␛]0;PWN␇[@click=app.leave]x[/]", "␛[2J no json", "Languages of all rows")
        assert not any(ord(char) < 32 and char != "\n" for char in screen.text())
