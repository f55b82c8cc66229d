"""The judge job as a process: stopped, limited, refused, resumed."""

import os
import traceback
from pathlib import Path

import pytest

from chaos import Chaos, score_of, tag
from chaos_rows import Trial, trial
from core.jobs.lifelike import ended, until, worker
from dataexplore.errors import JobError
from dataexplore.jobs import control
from dataexplore.jobs.context import JobContext
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create, start
from dataexplore.jobs.status import FAILED, FINISHED, LOST, STOPPED
from dataexplore.judge.endpoint.budget import Limits
from dataexplore.judge.endpoint.worker import run as run_here
from dataexplore.judge.kinds import Asking
from dataexplore.judge.replies import SCORED
from processes import printed

KEY = "sk-canary-0123456789"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def run(made: Trial) -> str:
    """Run the job to its end and return its state."""
    start(made.job)
    return ended(made.job)


def scored(made: Trial) -> set[str]:
    """Return the tags of the texts with a score on disk."""
    return {made.tags[reply.hash] for reply in made.replies(SCORED)}


def last(job: Job) -> dict[str, object]:
    """Return the last line of figures."""
    return job.metrics()[0][-1]


def test_a_finished_job_says_what_it_found_and_leaves_no_texts(tmp_path: Path) -> None:
    with Chaos(key=KEY, script={tag(3): ["no_score"], tag(5): ["refused"]}) as server:
        made = trial(tmp_path, server, 40)
        assert run(made) == FINISHED, made.job.log_tail()
    found = made.job.result()
    assert found is not None
    assert (
        found.items()
        >= {
            "signal": "accuracy_m",
            "rows": 40,
            "done": 40,
            "scored": 38,
            "unparsed": 1,
            "errors": {"refused": 1},
            "requests": 40,
            "cost": None,
            "stopped_by": "",
        }.items()
    )
    assert found["prompt_tokens"] > 40 * 100
    assert found["completion_tokens"] > 40
    replies = made.replies(SCORED)
    assert {reply.job for reply in replies} == {made.job.id}
    assert {reply.address for reply in replies} == {server.url}
    assert {reply.model for reply in replies} == {"m"}
    assert sum(reply.prompt_tokens for reply in replies) < found["prompt_tokens"]
    until(lambda: not (made.job.folder / "asked.jsonl").exists())


def test_the_expected_score_is_a_second_value(tmp_path: Path) -> None:
    with Chaos(key=KEY) as server:
        made = trial(tmp_path, server, 30, asking=Asking(expected=True, structured=False))
        assert run(made) == FINISHED, made.job.log_tail()
    for reply in made.replies():
        score, mean = reply.scores
        assert score == score_of(made.tags[reply.hash])
        digit = int(score)
        assert mean == pytest.approx(0.75 * score + 0.25 * (digit + (1 if digit < 5 else -1)))


def test_a_killed_job_asks_again_only_about_what_was_under_way(tmp_path: Path) -> None:
    with Chaos(key=KEY, latency=0.02) as server:
        made = trial(tmp_path, server, 300, concurrency=8)
        start(made.job)
        until(lambda: len(made.replies()) > 60)
        os.kill(worker(made.job), 9)
        assert ended(made.job) == LOST
        stored = scored(made)
        before = server.asked()
        assert run(made) == FINISHED, made.job.log_tail()
        after = server.asked()
    assert len(scored(made)) == 300
    assert all(after[text] == before[text] for text in stored)
    again = sum(after.values()) - 300
    assert again <= 16  # what was under way, or had just come
    found = made.job.result()
    assert found is not None
    assert 0 <= found["requests"] - sum(after.values()) <= 8  # some were on their way when it was killed


def test_a_job_is_stopped_within_two_seconds_though_nobody_answers(tmp_path: Path) -> None:
    script = {tag(row): ["silent"] for row in range(20, 60)}
    with Chaos(key=KEY, script=script) as server:
        made = trial(tmp_path, server, 60, concurrency=8, timeout=60.0)
        start(made.job)
        until(lambda: server.sent()["silent"] == 8)
        control.stop(made.job)
        until(lambda: not made.job.status().alive, patience=2.0)
        assert made.job.status().state == STOPPED
        came = server.sent()["good"]
    assert len(made.replies()) == came
    assert last(made.job)["stopped_by"] == "asked"


