"""Blind votes: nothing tells who answered, every vote is on disk, and the judge stands beside them after."""

from pathlib import Path

import pytest

from core.compare.rules import judging, longer
from dataexplore.compare.comparison import Comparison
from dataexplore.compare.votes import read_votes
from tui.contests import One, Place, answered, place
from tui.driver import Driver, opened
from tui.test_comparison import compare

SAID = [One(f"Question {n}", f"fine words {n}", f"words {n}") for n in range(8)] + [
    One("Same?", "same", "same")
]


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return place(tmp_path, SAID)


@pytest.fixture
def made(here: Place) -> Comparison:
    return answered(here, SAID)


async def _begin(screen: Driver) -> None:
    await screen.press("6")
    await screen.shows("kept-1000")
    await screen.press("C", "enter")
    await screen.shows("first", "9 answered")
    await screen.press("v")
    await screen.shows("blind votes", "which answer is better?")


def _fine_left(screen: Driver) -> bool:
    """Tell whether the first model's answer stands on the left."""
    line = next(line for line in screen.text().split("\n") if "fine words" in line)
    return line.index("fine words") < line.rindex("words") - len("fine ")


async def test_nothing_on_screen_tells_who_answered(here: Place, made: Comparison) -> None:
    async with opened(here.data) as screen:
        await _begin(screen)
        sides = []
        for _ in range(8):
            text = screen.text()
            hidden = ("kept-", "random-", "first", "second", *(job.id[-6:] for job in here.runs), "few.jsonl")
            assert not [word for word in hidden if word in text]
            sides.append(_fine_left(screen))
            await screen.press("1")
        assert set(sides) == {True, False}
        await screen.shows("8 of 8 voted on", "All prompts are voted on", "1 that both answered alike")
        wins = sides.count(True)
        await screen.press("2", "enter")
        await screen.shows(f"people, blind  {wins} wins, 0 ties, {8 - wins} losses")
    assert [vote.verdict for vote in read_votes(made.folder)].count(1) == wins


async def test_every_vote_is_on_disk_at_once_and_voting_goes_on(here: Place, made: Comparison) -> None:
    async with opened(here.data) as screen:
        await _begin(screen)
        for count, (pressed, choice) in enumerate((("1", "left"), ("right", "right"), ("0", "tie")), 1):
            await screen.press(pressed)
            await screen.shows(f"{count} voted on")
            votes = read_votes(made.folder)
            assert len(votes) == count
            assert {vote.choice for vote in votes} >= {choice}
        await screen.press("escape")
        await screen.shows("people, blind")
    async with opened(here.data) as screen:
        await _begin(screen)
        await screen.shows("4 of 8 · 3 voted on")


async def test_skip_back_and_undo(here: Place, made: Comparison) -> None:
    async with opened(here.data, size=(80, 24)) as screen:
        await _begin(screen)
        await screen.press("1")
        await screen.shows("2 of 8 · 1 voted on")
        await screen.press("b")
        await screen.shows("1 of 8", "you said: the left one")
        await screen.press("t")
        await screen.shows("2 of 8 · 1 voted on")
        assert [vote.choice for vote in read_votes(made.folder)] == ["tie"]
        await screen.press("u")
        await screen.shows("1 of 8", "you said: the left one", "the vote is taken back")
        assert [vote.choice for vote in read_votes(made.folder)] == ["left"]
        await screen.press("u")
        await screen.shows("1 of 8 · 0 voted on")
        assert read_votes(made.folder) == []
        await screen.press("u")
        await screen.shows("no vote was given since you came here")
        await screen.press("s", *"1111111")
        await screen.shows("7 of 8 voted on", "1 prompt was skipped")
        await screen.press("r")
        await screen.shows("1 of 8 · 7 voted on")
        await screen.press("?")
        await screen.shows("a vote for a name is no vote")


async def test_the_judge_stands_beside_the_votes(
    here: Place, made: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    with judging(longer) as judge:
        async with opened(here.data) as screen:
            await _begin(screen)
            for at in range(4):
                fine = _fine_left(screen)
                await screen.press("0" if at == 3 else "1" if fine else "2")
            await screen.press("escape")
            await screen.shows("people, blind  3 wins, 1 ties, 0 losses")
            await screen.press("escape")
            await compare(screen, here, judge, said=SAID)
            await screen.press("enter")
            await screen.shows("judge agrees   75.0%", "of 4 votes", "100.0% of 3", patience=10)
