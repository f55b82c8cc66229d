"""Mode 5: the steps under the cursor, and the words by which they are typed."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.selection.test_recipe import ANY_RULE, NAME, NUMBER, SIZE
from dataexplore.errors import RuleError
from dataexplore.journal.decision import DROP
from dataexplore.selection.rule import Knowledge, Mask, Outcome, Rule
from dataexplore.selection.rules import (
    KINDS,
    Cluster,
    Duplicates,
    KCenter,
    Language,
    Length,
    Listed,
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
from dataexplore_tui.screens.typed import step_of
from dataexplore_tui.screens.worded import words_of
from tui.driver import opened, write_rows

KIND = st.sampled_from(["exact", "lexical", "semantic"])
COUNT = st.none() | SIZE
NAMED: st.SearchStrategy[Rule] = st.one_of(
    ANY_RULE,
    st.builds(
        Duplicates,
        NUMBER,
        st.sampled_from(["longest", "best score", "first", "none", "nearest to centre"]),
        st.none() | NAME,
        st.none() | st.sampled_from(["star", "complete"]),
        st.lists(KIND, max_size=2).map(tuple),
    ),
    st.builds(Quota, SIZE, st.just("best"), NAME, st.none() | NAME, COUNT, SIZE, SIZE, COUNT),
    st.builds(Cluster, SIZE, SIZE, SIZE, st.sampled_from(["keep", "drop"])),
    st.builds(Regex, st.just("response"), NAME, st.sampled_from(["keep", "drop"])),
)


@settings(max_examples=400, deadline=None)
@given(rule=NAMED)
def test_every_rule_has_words_that_say_it(rule: Rule) -> None:
    words = words_of(rule)
    assert words.isprintable()
    assert step_of(words, "") == rule
    assert step_of(words, "another") == rule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Threshold("helpful", 4.5), "threshold helpful 4.5"),
        (Threshold("my score", 4), 'threshold "my score" 4'),
        (Only("topic = 'seed 3'"), "only topic = 'seed 3'"),
        (Top("helpful", 3000, 2), "top helpful 3000 seed 2"),
        (Duplicates(0.9, "best score", "helpful"), "duplicates 0.9 best score by helpful"),
        (Duplicates(0.9, "longest", None, "star", ("exact",)), "duplicates 0.9 longest exact star"),
        (KCenter(1000, 4), "kcenter 1000 seed 4"),
        (Quota(5, "best", "helpful", "topic"), "quota 5 best by helpful per topic"),
        (Quota(10, k=7, most=100), "quota 10 random per cluster most 100 k 7"),
        (Stratified(100, 1, "topic"), "stratified 100 per topic seed 1"),
        (Length(50, None, "prompt", "tokens"), "length 50- prompt tokens"),
        (Regex("response", "^Sorry", "drop"), "regex response ^Sorry drop"),
        (Spread(("a", "b"), 0.9, 6000), "spread a b 6000 0.9"),
        (Language(("en", "zh")), "language en zh"),
        (SemDeDup(0.95, 161), "semdedup 0.95 k 161"),
        (Cluster(0, 161, 0, "drop"), "cluster 0 drop k 161"),
        (Listed("a.jsonl, b.jsonl", "drop", "AAAA"), "not-in a.jsonl b.jsonl"),
        (Random(5), "random 5"),
        (Longest(5), "longest 5"),
    ],
)
def test_usual_settings_are_said_in_words(rule: Rule, words: str) -> None:
    assert words_of(rule) == words
    assert rule.kind in KINDS


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "what begins with { is a step in JSON"),
        ('{"kind": "magic"}', "a step of kind 'magic'"),
        ('{"kind": "random", "size": -1}', "not a whole number"),
        ("cluster 3 drop", "needs the number of clusters"),
        ("cluster x drop k 3", "is not the number of a cluster"),
        ("in", "in needs a file"),
    ],
)
def test_a_step_that_says_too_little_is_refused(line: str, reason: str) -> None:
    with pytest.raises(RuleError) as refused:
        step_of(line, "judge")
    assert reason in str(refused.value)


async def test_a_step_is_taken_out_and_comes_back(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("x", "5")
        await screen.ask("n", "threshold judge 4")
        await screen.shows("judge >= 4", "how 10 became 7")
        await screen.ask("n", "longest 3")
        await screen.shows("longest 3", "how 10 became 3")
        await screen.press("k", "minus")
        await screen.shows("judge >= 4: taken out", "3 left; u undoes")
        await screen.lacks("1  judge >= 4")
        await screen.press("minus")
        await screen.shows("longest 3: taken out", "how 10 became 9", "by hand")
        await screen.press("minus")
        await screen.shows("what was decided by hand stands")
        await screen.press("u", "u")
        await screen.shows("how 10 became 3", "judge >= 4", "undone: judge >= 4: taken out")
        assert len(screen.session.acts) == 3


async def test_without_steps_there_is_nothing_to_change(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("5")
        for key in ("minus", "e", "K", "J"):
            await screen.press(key)
            await screen.shows("there is no step yet: n makes one")
        await screen.press("enter")
        await screen.shows("nothing is decided yet")


async def test_a_step_is_edited_in_words(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("5")
        await screen.ask("n", "threshold judge 4")
        await screen.ask("n", "longest 3")
        await screen.press("k", "e")
        await screen.shows("edit step", "threshold judge 4")
        await screen.type("threshold jugde 9")
        await screen.shows("did you mean judge?")
        await screen.type("threshold judge 7")
        await screen.shows("judge >= 4 → judge >= 7", "1  judge >= 7", "2  longest 3")
        await screen.press("e", "enter")
        await screen.lacks("edit step")
        assert len(screen.session.acts) == 3


async def test_an_edit_that_leaves_too_few_rows_changes_nothing(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("5")
        await screen.ask("n", "threshold judge 4")
        await screen.ask("n", "longest 3")
        await screen.shows("how 10 became 3")
        await screen.press("k")
        await screen.ask("e", "threshold judge 9")
        await screen.shows("3 rows were asked for, but 2 are left", "judge >= 4", "how 10 became 3")
        assert len(screen.session.acts) == 2


async def test_a_step_moves_and_the_cursor_with_it(tiny: Path) -> None:
    async with opened(tiny, size=(80, 24)) as screen:
        await screen.press("5")
        await screen.ask("n", "longest 8")
        await screen.ask("n", "only judge < 7")
        await screen.shows("how 10 became 4")
        await screen.press("J")
        await screen.shows("it is the last step already")
        await screen.press("K")
        await screen.shows("8 rows were asked for, but 6 are left", "how 10 became 4")
        await screen.press("k")
        await screen.ask("e", "longest 5")
        await screen.shows("2  only judge < 7", "how 10 became 1")
        await screen.press("J")
        await screen.shows("1  only judge < 7", "2  longest 5", "how 10 became 5")
        await screen.press("minus")
        await screen.shows("longest 5: taken out", "how 10 became 6")


async def test_enter_shows_the_rows_that_a_step_dropped(tiny: Path) -> None:
    async with opened(tiny) as screen:
        await screen.press("x", "5")
        await screen.ask("n", "threshold judge 4")
        await screen.ask("n", "longest 3")
        await screen.press("k", "enter")
        await screen.shows(
            "step = 1 AND decision = 'drop'", "2 of 10", "Question number 2", "Question number 3"
        )
        await screen.press("escape")
        await screen.shows("how 10 became 3")
        await screen.press("j", "enter")
        await screen.shows("step = 2", "4 of 10")
        await screen.press("escape", "j", "enter")
        await screen.shows("step = 0", "1 of 10", "Question number 1")


async def test_a_field_that_is_called_step_stays_the_files_own(tmp_path: Path) -> None:
    rows = [{"instruction": f"Question number {n}", "output": "word", "step": n} for n in range(1, 7)]
    async with opened(write_rows(tmp_path / "steps.jsonl", rows)) as screen:
        await screen.press("5")
        await screen.ask("n", "threshold step 4")
        await screen.press("enter")
        await screen.shows("step_ = 1 AND decision = 'drop'", "3 of 6")


async def test_who_only_reads_changes_no_step(tiny: Path) -> None:
    async with opened(tiny) as first:
        await first.press("5")
        await first.ask("n", "threshold judge 4")
        await first.shows("how 10 became 7")
        async with opened(tiny) as second:
            await second.press("5", "minus")
            await second.shows("read-only", "how 10 became 7")


async def test_what_a_recipe_calls_a_file_is_shown_and_not_obeyed(tiny: Path) -> None:
    async with opened(tiny) as screen:
        key = screen.session.dataset.key(0)
        screen.session.apply(Listed("\x1b[2Ja[/].jsonl", "keep", key))
        await screen.press("5")
        await screen.shows("how 10 became 1", "only rows in ", "a[/].jsonl")
        await screen.press("e")
        await screen.shows("edit step", "in ␛[2Ja[/].jsonl")


async def test_rows_of_files_are_steps(tiny: Path) -> None:
    arm = tiny.with_name("arm.jsonl")
    arm.write_bytes(b"".join(tiny.read_bytes().splitlines(keepends=True)[2:6]))
    async with opened(tiny) as screen:
        await screen.press("5")
        await screen.ask("n", "in nope.jsonl")
        await screen.shows("nope.jsonl: no such file")
        await screen.ask("n", f"in {arm}")
        await screen.shows("only rows in arm.jsonl", "how 10 became 4")
        await screen.ask("n", "only judge > 3")
        await screen.shows("how 10 became 3")
        await screen.press("k")
        await screen.ask("e", f"not-in {arm.name}")
        await screen.shows("without rows in arm.jsonl", "how 10 became 4")
        arm.unlink()
        await screen.press("j", "minus")
        await screen.shows("only judge > 3: taken out", "how 10 became 6")


async def test_a_recipe_is_a_line_for_each_step(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("5", "R", "g", "j", "j", "j", "j", "enter")
        await screen.type("signal strict_judge size 50")
        await screen.shows("recipe car")
        await screen.press("enter")
        await screen.shows("car: ", "u undoes")
        rules = screen.session.recipe().rules
        await screen.shows(*(f"{place}  {rule.title[:20]}" for place, rule in enumerate(rules, 1)))
        left = int((screen.session.state.decisions != DROP).sum())
        await screen.shows(f"how 405 became {left}")


async def test_a_slow_step_runs_in_the_background_and_can_be_given_up(
    starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Event()
    outcome = KCenter.outcome

    def held(rule: KCenter, known: Knowledge, alive: Mask) -> Outcome:
        while slow.is_set() and known.progress is not None:
            known.progress(1, 2)
        return outcome(rule, known, alive)

    monkeypatch.setattr(KCenter, "outcome", held)
    async with opened(starter) as screen:
        await screen.press("5")
        await screen.ask("n", "length 20-2000")
        await screen.ask("n", "kcenter 30")
        await screen.shows("how 405 became 30", "max-min distance")
        before = screen.session.decisions
        slow.set()
        await screen.press("k", "minus")
        await screen.shows("running the steps: 1 of 2")
        await screen.press("minus")
        await screen.shows("running the steps: 1 of 2", "how 405 became 30")
        await screen.press("escape")
        await screen.shows("given up", "how 405 became 30")
        assert np.array_equal(screen.session.decisions, before)
        slow.clear()
        await screen.press("minus")
        await screen.shows("taken out", "1  k-center 30")
        assert json.dumps([rule.as_step() for rule in screen.session.recipe().rules]).count("kind") == 1
