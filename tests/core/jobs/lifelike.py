"""Waits for what jobs become; shared by every test that runs real job processes."""

import time
from collections.abc import Callable

from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import reap, start

Maker = Callable[..., Job]


def until(true: Callable[[], object], patience: float = 30.0) -> None:
    """Wait until `true()` holds, and fail when it does not come to that."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def waiting(job: Job) -> int:
    """Start the job that waits, wait until it does, and return its process."""
    start(job)
    until(lambda: job.status().phase == "waiting")
    return worker(job)


def worker(job: Job) -> int:
    """Return the process that works on the job."""
    pid = job.status().pid
    assert pid is not None
    return pid


def ended(job: Job) -> str:
    """Wait until no process works on the job and return its state."""

    def over() -> bool:
        reap()
        return not job.status().alive

    until(over)
    return job.status().state
