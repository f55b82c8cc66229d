"""Scoring by hand without seeing what judges gave."""

from pathlib import Path

import numpy as np
import pytest

from dataexplore.session.session import Session
from tui.driver import Driver, opened, write_rows

_GIVEN = [61, 67, 73, 79, 83, 89, 97, 101, 103, 107]
"""What the judge gave: numbers that stand nowhere else on screen."""


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Ten rows, sorted by a judge's score."""
    rows = [
        {
            "instruction": f"Question {chr(65 + at)}",
            "output": f"Answer {chr(65 + at)}",
            "judge": given,
            "mild": at,
        }
        for at, given in enumerate(_GIVEN)
    ]
    return write_rows(tmp_path / "secret.jsonl", rows)


async def _begin(screen: Driver, text: str) -> None:
    await screen.press("2")
    await screen.shows("at judge >= ")
    await screen.ask("b", text)
    await screen.shows("blind scoring", "your score")


def _row(screen: Driver) -> int:
    """Return the row on screen by its question."""
    text = screen.text()
    return next(at for at in range(10) if f"Question {chr(65 + at)}" in text)


async def test_nothing_on_screen_tells_the_judges_scores(secret: Path) -> None:
    async with opened(secret) as screen:
        await _begin(screen, "10 0-5")
        seen = []
        for _ in range(10):
            text = screen.text()
            assert not [given for given in _GIVEN if str(given) in text]
            assert "row" not in text  # the file may be sorted by the score
            assert "keep" not in text  # a rule may have gone by it
            seen.append(_row(screen))
            await screen.press("3")
        assert sorted(seen) == list(range(10))
        assert seen != sorted(seen)
        await screen.shows("10 of 10 scored", "All rows are scored")
        await screen.press("6", "1")  # a digit too many goes nowhere
        await screen.shows("All rows are scored")
        await screen.press("enter")
        await screen.shows(
            "10 rows that you scored, beside 2 judges", "furthest apart: you and judge", "+104.0"
        )


async def test_every_score_is_kept_at_once_and_scoring_goes_on_later(secret: Path) -> None:
    async with opened(secret) as screen:
        await _begin(screen, "6 0-5")
        rows = []
        for score in "425":
            rows.append(_row(screen))
            await screen.press(score)
            await screen.shows(f"{len(rows)} scored")
            reader = Session.open(secret)  # another process would see the same
            kept = reader.scores("by_hand_judge")
            assert [kept[row] for row in rows] == [4, 2, 5][: len(rows)]
            assert np.count_nonzero(~np.isnan(kept)) == len(rows)
            reader.close()
        await screen.press("escape")
        await screen.shows("3 of 6 rows are scored and kept as by_hand_judge")
    async with opened(secret) as screen:
        await screen.press("2", "b")
        await screen.shows("3 of 6 are scored, enter goes on")
        await screen.press("enter")
        await screen.shows("blind scoring · 4 of 6 · 3 scored", "0 to 5")
        assert _row(screen) not in rows
        await screen.press("1", "1", "1", "enter")
        await screen.shows("6 rows that you scored", "Only 6 rows")
        await screen.press("o")
        await screen.shows('"by_hand_judge" IS NOT NULL', "6 of 10")


async def test_back_skip_and_undo(secret: Path) -> None:
    async with opened(secret, size=(80, 24)) as screen:
        await _begin(screen, "3 0-5")
        first = _row(screen)
        await screen.press("4")
        await screen.shows("2 of 3")
        await screen.press("b")
        await screen.shows("1 of 3", "you gave 4")
        assert _row(screen) == first
        await screen.press("2")
        await screen.shows("2 of 3")
        await screen.press("u")
        await screen.shows("1 of 3", "you gave 4", "the score is taken back")
        await screen.press("u")
        await screen.shows("1 of 3 · 0 scored")
        assert "by_hand_judge" not in screen.session.columns.signals
        await screen.press("u")
        await screen.shows("no score was given since you came here")
        await screen.press("s", "1", "5")
        await screen.shows("2 of 3 scored", "1 row was skipped")
        await screen.press("r")
        await screen.shows("1 of 3 · 2 scored")
        assert _row(screen) == first


async def test_scores_that_are_typed_and_what_is_not_on_the_scale(secret: Path) -> None:
    async with opened(secret) as screen:
        await _begin(screen, "2 0-5 by 0.5")
        await screen.press("4", ".", "5", "enter")
        await screen.shows("4.5: kept", "2 of 2")
        await screen.press("7", "enter")
        await screen.shows("7 is not between 0 and 5")
        await screen.press("4", ".", "2", "enter")
        await screen.shows("4.2 lies between two steps")
        await screen.press("3", "backspace", "enter")
        await screen.shows("type a score, 0 to 5 in steps of 0.5")
        await screen.press("?")
        await screen.shows("a score that is seen is no score of yours")


async def test_ten_is_the_key_0_where_scores_begin_at_1(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("2", "b")
        await screen.shows("drawn evenly over the scores of judge")
        await screen.type("2")
        await screen.shows("1 … 9, 0 is 10", "1 to 10")
        await screen.press("0")
        await screen.shows("10: kept")


async def test_the_outcome_names_what_is_there_and_what_is_not(secret: Path) -> None:
    async with opened(secret) as screen:
        await screen.press("2", "B")
        await screen.shows("no row is scored by hand beside judge yet")
        await screen.ask("b", "none")
        await screen.shows("none is no number of rows, as 20")
        await screen.type("10 0-9")
        await screen.shows("your score, 0 to 9")
        for _ in range(10):
            await screen.press(str(_row(screen)))
        await screen.press("enter")
        await screen.shows("10 rows that you scored", "100.0 %", "1.000", "+0.00")
        await screen.press("tab")
        await screen.shows("furthest apart: you and mild")
        await screen.press("enter")
        await screen.shows("row = 1", "1 of 10")


async def test_fields_that_may_tell_are_left_out_of_files_of_no_known_kind(tmp_path: Path) -> None:
    rows = [
        {
            "note": f"Some text {n}",
            "judge": n % 4,
            "quality": "high praise",
            "votes": f"{n + 70}",
            "other": "more text",
        }
        for n in range(8)
    ]
    async with opened(write_rows(tmp_path / "odd.jsonl", rows)) as screen:
        screen.app.sitting.signal = "judge"
        await _begin(screen, "3")
        text = screen.text()
        assert "Some text" in text
        assert "more text" in text
        assert not [word for word in ("high praise", "votes", "quality") if word in text]
