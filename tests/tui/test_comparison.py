"""Mode 6 compares two runs: counted first, watched, read, and gone on with by whoever comes back."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from textual.widgets import Input

from core.compare.rules import Judging, first_shown, judging, longer, silent
from dataexplore.compare.outcome import outcome
from dataexplore.compare.review import Review
from dataexplore.errors import DataexploreError
from dataexplore.jobs.listing import list_jobs
from dataexplore.session.verdicts import in_words
from dataexplore_tui.screens.comparison_form import ComparisonForm, wish_of
from tui.contests import TOKENS, One, Place, answered, place
from tui.driver import Driver, opened

SAID = [
    *(
        One(
            f"Tell a story about {word}.",
            f"Once upon a time there was {word}, and it was good.",
            word,
            "tales",
        )
        for word in ("the sea", "a fox", "a well", "two kings", "a mill", "rain", "bread", "a thief")
    ),
    One("Name a colour.", "red", "red, or blue if you like", "short", "green", (0.5, 1.5)),
    One("Name a number.", "7", "seven, a number that many like", "short", "12", (0.5, 1.25)),
    One("Say yes.", "yes", "yes", "short"),
]
LEFT_OUT = ["Which row was this run tuned on?"]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary")


@pytest.fixture
def here(tmp_path: Path) -> Place:
    made = place(tmp_path, SAID, LEFT_OUT)
    answered(made, SAID)
    return made


@pytest.fixture
def judge() -> Iterator[Judging]:
    with judging(longer) as made:
        yield made


async def compare(
    screen: Driver, here: Place, judge: Judging | None = None, said: Sequence[One] = SAID
) -> None:
    """Mark both runs, fill in the form and have it counted."""
    await screen.press("6")
    await screen.shows("kept-1000", "random-1000")
    await screen.press("G", "space", "k", "space")
    await screen.shows("c compares the two")
    await screen.press("c")
    await screen.shows("held-out rows", here.runs[0].id, here.runs[1].id)
    values = {"prompts": str(here.prompts), "tokens": str(TOKENS)}
    if judge is not None:
        values |= {"model": "rule-70B", "base_url": judge.here.url}
    for name, value in values.items():
        screen.app.screen.query_one(f"#field-{name}", Input).value = value
    await screen.press("enter")
    await screen.shows(f"{len(said)} prompts", "starts it")


async def judged(screen: Driver, here: Place, judge: Judging) -> None:
    """Compare both runs and wait for the outcome."""
    await compare(screen, here, judge)
    await screen.press("enter")
    await screen.shows("winning score", "✓ judge", patience=10)
    await screen.lacks("not judged yet")


async def test_nothing_is_asked_before_it_was_counted(here: Place, judge: Judging) -> None:
    async with opened(here.data) as screen:
        await compare(screen, here, judge)
        await screen.shows(
            "11 of them answered by both already",
            "1 of 12 left out",
            "20 questions to the judge",
            judge.here.url,
        )
        assert not judge.asked
        await screen.press("escape")
        await screen.lacks("20 questions")


async def test_who_wins_by_a_rule_is_what_the_screen_says(here: Place, judge: Judging) -> None:
    async with opened(here.data) as screen:
        await judged(screen, here, judge)
        await screen.shows("W wins", "72.7 %", "18.2 %", "9.1 %", "winning score 1.545", "sign test p 0.109")
        await screen.shows("No more than chance: 8 of 10 decided prompts")
        await screen.shows("order flips    0 prompts, 0.0%", "longer wins    100.0%", "length apart")
        await screen.shows(
            "tales",
            "8      8      0      0   2.000",
            "short",
            "3      0      1      2",
            "alike          1 prompt ",
        )
        await screen.shows(
            "held-out loss  0.5000 and 1.3750", "first is lower on 2", "expects the references"
        )
        await screen.shows("left out       1 of 12 prompts")
        assert len(judge.asked) == len(set(judge.asked)) == 20
        await screen.press("x")
        await screen.shows(LEFT_OUT[0], "as row 1 of kept-1000")
        await screen.press("escape", "r")
        await screen.shows("nothing is missing")
        assert len(judge.asked) == 20


async def test_whoever_comes_back_finds_it_and_pays_nothing_twice(here: Place, judge: Judging) -> None:
    async with opened(here.data) as screen:
        await judged(screen, here, judge)
    async with opened(here.data, size=(80, 24)) as screen:
        await screen.press("6")
        await screen.shows("kept-1000")
        await screen.press("C")
        await screen.shows("comparisons", "kept-1000", "rule-70B", "11 prompts")
        await screen.press("enter")
        await screen.shows("W wins", "winning score 1.545")
        await screen.press("escape")
        await compare(screen, here, judge)
        await screen.shows("0 questions to the judge", "every reply is there")
        await screen.press("enter")
        await screen.shows("winning score 1.545")
        assert len(judge.asked) == 20
        jobs = [job.kind for job in list_jobs(screen.session.workspace.jobs)]
        assert (jobs.count("generate"), jobs.count("judge")) == (2, 1)


async def test_a_comparison_of_the_command_line_shows_its_judge(here: Place, judge: Judging) -> None:
    async with opened(here.data) as screen:
        await judged(screen, here, judge)
    (asked,) = here.workspace.glob("comparisons/*/asked.json")
    asked.unlink()  # the command line leaves none
    async with opened(here.data) as screen:
        await screen.press("6")
        await screen.shows("kept-1000")
        await screen.press("C", "enter")
        await screen.shows("winning score 1.545", "rule-70B  asked before")


async def test_text_of_models_and_judges_can_do_nothing(tmp_path: Path, judge: Judging) -> None:
    said = [One("[/] What? \x1b[31m", "[@click=app.leave]a[/] \x1b]0;title\x07", "b [/bold]", "[red]", "r")]
    here = place(tmp_path, said)
    answered(here, said)
    judge.rule = lambda first, second: '{"first": 8, "second": 6, "reason": "[/] \\u001b[2J"}'
    async with opened(here.data) as screen:
        await compare(screen, here, judge, said)
        await screen.press("enter")
        await screen.shows("winning score 1.000", "✓ judge", patience=10)
        await screen.press("enter")
        await screen.shows("[/] What? ␛[31m", "[@click=app.leave]a[/] ␛]0;title", "[red]", "[/] ␛[2J")
        await screen.press("escape", "v")
        await screen.shows("blind votes", "[@click=app.leave]a[/]")


async def test_answers_side_by_side_and_filters(here: Place, judge: Judging) -> None:
    async with opened(here.data) as screen:
        await judged(screen, here, judge)
        await screen.press("enter")
        await screen.shows("all · 1 of 11", "Tell a story about the sea.", "│", "W  the first won")
        await screen.shows(
            "shown first, then second: first 6, second 4", "shown second, then first: first 6, second 4"
        )
        await screen.press("j")
        await screen.shows("all · 2 of 11", "a fox")
        await screen.press("l")
        await screen.shows("losses · 1 of 2", "Name a colour.", "L  the second won", "reference", "green")
        await screen.press("j", "j")
        await screen.shows("losses · 2 of 2", "Name a number.")
        await screen.press("t")
        await screen.shows("ties · 1 of 1", "both said the same")
        await screen.press("c")
        await screen.shows("contradictions · none", "a shows all")
        await screen.press("f")
        await screen.shows("all · 1 of 11")
        await screen.press("escape")
        await screen.shows("winning score")


async def test_on_a_narrow_screen_answers_stand_one_after_the_other(here: Place, judge: Judging) -> None:
    async with opened(here.data, size=(80, 24)) as screen:
        await judged(screen, here, judge)
        await screen.press("o")
        await screen.shows("all · 1 of 11", "first  kept-1000", "second  random-1000")
        lines = screen.text().split("\n")
        assert not any("Once upon" in line and "│" in line.strip("│ ") for line in lines)


async def test_a_judge_that_goes_by_the_order_is_told_as_such(here: Place, judge: Judging) -> None:
    judge.rule = first_shown
    async with opened(here.data) as screen:
        await judged(screen, here, judge)
        await screen.shows("No more than chance: neither model won a prompt.", "10 prompts, 90.9%")
        await screen.shows("goes by the order more than by the answers")
        await screen.press("enter", "c")
        await screen.shows(
            "contradictions · 1 of 10", "another winner in each order", "Assistant 1 is better."
        )


async def test_replies_that_cannot_be_read_count_apart(here: Place, judge: Judging) -> None:
    judge.rule = silent
    async with opened(here.data) as screen:
        await judged(screen, here, judge)
        await screen.shows("unparsed       10 prompts", "most of what the judge said could not be read")
        await screen.press("enter")
        await screen.shows("a reply could not be read", "Both have their merits.")


async def test_without_a_judge_there_are_losses_and_answers_and_no_winner(here: Place) -> None:
    async with opened(here.data) as screen:
        await compare(screen, here)
        await screen.shows("nobody judges: held-out losses and answers to read")
        await screen.press("enter")
        await screen.shows("Nobody judged the answers", "held-out loss  0.5000 and 1.3750")
        await screen.shows("Tell a story about the sea.", "11 answered")
        await screen.lacks("winning score")
        await screen.press("J")
        await screen.shows("longest answer", "interpreter")


async def test_one_marked_run_is_compared_with_its_base(here: Place) -> None:
    async with opened(here.data) as screen:
        await screen.press("6")
        await screen.shows("kept-1000")
        await screen.press("C")
        await screen.shows("kept-1000 ")
        await screen.press("escape", "space")
        await screen.shows("mark a run")
        await screen.press("G", "space", "c")
        await screen.shows(here.runs[0].id, "base:some/model")
        assert here.runs[1].id not in screen.text()
        await screen.press("escape", "k", "c")
        await screen.shows(here.runs[0].id, here.runs[1].id)


async def test_a_judge_is_stopped_left_and_gone_on_with(here: Place, judge: Judging) -> None:
    answers = Event()

    def waits(first: str, second: str) -> str:
        answers.wait(60)
        return longer(first, second)

    judge.rule = waits
    async with opened(here.data) as screen:
        await compare(screen, here, judge)
        await screen.press("enter")
        await screen.shows("● judge", "0 of 20", patience=5)
    async with opened(here.data) as screen:
        await screen.press("6")
        await screen.shows("1 alive")
        await screen.press("C", "enter")
        await screen.shows("● judge", "0 of 20")
        await screen.press("s")
        await screen.shows("asked to stop")
        answers.set()
        await screen.shows("stopped", patience=5)
        await screen.press("r")
        await screen.shows("winning score 1.545", "✓ judge", patience=10)
    assert len(set(judge.asked)) == 20
    assert len(judge.asked) <= 28  # those under way when it was stopped may have been asked again


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"first": "a"}, "name two models"),
        ({"first": "a", "second": "b", "model": "m"}, "a judge needs both"),
        ({"first": "a", "second": "b", "limit": "few"}, "how many: few is not a whole number"),
        ({"first": "a", "second": "b", "tokens": "0"}, "longest answer: 0 is not a whole number"),
        ({"first": "a", "second": "b", "model": "m", "base_url": "ftp://x"}, "no address of an endpoint"),
    ],
)
def test_the_form_names_the_field_that_does_not_fit(values: dict[str, str], told: str) -> None:
    with pytest.raises(DataexploreError, match=told):
        wish_of({name: values.get(name, "") for name, _, _ in ComparisonForm.FIELDS})


def test_the_difference_in_plain_words() -> None:
    won, lost = Review("", (2, 1), (2, 1)), Review("", (1, 2), (1, 2))
    assert in_words(outcome([won] * 30 + [lost] * 5), "A", "B").startswith(
        "More than chance: A is better by this judge"
    )
    assert in_words(outcome([won] * 5 + [lost] * 30), "A", "B").startswith(
        "More than chance: B is better by this judge"
    )
    assert in_words(outcome([won] * 9 + [lost] * 8), "A", "B").startswith("No more than chance: 9 of 17")
    assert in_words(outcome([won] * 5), "A", "B").startswith("On the edge of chance: A may be")
