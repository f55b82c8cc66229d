"""`tune` and `runs`: rows become conversations, runs are counted, started, listed and stopped."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create
from dataexplore.jobs.spec import JobSpec
from dataexplore.jobs.status import ALIVE
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.session.session import Session
from dataexplore.session.training import training_rows

SPEC = JobSpec("tune", "nothing", {}, "few.jsonl", 2, "ab12", 0, {"dataexplore": "0"}, sys.executable)


def waiting(workspace: Path) -> Job:
    """Make a job that was never started."""
    return create(workspace / "jobs", SPEC)


def until(true: Callable[[], bool], patience: float = 90.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from core.tune.tiny import save_model

    return save_model(tmp_path_factory.mktemp("tiny"))


def test_training_rows_are_those_not_dropped_as_conversations(few):
    session = Session.open(few)
    session.decide(session.state.view.rows[:2], DROP, "")
    session.decide(session.state.view.rows[5:], KEEP, "")
    rows = training_rows(session)
    assert [row["row"] for row in rows] == [2, 3, 4, 5]
    assert len(rows[0]["key"]) == 16
    assert rows[0]["messages"] == [
        {"role": "user", "content": "question 2"},
        {"role": "assistant", "content": "word word word "},
    ]
    assert [row["row"] for row in training_rows(session, only_kept=True)] == [5]
    session.close()


def test_runs_lists_the_jobs_of_all_datasets_here(run, few, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    jobs = [waiting(tmp_path / ".dataexplore" / name) for name in ("few.jsonl", "other.jsonl")]
    listed = run("runs", "--json").found["runs"]
    assert {one["job"] for one in listed} == {job.id for job in jobs}
    first = listed[0]
    assert (first["kind"], first["state"], first["step"], first["total"], first["loss"]) == (
        "tune",
        "created",
        0,
        0,
        None,
    )
    assert "created" in run("runs").out


@pytest.mark.parametrize("place", [".", "few.jsonl", ".dataexplore", ".dataexplore/few.jsonl"])
def test_a_place_can_be_a_folder_a_dataset_or_a_workspace(run, few, tmp_path, place):
    Session.open(few).close()
    job = waiting(tmp_path / ".dataexplore" / "few.jsonl")
    assert [one["job"] for one in run("runs", "--in", tmp_path / place, "--json").found["runs"]] == [job.id]


def test_a_job_is_named_by_any_part_that_is_its_alone(run, few, tmp_path):
    jobs = [waiting(tmp_path / ".dataexplore" / "few.jsonl") for _ in range(2)]
    place = ("--in", tmp_path)
    for job in jobs:
        assert run("runs", job.id, *place, "--json").found["job"] == job.id
        assert run("runs", job.id[-6:], *place, "--json").found["job"] == job.id
    assert "could be" in run("runs", jobs[0].id[:2], *place).refusal
    assert "no job here is called" in run("runs", "nothing", *place).refusal
    assert "nothing to stop" in run("runs", jobs[0].id, "--stop", *place).refusal
    assert "no such folder" in run("runs", "--in", tmp_path / "nowhere").refusal


def test_the_last_loss_is_shown_and_damage_is_a_state(run, tmp_path):
    job = waiting(tmp_path / ".dataexplore" / "few.jsonl")
    (job.folder / "metrics.jsonl").write_text(
        '{"step": 1, "loss": 3.5}\n{"step": 2, "loss": 3.25}\n{"step": 3}\n'
    )
    broken = tmp_path / ".dataexplore" / "few.jsonl" / "jobs" / "zz\x1b[2J"
    broken.mkdir()
    listed = run("runs", "--in", tmp_path, "--json").found["runs"]
    assert [(one["loss"], one["state"]) for one in listed] == [(3.25, "created"), (None, "damaged")]
    assert "\x1b" not in run("runs", "--in", tmp_path).out


def test_no_jobs_is_an_answer(run, tmp_path):
    assert run("runs", "--in", tmp_path, "--json").found == {"runs": []}
    assert run("runs", "--in", tmp_path).code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--base", "no/such/folder"), "no such model folder"),
        (("--base", "x", "--preset", "magic"), "no such preset"),
        (("--base", "x", "--lr", "2"), "learning_rate"),
        (("--base", "x", "--python", "no-such-python"), "no program"),
        (("--base", "x", "--only-kept"), "no rows to tune on"),
        ((), "required: --base"),
    ],
)
def test_a_run_that_cannot_be_is_refused_before_a_job_is_made(run, few, arguments, says):
    assert says in run("tune", few, *arguments).refusal
    assert not (few.parent / ".dataexplore").exists()


def test_a_dry_run_counts_and_makes_nothing(run, starter, tiny):
    found = run("tune", starter, "--base", tiny, "--max-tokens", 256, "--dry-run", "--json").found
    assert found["job"] is None
    assert found["state"] == "dry-run"
    assert found["rows"] + found["untrainable"] == found["given"] == 405
    assert set(found["untrainable_rows"]) >= {row - 1 for row in (68, 94, 195, 288, 322, 361)}, (
        "empty answers"
    )
    assert found["tokens"] <= 256 * found["rows"]
    assert found["truncated"] > 0
    assert found["steps"] == 3 * -(-found["rows"] // 16)
    assert not (starter.parent / ".dataexplore").exists()


def test_preference_data_is_learned_only_where_that_is_asked_for(run, tiny, tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"prompt": "p", "chosen": "good answer", "rejected": "bad"}\n' * 3)
    assert "--chosen" in run("tune", path, "--base", tiny, "--dry-run").refusal
    found = run("tune", path, "--base", tiny, "--chosen", "--dry-run", "--json").found
    assert (found["given"], found["rows"], found["untrainable"]) == (3, 3, 0)


def test_a_run_in_the_foreground_leaves_an_adapter(run, few, tiny):
    ran = run("tune", few, "--base", tiny, "--preset", "smoke", "--json")
    assert ran.code == 0, ran
    found = ran.found
    assert (found["state"], found["steps"], found["untrainable"]) == ("finished", 20, 0)
    assert (Path(found["folder"]) / "adapter" / "adapter_model.safetensors").exists()
    assert found["job"] in ran.err
    listed = run("runs", "--in", few, "--json").found["runs"]
    assert [(one["job"], one["state"], one["step"], one["total"]) for one in listed] == [
        (found["job"], "finished", 20, 20)
    ]
    assert listed[0]["loss"] == found["loss"]


def test_a_detached_run_is_stopped_with_a_checkpoint_and_resumed(run, few, tiny):
    ran = run("tune", few, "--base", tiny, "--epochs", 5000, "--detach", "--json")
    assert ran.code == 0, ran
    job = Job(Path(ran.found["folder"]))
    try:
        assert ran.found["state"] in ALIVE
        assert ran.found["steps"] == 5000
        until(lambda: run("runs", job.id, "--in", few, "--json").found["step"] > 0)
        assert run("runs", job.id, "--stop", "--in", few).code == 0
        until(lambda: job.status().state == "stopped")
        stopped = run("runs", job.id, "--in", few, "--json").found
        assert 0 < stopped["step"] < 5000
        assert stopped["loss"] > 0
        assert run("runs", job.id, "--resume", "--in", few, "--json").found["state"] in ALIVE
    finally:
        if job.status().alive:
            control.kill(job, grace=0)
