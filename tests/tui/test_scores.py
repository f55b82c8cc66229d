"""Mode 2 as a person uses it."""

import json
from pathlib import Path

import numpy as np

from tui.driver import opened, write_rows


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
        ratings.write_text("instruction,strict\nQuestion number 3,2\n")
        await screen.press("I")
        await screen.type(f"{ratings} by instruction")
        await screen.shows("1 of 10 rows rated: strict", "strict · 1 scored, 9 not")
    async with opened(tiny) as screen:
        await screen.press("2", "S")
        await screen.shows("helpful", "imported", "ratings.csv")
        await screen.press("escape")
        await screen.shows("at judge >= 9")


async def test_a_typed_threshold(tiny: Path) -> None:
    async with opened(tiny, size=(80, 24)) as screen:
        await screen.press("2", "t")
        await screen.type("3,5")
        await screen.shows("at judge >= 3.5", "7 rows")


async def test_ties_are_named_and_told_apart_by_a_second_signal(tmp_path: Path) -> None:
    rows = [{"instruction": f"q{n}", "output": "x" * n, "score": 5 if n < 9 else 3} for n in range(12)]
    async with opened(write_rows(tmp_path / "ties.jsonl", rows)) as screen:
        await screen.press("2", "right", "right")
        await screen.shows("at score >= 5", "9 rows share 5: choose a second key T")
        await screen.ask("T", "4 by response_chars")
        await screen.shows("keep 4", "drop 8", "rule: top 4 by score_then_response_chars")
        assert screen.session.decisions[:9].tolist() == [2, 2, 2, 2, 2, 1, 1, 1, 1]
        await screen.press("u")
        await screen.ask("T", "3 by least response_chars")
        await screen.shows("keep 3")
        assert screen.session.decisions[:4].tolist() == [1, 1, 1, 2]
        await screen.ask("T", "many by length")
        await screen.shows("many by length is not so many rows by a signal")
    async with opened(tmp_path / "ties.jsonl") as screen:
        note = screen.session.columns.signals["score_then_response_chars"].note
        assert note == "ties: score, equal ones by response_chars"


async def test_flagged_rows_that_would_be_kept_are_counted_and_opened(tmp_path: Path) -> None:
    rows = [
        {"instruction": f"q{n}", "output": "" if n % 4 == 0 else "word", "score": n} for n in range(1, 11)
    ]
    async with opened(write_rows(tmp_path / "empty.jsonl", rows)) as screen:
        await screen.press("2")
        await screen.ask("t", "5")
        await screen.shows("flagged by a check, scored >= 5", "1 of 2 empty response")
        await screen.press("w")
        await screen.shows("(problems != '') AND \"score\" >= 5", "1 of 10")


async def test_a_second_signal_stands_beside_with_what_the_line_keeps_of_it(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("2", "s", "j", "enter")
        await screen.shows("beside: lenient_judge")
        at = screen.session.scores("strict_judge") >= 4.5
        await screen.ask("t", "4.5")
        kept = int((~np.isnan(screen.session.scores("lenient_judge")) & at).sum())
        await screen.shows(f"█ kept ░ not · {kept} of 401 kept")
        await screen.press("s", "j", "enter")
        await screen.lacks("beside:")


async def test_tuning_time_is_told_from_the_last_finished_run(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("2")
        await screen.shows("tuning time: after a first run")
        job = screen.session.workspace.jobs / "20260101T000000Z-tune-abcdef"
        job.mkdir(parents=True)
        spec = {"kind": "tune", "module": "m", "settings": {"epochs": 3}, "dataset": "d", "rows": 1,
                "rows_hash": "0", "seed": 0, "versions": {}, "python": "python"}  # fmt: skip
        (job / "spec.json").write_text(json.dumps(spec))
        (job / "metrics.jsonl").write_text('{"step": 1, "tokens_per_second": 1.0}\n')
        (job / "result.json").write_text("{}")
        await screen.press("1", "2")
        tokens = int(screen.session.dataset.tokens[8:].sum())
        await screen.shows(f"tune about {round(3 * tokens / 60)} min, 3 epochs, as the last run")


async def test_pages_of_a_narrow_screen(starter: Path) -> None:
    async with opened(starter, size=(80, 24)) as screen:
        await screen.press("2")
        await screen.shows("at strict_judge >= ", "tab page")
        await screen.press("tab")
        await screen.shows("agreement of judges", "Spearman", "lenient_judge")
        await screen.press("tab")
        await screen.shows("strict_judge against length", "characters")
        await screen.press("tab")
        await screen.shows("signals", "response_chars", "computed")
        await screen.press("escape")
        await screen.shows("at strict_judge >= ")
