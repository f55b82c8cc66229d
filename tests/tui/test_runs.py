"""Mode 6: what the list and the pane say about a run."""

from pathlib import Path

from dataexplore.jobs.folder import Job
from dataexplore.jobs.status import Status
from dataexplore_tui.panes.runs import Watched
from dataexplore_tui.widgets.bars import brief, chart
from tui.driver import opened


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


async def test_without_a_run_the_pane_says_how_to_start_one(tiny: Path) -> None:
    async with opened(tiny) as screen:
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
