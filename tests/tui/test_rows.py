"""Mode 1 as a person uses it."""

import json
from pathlib import Path

from dataexplore.journal.decision import DROP, KEEP, UNDECIDED
from tui.driver import opened, write_rows


async def test_keep_drop_undo_redo_and_the_header_counts(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("a", "x", "x")
        await screen.shows("keep 1", "drop 2", "undecided 7")
        await screen.press("u")
        await screen.shows("keep 1", "drop 1", "undecided 8", "undone: by hand")
        await screen.press("ctrl+r")
        await screen.shows("drop 2", "redone: by hand")
        assert [screen.session.state.decision(row) for row in range(4)] == [KEEP, DROP, DROP, UNDECIDED]


async def test_decisions_are_there_when_the_file_is_opened_again(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("a", "x")
    async with opened(tiny) as screen:
        await screen.shows("keep 1", "drop 1", "undecided 8")
        await screen.press("u")
        await screen.shows("keep 1", "drop 0", "undecided 9")


async def test_marked_rows_are_decided_together_and_undone_together(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press(" ", "j", " ", "j", " ")
        await screen.shows("3 marked")
        await screen.press("x")
        await screen.shows("drop 3", "3 marked rows")
        await screen.lacks("· 3 marked")
        assert screen.session.state.decisions.tolist() == [2, 0, 2, 0, 2, 0, 0, 0, 0, 0]
        await screen.press("u")
        await screen.shows("drop 0")


async def test_a_filter_narrows_the_view_and_the_whole_view_is_decided(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.ask("f", "judge >= 8")
        await screen.shows("judge >= 8 · 3 of 10")
        await screen.press("X")
        await screen.shows("drop 3", "undecided 7")
        await screen.press("F")
        await screen.shows("all rows · 10 of 10")


async def test_a_wrong_filter_says_why_and_stays_open_to_be_mended(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.ask("f", "juge >= 8")
        await screen.shows("did you mean judge?")
        await screen.type("judge >= 10")
        await screen.shows("judge >= 10 · 1 of 10")


async def test_sort_by_a_column_and_turn_it_round(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.ask("s", "judge")
        await screen.shows("judge ↓", "row 10 ·")
        assert screen.session.state.view.rows.tolist() == list(range(9, -1, -1))
        await screen.ask("s", "judge")
        await screen.shows("judge ↑", "row 1 ·")
        assert screen.session.state.view.rows.tolist() == list(range(10))


async def test_search_walks_through_matches_and_around_the_end(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.ask("/", "sourdough")
        await screen.shows("match 1 of")
        await screen.press("N")
        await screen.shows("match ")
        await screen.ask("/", "no such text anywhere")
        await screen.shows("nothing in view contains")


async def test_a_row_is_found_by_its_number(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.ask("#", "300")
        await screen.shows("row 300 ·")


async def test_on_a_small_screen_enter_opens_the_record_and_esc_returns(tiny: Path) -> None:
    async with opened(tiny, size=(80, 24)) as screen:
        await screen.shows("→ word")
        await screen.press("enter")
        await screen.shows("instruction", "output", "tokens")
        await screen.press("escape")
        await screen.lacks("instruction")


async def test_another_record_begins_at_its_first_line(tmp_path: Path) -> None:
    rows = [{"instruction": f"question {n}", "output": "line\n" * 50} for n in range(2)]
    async with opened(write_rows(tmp_path / "long.jsonl", rows), size=(80, 24)) as screen:
        await screen.press("enter", "]", "]")
        await screen.lacks("question 0")
        await screen.press("escape", "j", "enter")
        await screen.shows("row 2 ·", "question 1", "more lines  ]")


async def test_an_empty_view_says_how_to_leave_it(tiny: Path) -> None:
    async with opened(tiny, size=(80, 24)) as screen:
        await screen.ask("f", "judge > 10")
        await screen.shows("judge > 10 · 0 of 10", "no rows match; F shows all rows")
        await screen.press("F")
        await screen.shows("Question number 1")


async def test_a_number_that_names_rows_is_no_score(tmp_path: Path) -> None:
    rows = [{"id": n, "instruction": f"q{n}", "output": "a"} for n in range(3)]
    async with opened(write_rows(tmp_path / "a.jsonl", rows)) as screen:
        assert screen.app.sitting.signal == "response_chars"
        assert screen.app.sitting.score is None


async def test_bad_lines_are_listed_with_number_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    good = json.dumps({"instruction": "Say hello", "input": "", "output": "hello"})
    path.write_text(f"{good}\nnot json\n{good}\n[1, 2]\n")
    async with opened(path) as screen:
        await screen.shows("2 lines are no rows")
        await screen.press("!")
        await screen.shows("line         2", "line         4", "not a JSON object (array)")


async def test_help_lists_the_keys_of_the_mode(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("?")
        await screen.shows("keep the row, or the marked ones", "undo the last act")
        await screen.press("escape")
        await screen.lacks("undo the last act")


async def test_hostile_text_is_shown_as_visible_marks(tmp_path: Path) -> None:
    row = {"instruction": "\x1b]0;PWN\x07[@click=app.quit]here[/] [/] \u202etxt", "output": "\x9b31mred\x00"}
    rows = [row, {"instruction": "next", "output": "fine"}]
    async with opened(write_rows(tmp_path / "hostile.jsonl", rows)) as screen:
        await screen.shows("␛]0;PWN␇[@click=app.quit]here[/] [/] ⟨RLO⟩txt", "⟨009B⟩31mred␀")
        assert not any(ord(char) < 32 and char != "\n" for char in screen.text())


async def test_a_second_session_reads_only_and_names_the_holder(tiny: Path) -> None:
    async with opened(tiny) as first:
        await first.press("a")
        async with opened(tiny) as second:
            await second.shows("read-only: process", "keep 1")
            await second.press("x")
            await second.shows("is deciding on this dataset", "drop 0")