@pytest.mark.parametrize(
    ("limits", "name"),
    [(Limits(requests=25), "max-requests"), (Limits(tokens=30_000), "max-tokens")],
)
def test_a_limit_stops_the_job_by_its_name(tmp_path: Path, limits: Limits, name: str) -> None:
    with Chaos(key=KEY) as server:
        made = trial(tmp_path, server, 100, limits=limits)
        assert run(made) == STOPPED
        status, figures = made.job.status(), last(made.job)
        assert status.reason.startswith(f"--{name} ")
        left = 100 - len(made.replies())
        assert f"{left} of 100 texts are left" in status.reason
        assert figures["stopped_by"] == name
        assert figures["requests"] == len(server.requests)
        assert len(server.requests) <= (limits.requests or 100)
        used = int(str(figures["prompt_tokens"])) + int(str(figures["completion_tokens"]))
        assert 0 < used <= (limits.tokens or 1 << 40)
        assert run(made) == STOPPED  # resumed, it has no more to spend
        assert len(server.requests) <= (limits.requests or 100)


def test_a_cost_is_kept_to_and_told(tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('currency = "EUR"\n[prices.m]\ninput = 10\noutput = 20\n')
    with Chaos(key=KEY) as server:
        made = trial(tmp_path, server, 200, limits=Limits(cost=0.2), prices=prices)
        assert run(made) == STOPPED
    figures = last(made.job)
    tokens = int(str(figures["prompt_tokens"])), int(str(figures["completion_tokens"]))
    assert figures["cost"] == pytest.approx((tokens[0] * 10 + tokens[1] * 20) / 1e6)
    assert 0.1 < float(str(figures["cost"])) <= 0.2
    assert made.job.status().reason.startswith("--max-cost 0.2 EUR ")


def test_a_wrong_key_ends_it_after_one_request(tmp_path: Path) -> None:
    script = {tag(row): ["echo_denied"] * 9 for row in range(100)}
    with Chaos(key=KEY, script=script) as server:
        made = trial(tmp_path, server, 100)
        assert run(made) == FAILED
        assert len(server.requests) == 1
    status = made.job.status()
    assert status.reason.startswith(f"{server.url}: refused (401 ")
    assert KEY not in status.reason


def test_nobody_there_ends_it_in_one_sentence(tmp_path: Path) -> None:
    with Chaos(key=KEY) as server:
        nowhere = server.url
        made = trial(tmp_path, server, 100)
    assert run(made) == FAILED
    assert made.job.status().reason.startswith(f"{nowhere}: ")
    assert "connection" in made.job.status().reason
    assert made.replies() == []


def test_a_wait_outlives_the_worker_that_was_told(tmp_path: Path) -> None:
    with Chaos(key=KEY, script={tag(0): ["rate_limited"]}, retry_after=3.0) as server:
        made = trial(tmp_path, server, 20, concurrency=1)
        start(made.job)
        until(lambda: server.windows and made.job.status().phase.startswith("waiting until "))
        os.kill(worker(made.job), 9)
        assert ended(made.job) == LOST
        assert run(made) == FINISHED
        assert server.inside_windows(0.0) == []
    assert len(scored(made)) == 20


def test_two_jobs_do_not_ask_one_judge(tmp_path: Path) -> None:
    with Chaos(key=KEY, latency=30.0) as server:
        made = trial(tmp_path, server, 5)
        start(made.job)
        until(lambda: server.requests)
        other = create(made.job.folder.parent, made.job.spec)
        (other.folder / "asked.jsonl").write_bytes((made.job.folder / "asked.jsonl").read_bytes())
        start(other)
        assert ended(other) == FAILED
        assert "another job asks this judge already" in other.status().reason
        control.stop(made.job)
        assert ended(made.job) == STOPPED


def test_the_worker_needs_no_screen_and_no_frames() -> None:
    modules = "dataexplore.judge.endpoint.worker, dataexplore.judge.endpoint.transport"
    code = f"import sys, {modules}; print(*sys.modules)"
    loaded = set(printed(code).split())
    assert not loaded & {"polars", "textual", "rich", "torch", "openai"}


def test_an_unexpected_error_is_told_by_its_place_and_without_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise ValueError(f"no {KEY}\nat all")

    monkeypatch.setattr("dataexplore.judge.endpoint.worker._judge", broken)
    with Chaos(key=KEY) as server:
        made = trial(tmp_path, server, 1)
    with pytest.raises(JobError, match=r"^test_worker.py:\d+: ValueError: no \[key\]$") as told:
        run_here(JobContext(made.job.folder))
    assert KEY not in "".join(traceback.format_exception(told.value))
