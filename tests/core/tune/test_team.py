"""A run of several processes is the run of one: the same curve, one adapter, and no process left behind."""

import os
import signal
from pathlib import Path

import pytest

from core.jobs.lifelike import ended, until, worker
from core.tune.conftest import Runner
from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.jobs.identity import start_time
from dataexplore.tune.curve import curve


def followers(job: Job) -> list[int]:
    pid = worker(job)
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def trains(job: Job, lines: int) -> None:
    until(lambda: len(job.metrics()[0]) >= lines or not job.status().alive, patience=90)
    assert job.status().alive, job.log_tail()


def test_two_processes_stop_go_on_and_end_as_one_would(run: Runner, unbroken: Job) -> None:
    job = run(processes=2)
    trains(job, 5)
    others = followers(job)
    assert len(others) == 1
    control.stop(job)
    assert ended(job) == "stopped", job.log_tail()
    assert start_time(others[0]) is None
    control.resume(job)
    until(lambda: not job.status().alive, patience=90)
    assert ended(job) == "finished", job.log_tail()
    lines = curve(job)
    for name in ("loss", "learning_rate", "tokens", "supervised"):
        expected = [line[name] for line in curve(unbroken)]
        assert [line[name] for line in lines] == pytest.approx(expected, abs=1e-4), name
    assert (job.folder / "adapter/adapter_model.safetensors").exists()


def test_a_process_that_dies_fails_the_run_and_a_killed_worker_takes_the_others_along(run: Runner) -> None:
    job = run(processes=2, epochs=1000)
    trains(job, 1)
    os.kill(followers(job)[0], signal.SIGKILL)
    assert ended(job) == "failed"
    assert "before the others" in job.status().reason
    control.resume(job)
    trains(job, len(job.metrics()[0]) + 1)
    other = followers(job)[0]
    os.kill(worker(job), signal.SIGKILL)
    assert ended(job) == "lost"
    until(lambda: start_time(other) is None, patience=60)
