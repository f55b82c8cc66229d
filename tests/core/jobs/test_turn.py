"""Jobs wait for a device one after another, and no dead one is waited for."""

import os
import signal

import pytest

from core.jobs.lifelike import ended, until, worker
from dataexplore.jobs import control
from dataexplore.jobs.launch import start
from dataexplore.jobs.status import FINISHED, STOPPED
from dataexplore.jobs.turn import waiting


def begun(job):
    start(job)
    until(lambda: job.status().phase == "working" or job.status().phase.startswith("waiting for"))
    return job


def go(job):
    (job.folder / "go").touch()
    return ended(job)


def test_they_work_in_the_order_in_which_they_were_made(make):
    jobs = [make("turn") for _ in range(3)]
    first, second, third = jobs
    begun(first)
    begun(third)
    begun(second)
    assert first.status().phase == "working"
    until(lambda: "1 before" in third.status().phase)
    assert first.id[-6:] in second.status().phase
    assert waiting("gpu 0") == [second.id, third.id]
    assert go(first) == FINISHED
    until(lambda: second.status().phase == "working")
    assert third.status().phase.startswith("waiting for gpu 0")
    assert go(second) == FINISHED
    until(lambda: third.status().phase == "working")
    assert waiting("gpu 0") == []
    assert go(third) == FINISHED


def test_started_in_one_act_they_keep_their_order(make):
    jobs = [make("turn") for _ in range(4)]
    for job in jobs:
        start(job)
    for job in jobs:
        until(lambda job=job: job.status().phase == "working")
        assert go(job) == FINISHED


@pytest.mark.parametrize("killed", [0, 1])
def test_a_killed_one_lets_the_next_one_in(make, killed):
    jobs = [make("turn") for _ in range(3)]
    for job in jobs:
        begun(job)
    os.kill(worker(jobs[killed]), signal.SIGKILL)
    assert ended(jobs[killed]) == "lost"
    for job in jobs:
        if job is not jobs[killed]:
            until(lambda job=job: job.status().phase == "working")
            assert go(job) == FINISHED
    assert waiting("gpu 0") == []


def test_one_that_waits_can_be_stopped(make):
    first, second = [make("turn") for _ in range(2)]
    begun(first)
    begun(second)
    control.stop(second)
    assert ended(second) == STOPPED
    assert waiting("gpu 0") == []
    assert go(first) == FINISHED
