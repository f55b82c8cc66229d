"""Mode 6: what the list and the pane say about a run."""

from pathlib import Path
from typing import Any

import pytest

from dataexplore.errors import JobError
from dataexplore.jobs.folder import Job
from dataexplore.jobs.status import Status
from dataexplore_tui.panes.runs import Watched
from dataexplore_tui.screens.tune_form import wanted_of
from dataexplore_tui.widgets.bars import brief, chart
from tui.driver import opened, write_rows


def _watched(seconds: list[float], done: int, total: int) -> Watched:
    metrics = [{"step": step, "seconds": second, "loss": 1.0} for step, second in enumerate(seconds, 1)]
    return Watched(Job(Path("nowhere")), Status("running", done=done, total=total), metrics)


def test_time_left_goes_by_the_pace_of_the_last_steps() -> None:
    assert _watched([2.0, 4.0, 6.0], 3, 63).eta == "0:02:00"


def test_time_left_is_right_after_a_resume_whose_clock_began_anew() -> None:
    assert _watched([100.0, 102.0, 3.0, 5.0], 4, 34).eta == "0:01:00"


def test_a_curve_falls_from_the_upper_left_to_the_lower_right() -> None:
    lines = chart([4.0, 3.0, 2.0, 1.0], 2, 2)
    assert lines[0][0] != " "
    assert lines[1][1] != " "
    assert lines[1][0] == " "


def test_numbers_in_three_digits() -> None:
    assert [brief(n) for n in (0, 999, 1000, 12_345, 999_600, 1_310_000)] == [
        "0",
        "999",
        "1.00k",
        "12.3k",
        "1.00M",
        "1.31M",
    ]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_without_a_run_it_says_how_to_start_one(tiny: Path, size: tuple[int, int]) -> None:
    async with opened(tiny, size=size) as screen:
        await screen.press("6")
        await screen.shows("no run yet: T tunes")


async def test_the_form_names_the_field_that_does_not_fit(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("6", "T")
        await screen.shows("base model", "preset")
        await screen.type("")
        await screen.shows("name a base model")
        await screen.type("/no/such/model")
        await screen.shows("/no/such/model")
        await screen.press("escape")
        await screen.lacks("base model")


def test_preference_data_is_learned_only_when_asked_for() -> None:
    assert not wanted_of({"base": "m"}).learn_chosen
    assert wanted_of({"base": "m", "preference": "chosen"}).learn_chosen
    with pytest.raises(JobError, match="write `chosen`"):
        wanted_of({"base": "m", "preference": "both"})


async def test_the_form_says_in_full_why_preference_data_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []

    def counted(rows: list[dict[str, Any]], *others: object) -> None:
        given.extend(len(row["messages"]) for row in rows)
        raise JobError("counted")

    monkeypatch.setattr("dataexplore.tune.preflight.preflight", counted)
    rows = [{"prompt": "p", "chosen": "c", "rejected": "r"}] * 3
    async with opened(write_rows(tmp_path / "pairs.jsonl", rows), size=(80, 24)) as screen:
        await screen.press("6", "T")
        await screen.type("some/model")
        await screen.shows("3 of the 3 rows are preference data", "them for a preference trainer")
        await screen.press(*["down"] * 9)
        await screen.type("chosen")
        await screen.shows("counted")
    assert given == [2, 2, 2]
