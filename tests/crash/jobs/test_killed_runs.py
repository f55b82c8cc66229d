"""A tune job killed in the middle of training goes on from its newest whole checkpoint."""

import os
import signal

import pytest

from core.jobs.lifelike import ended, until, worker
from core.tune.conftest import Runner
from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.tune.curve import curve


@pytest.mark.parametrize("steps", [4, 27])
def test_kill_nine_then_resume_ends_as_if_nothing_had_been(run: Runner, unbroken: Job, steps: int) -> None:
    job = run()
    until(lambda: len(job.metrics()[0]) >= steps)
    pid = worker(job)
    os.kill(pid, signal.SIGHUP)  # a hang-up does nothing
    os.kill(pid, signal.SIGKILL)
    assert ended(job) == "lost"
    assert not (job.folder / "adapter").exists()
    for torn in (job.folder / "checkpoints").glob("checkpoint-20"):
        (torn / "optimizer.safetensors").write_bytes(
            b"cut short"
        )  # as if the kill had come while it was saved
    control.resume(job)
    assert ended(job) == "finished", job.log_tail()
    assert [line["loss"] for line in curve(job)] == pytest.approx(
        [line["loss"] for line in curve(unbroken)], abs=1e-5
    )


def test_killed_between_the_last_step_and_the_adapter_still_publishes(run: Runner, unbroken: Job) -> None:
    job = run()
    assert ended(job) == "finished"
    (job.folder / "result.json").unlink()
    for path in (job.folder / "adapter").iterdir():
        path.unlink()
    (job.folder / "adapter").rmdir()
    until(lambda: job.status().state == "lost")
    control.resume(job)
    assert ended(job) == "finished"
    name = "adapter/adapter_model.safetensors"
    assert (job.folder / name).read_bytes() == (unbroken.folder / name).read_bytes()
