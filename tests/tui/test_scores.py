"""Mode 2 as a person uses it."""

from pathlib import Path

from tui.driver import opened


async def test_the_threshold_moves_and_becomes_a_rule(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("2")
        await screen.shows("at judge >= 9", "2 rows  20.0 %", "10 scored, 0 not")
        await screen.press("left", "left")
        await screen.shows("at judge >= 7", "4 rows  40.0 %", "1 row has exactly 7")
        await screen.press("enter")
        await screen.shows("keep 4", "drop 6", "rule: judge >= 7")


async def test_a_moved_threshold_takes_the_place_of_the_earlier_one(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("2", "enter")
        await screen.shows("keep 2", "drop 8")
        await screen.press("left", "left", "enter")
        await screen.shows("keep 4", "drop 6")
        await screen.press("u")
        await screen.shows("keep 2", "drop 8")


async def test_a_rule_leaves_hand_decisions_alone(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("a", "2", "enter")
        await screen.shows("keep 3", "drop 7")


async def test_unscored_rows_are_a_bar_of_their_own_and_stay_undecided(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("2")
        await screen.shows("400 scored, 5 not", "unscored          5 rows")
        await screen.press("enter")
        await screen.shows("undecided 5")
        await screen.press("V")
        await screen.shows('"strict_judge" IS NULL · 5 of 405')


async def test_tab_shows_the_next_signal(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("2", "tab")
        await screen.shows("lenient_judge · 401 scored, 4 not")


async def test_ratings_are_imported_and_stay(tiny: Path) -> None:
    ratings = tiny.with_name("ratings.csv")
    ratings.write_text("row,helpful\n0,5\n3,2.5\n99,1\n")
    async with opened(tiny) as screen:
        await screen.press("2", "I")
        await screen.type(str(ratings))
        await screen.shows("2 of 10 rows rated: helpful", "helpful · 2 scored, 8 not")
    async with opened(tiny) as screen:
        await screen.press("2")
        await screen.shows("helpful", "imported")


async def test_a_typed_threshold(tiny: Path) -> None:
    async with opened(tiny, size=(80, 24)) as screen:
        await screen.press("2", "t")
        await screen.type("3,5")
        await screen.shows("at judge >= 3.5", "7 rows")
