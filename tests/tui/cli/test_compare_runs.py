"""`compare` with two runs: from prompts to an outcome that is known, and nothing is done twice."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.compare.lifelike import SAID, prompts, tuned, written
from core.compare.rules import Judging, first_shown, judging, longer, silent
from core.tune import tiny
from dataexplore.compare.answers import read_answers
from dataexplore.compare.comparison import comparisons
from dataexplore.compare.votes import Vote, Votes, first_is_left
from dataexplore.jobs.folder import Job
from dataexplore.jobs.listing import list_jobs
from tui.cli.conftest import Ran, Run

FEW = SAID[:9]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with two runs, one of them tuned on two of the prompts."""
    place = tmp_path_factory.mktemp("place")
    model = tiny.save_model(place / "model")
    rows = ({"instruction": text, "output": "the sea is blue"} for text in SAID)
    (place / "few.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    jobs = place / ".dataexplore/few.jsonl/jobs"
    tuned(jobs, model, 1, SAID[:2])
    tuned(jobs, model, 2, SAID[12:])
    written(place / "prompts.jsonl", prompts(FEW))
    return place


@pytest.fixture
def runs(place: Path, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    monkeypatch.chdir(place)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    jobs = list_jobs(place / ".dataexplore/few.jsonl/jobs")
    return sorted((job for job in jobs if job.kind == "tune"), key=lambda job: job.spec.rows)


@pytest.fixture
def judge() -> Iterator[Judging]:
    with judging(longer) as made:
        yield made


def compared(run: Run, runs: list[Job], *more: object) -> Ran:
    names = [job.id for job in runs]
    return run("compare", *names, "--prompts", "prompts.jsonl", "--max-new-tokens", 10, *more)


def asking(judge: Judging) -> list[object]:
    return ["--model", "rule-135M", "--base-url", judge.here.url]


def lengths(found: dict[str, Any], place: Path) -> list[tuple[int, int]]:
    jobs = place / ".dataexplore/few.jsonl/jobs"
    first, second = (read_answers(jobs / found[side]["job"]) for side in ("first", "second"))
    return [(len(first[key].text or ""), len(second[key].text or "")) for key in first]


def test_without_a_judge_there_are_losses_and_samples_and_no_winner(
    run: Run, runs: list[Job], place: Path
) -> None:
    found = compared(run, runs, "--json").found
    assert (found["state"], found["given"], found["compared"]) == ("finished", 9, 7)
    assert [(one["prompt"], one["sides"], one["kind"]) for one in found["excluded"]] == [
        (text, ["first"], "exact") for text in SAID[:2]
    ]
    assert found["first"]["model"] == runs[0].id
    assert found["first"]["answered"] == found["second"]["answered"] == 7
    assert found["reference"]["references"] == 3
    assert found["reference"]["comparable"] is True
    assert (found["judge"], found["wins"], found["score"], found["by_set"]) == (None, None, None, {})
    assert len(found["samples"]) == 3
    assert found["decoding"]["temperature"] == 0
    shown = compared(run, runs)
    assert shown.code == 0
    assert "nobody judged the answers" in shown.out
    assert "2 prompts of 9 left out" in shown.out
    assert "\x1b" not in shown.out
    generated = [job for job in list_jobs(place / ".dataexplore/few.jsonl/jobs") if job.kind == "generate"]
    assert len(generated) == 2
    assert {job.status().attempt for job in generated} == {1}


def test_who_prefers_the_longer_answer_finds_it_in_both_orders(
    run: Run, runs: list[Job], place: Path, judge: Judging
) -> None:
    found = compared(run, runs, *asking(judge), "--json").found
    pairs = lengths(found, place)
    wins, losses = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
    assert (found["wins"], found["losses"], found["ties"]) == (wins, losses, 7 - wins - losses)
    assert (found["flips"], found["unparsed"], found["longer_wins"]) == (0, 0, 1 if wins + losses else None)
    assert found["score"] == pytest.approx((wins - losses) / 7 + 1)
    assert sum(one["prompts"] for one in found["by_set"].values()) == found["prompts"] == 7
    assert set(found["by_set"]) == {"even", "odd"}
    asked = len(judge.asked)
    assert asked == found["judge"]["requests"] == 2 * (7 - found["judge"]["same"])
    assert len(set(judge.asked)) == asked
    again = compared(run, runs, *asking(judge), "--json").found
    assert len(judge.asked) == asked
    assert {**again, "judge": None} == {**found, "judge": None}
    turned = compared(run, runs[::-1], *asking(judge), "--json").found
    assert len(judge.asked) == asked
    assert (turned["wins"], turned["losses"]) == (losses, wins)


def test_who_prefers_what_stands_first_says_nothing(run: Run, runs: list[Job], judge: Judging) -> None:
    judge.rule = first_shown
    found = compared(run, runs, "--model", "m", "--base-url", judge.here.url, "--json").found
    differing = 7 - found["judge"]["same"]
    assert (found["wins"], found["losses"], found["ties"]) == (0, 0, 7)
    assert found["flips"] == differing > 0
    assert found["score"] == 1
    shown = compared(run, runs, "--model", "m", "--base-url", judge.here.url).out
    assert f"contradicts itself when the order is swapped on {differing}" in shown


def test_blind_votes_stand_beside_the_judge(run: Run, runs: list[Job], place: Path, judge: Judging) -> None:
    judged = compared(run, runs, *asking(judge), "--json").found
    assert judged["people"] is None
    (made,) = [one for one in comparisons(place / ".dataexplore/few.jsonl") if one.id == judged["comparison"]]
    pairs = made.answered().pairs
    with closing(Votes(made.folder)) as votes:
        for pair in pairs[:3]:
            left = first_is_left(made.id, pair.prompt.key)
            votes.put(Vote(pair.prompt.key, "left" if left else "right", left))
    found = compared(run, runs, *asking(judge), "--json").found["people"]
    assert (found["wins"], found["losses"], found["prompts"]) == (3, 0, 3)
    wins = sum(len(pair.first) > len(pair.second) for pair in pairs[:3])
    assert found["same"] == pytest.approx(wins / 3)
    assert "people, blind: 3 wins, 0 ties, 0 losses" in compared(run, runs).out


def test_what_cannot_be_read_counts_apart_and_a_small_judge_is_named(
    run: Run, runs: list[Job], judge: Judging
) -> None:
    judge.rule = silent
    shown = compared(run, runs, "--model", "other-135M", "--base-url", judge.here.url)
    assert shown.code == 0
    assert "with a reply that could not be read, counted apart" in shown.out
    assert "most of what the judge said could not be read" in shown.out
    assert "other-135M is a small judge" in shown.out


def test_a_base_is_a_control_and_rows_of_the_dataset_are_prompts(
    run: Run, runs: list[Job], place: Path
) -> None:
    found = run(
        "compare", f"base:{place / 'model'}", runs[1].folder, "--limit", 4, "--max-new-tokens", 4, "--json"
    ).found
    assert found["compared"] == 4
    assert found["first"]["model"] == f"base:{place / 'model'}"
    asked = {one.text for one in prompts_of(place, found)}
    assert asked <= set(SAID[:12])
    assert len(asked) == 4


def prompts_of(place: Path, found: dict[str, Any]) -> list[Any]:
    from dataexplore.compare.prompt import read_prompts

    return read_prompts(place / ".dataexplore/few.jsonl/jobs" / found["first"]["job"])


def test_a_part_that_fails_is_told_and_is_done_when_it_can_be(
    run: Run, runs: list[Job], place: Path, tmp_path: Path
) -> None:
    weights = runs[1].folder / "adapter/adapter_model.safetensors"
    weights.rename(tmp_path / "weights")
    assert "has neither adapter nor model" in compared(run, runs).refusal
    weights.write_bytes(b"damaged")
    shown = compared(run, runs)
    assert shown.code == 1
    assert "failed: " in shown.out
    assert "cannot be loaded" in shown.out
    assert "7 prompts not answered by both: not asked yet" in shown.out
    assert "nobody judged" not in shown.out
    (tmp_path / "weights").replace(weights)
    found = compared(run, runs, "--json").found
    assert (found["state"], found["compared"]) == ("finished", 7)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["one"], "name two runs to compare"),
        (["nobody", "no-one", "--prompts", "prompts.jsonl"], "no job here is called 'nobody'"),
        (["base:model", "base:model", "--prompts", "prompts.jsonl"], "are the same one"),
        (["base:model", "base:gone/", "--prompts", "prompts.jsonl"], "there is no such model folder"),
        (["base:model", "base:a/b"], "--prompts is missing"),
        (["model", "base:a/b", "--prompts", "prompts.jsonl"], "is no job's folder"),
        (["base:model", "base:a/b", "--prompts", "prompts.jsonl", "--model", "m"], "a judge needs both"),
        (["base:model", "base:a/b", "--prompts", "p", "--threshold", "2"], "a similarity lies above 0"),
        (["a", "b", "--import-reviews", "r.jsonl"], "--import-reviews compares no runs"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    run: Run, runs: list[Job], arguments: list[str], reason: str
) -> None:
    assert reason in run("compare", *arguments).refusal
