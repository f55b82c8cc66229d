"""Mode 5: steps that are typed, recipes, budgets, what the rest is worth, arms."""

import asyncio
import json
import threading
from pathlib import Path

import numpy as np
import pytest

from dataexplore.errors import RuleError
from dataexplore.journal.decision import DROP
from dataexplore.selection.rules import (
    Duplicates,
    Facility,
    KCenter,
    Language,
    Length,
    Longest,
    Only,
    Quota,
    Random,
    Regex,
    SemDeDup,
    Spread,
    Stratified,
    Threshold,
    Top,
)
from dataexplore.session.known import Known
from dataexplore_tui.screens.arming import plan_of
from dataexplore_tui.screens.typed import EXAMPLES, settings_of, step_of
from tui.driver import opened


async def test_a_budget_is_set_measured_and_taken_back(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("5")
        await screen.shows("nothing is decided yet", "Nothing is dropped yet")
        await screen.ask("b", "40")
        await screen.shows("rule: k-center 40, seed 0: +40 kept, +365 dropped, 40 left; u undoes")
        await screen.shows("is it better than random 40?", "max-min distance", "all of 5 random subsets")
        await screen.press("u")
        await screen.shows("Nothing is dropped yet", "drop 0")


async def test_a_line_that_cannot_be_followed_stays_open_to_be_mended(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("5")
        await screen.ask("n", "frobnicate 3")
        await screen.shows("no step is called 'frobnicate'; there are threshold, only, top")
        await screen.type("top strict_juge 30")
        await screen.shows("did you mean strict_judge?")
        await screen.type("top strict_judge 30")
        await screen.shows("rule: top 30 by strict_judge", "30 left")
        await screen.ask("n", "top 31")
        await screen.shows("31 rows were asked for, but 30 are left")


async def test_steps_follow_one_another_down_the_funnel(starter: Path) -> None:
    async with opened(starter, size=(80, 24)) as screen:
        await screen.press("5")
        await screen.ask("n", "length 20-2000")
        await screen.shows("response of 20 to 2,000 characters")
        await screen.ask("n", "quota 2 per cluster")
        await screen.shows("random 2 of each cluster")
        left = int((screen.session.state.decisions != DROP).sum())
        await screen.shows(f"how 405 became {left}")
        await screen.press("tab")
        await screen.shows(f"is it better than random {left}?", "mean distance")


async def test_a_recipe_shows_its_steps_beside_the_papers_before_it_decides(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("5")
        await screen.ask("n", "longest 50")
        await screen.shows("50 left")
        await screen.press("R")
        await screen.shows("recipes", "alpagasus", "arXiv 2307.08701", "arXiv 2402.18191", "limits")
        await screen.press("j", "enter")
        await screen.shows("signal strict_judge", "threshold, seed")
        await screen.type("signal strict_judge threshold 4")
        await screen.shows(
            "recipe alpagasus", "9,229 of 52,002 at >= 4.5", "takes the place of the rule in force"
        )
        assert screen.session.state.counts.drop == 355
        await screen.press("enter")
        judged = screen.session.scores("strict_judge")
        await screen.shows(f"alpagasus: {int((judged >= 4).sum() + np.isnan(judged).sum())} rows left")
        assert screen.session.recipe().rules == (Threshold("strict_judge", 4.0),)
        await screen.press("u")
        await screen.shows("drop 355")


async def test_a_recipe_says_what_it_has_not(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("5", "R", "G", "enter")
        await screen.type("k 3")
        await screen.shows("it has no k; it has signal, size, seed")
        await screen.type("")
        await screen.shows("the recipe 'random' needs size N")
        await screen.type("size 12 seed 3")
        await screen.shows("recipe random", "random 12, seed 3")
        await screen.press("escape")
        await screen.lacks("recipe random")
        assert screen.session.state.counts.drop == 0


async def test_coverage_grows_with_size(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("5")
        await screen.ask("n", "kcenter 64")
        await screen.press("C")
        await screen.shows("what the rows left cover", "k-center", "max-min distance", "apart from full")
        await screen.press("escape", "D")
        await screen.shows("341 of 405")


async def test_arms_are_written_with_their_recipes(starter: Path) -> None:
    folder = starter.parent / "arms"
    async with opened(starter) as screen:
        await screen.press("5")
        await screen.ask("n", "top strict_judge 60")
        await screen.shows("60 left")
        await screen.press("M")
        await screen.type("kept random worst")
        await screen.shows("no arm is called 'worst'")
        await screen.type("kept random longest full, seeds 2")
        await screen.shows("arms into the folder", "starter-arms")
        await screen.type(str(folder))
        await screen.shows("random-0", "random-1", "longest", "by chance")
        await screen.press("escape", "M", "enter")
        await screen.type(str(folder))
        await screen.shows("enter again writes over them")
        await screen.press("escape")
    assert {one["name"]: one["rows"] for one in json.loads((folder / "arms.json").read_text())} == {
        "kept": 60,
        "random-0": 60,
        "random-1": 60,
        "longest": 60,
        "full": 405,
    }
    assert len((folder / "random-1.jsonl").read_bytes().splitlines()) == 60


async def test_esc_ends_what_is_computed_in_the_background(
    starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless(known: Known, rows: object, wanted: object) -> None:
        try:
            begun.set()
            while known.progress is not None:
                known.progress(1, 2)
        finally:
            ended.set()

    monkeypatch.setattr("dataexplore.selection.covering.compare", endless)
    async with opened(starter) as screen:
        await screen.press("5")
        await screen.ask("n", "longest 9")
        await screen.shows("measuring against random rows: 1 of 2")
        assert begun.is_set()
        await screen.press("escape")
        await screen.shows("given up", "v measures distances")
        await screen.lacks("1 of 2")
        assert await asyncio.to_thread(ended.wait, 10)
        await screen.shows("how 405 became 9")


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("threshold helpful 4.5", Threshold("helpful", 4.5)),
        ("threshold helpful >= 4.5", Threshold("helpful", 4.5)),
        ("threshold 4.5", Threshold("judge", 4.5)),
        ("only topic = 'seed 3' AND len > 5", Only("topic = 'seed 3' AND len > 5")),
        ('top "my score" 3,000 seed 2', Top("my score", 3000, 2)),
        ("duplicates 0.9 best score by helpful", Duplicates(0.9, "best score", "helpful")),
        ("duplicates 0.9 nearest to centre", Duplicates(0.9, "nearest to centre")),
        ("duplicates 0.9", Duplicates(0.9, "longest")),
        ("KCENTER 1000 seed 4", KCenter(1000, 4)),
        ("facility 1000", Facility(1000)),
        ("quota 10 per cluster k 7", Quota(10, k=7)),
        ("quota 5 best by helpful per topic", Quota(5, "best", "helpful", "topic")),
        ("quota 5 longest", Quota(5, "longest")),
        ("stratified 100 per topic seed 1", Stratified(100, 1, "topic")),
        ("length 50-2000", Length(50, 2000)),
        ("length 50- tokens", Length(50, None, unit="tokens")),
        ("length 50 prompt", Length(50, None, "prompt")),
        ("regex output ^Sorry, but k 3 drop", Regex("output", "^Sorry, but k 3", "drop")),
        ("regex response (?i)python keep", Regex("response", "(?i)python", "keep")),
        ("spread complexity quality 6000 0.9", Spread(("complexity", "quality"), 0.9, 6000)),
        ("spread 6000 0.9", Spread(("judge",), 0.9, 6000)),
        ("language en zh", Language(("en", "zh"))),
        ("random 1000 seed 3", Random(1000, 3)),
        ("longest 1000", Longest(1000)),
        ("semdedup 0.95 k 161", SemDeDup(0.95, 161)),
    ],
)
def test_a_step_is_typed_as_it_is_said(line: str, rule: object) -> None:
    assert step_of(line, "judge") == rule


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_example_is_a_step_and_a_bare_kind_shows_its_example(kind: str) -> None:
    assert step_of(EXAMPLES[kind], "judge").as_step()["kind"]
    with pytest.raises(RuleError, match=r"for example: |is not a "):
        step_of(kind, "")


@pytest.mark.parametrize(
    "line", ["kcenter many", "kcenter 0", "length -", "length to", "duplicates .9 by", "top x"]
)
def test_a_step_without_sense_is_refused(line: str) -> None:
    with pytest.raises(RuleError):
        step_of(line, "judge")


def test_settings_are_pairs() -> None:
    asked = settings_of(
        'size=1,000 signal "my score" signal b threshold .8 k 5 seed 0', ("size", "threshold", "k", "seed")
    )
    assert (asked.size, asked.signals, asked.threshold, asked.k, asked.seed) == (
        1000,
        ("my score", "b"),
        0.8,
        5,
        0,
    )
    with pytest.raises(RuleError, match="has no value"):
        settings_of("size", ("size",))


def test_a_plan_of_arms_has_defaults() -> None:
    plan = plan_of("kept random, seeds 4, equal tokens")
    assert (tuple(plan.names), plan.seeds, plan.equal) == (("kept", "random"), 4, "tokens")
