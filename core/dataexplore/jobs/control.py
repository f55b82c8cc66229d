"""Stops, kills and resumes jobs; a process is only ever killed when it is certainly the job's own."""

import contextlib
import os
import signal
import time

from dataexplore.errors import JobError
from dataexplore.jobs import lock
from dataexplore.jobs.elsewhere import elsewhere
from dataexplore.jobs.files import append_line, to_line, write_whole
from dataexplore.jobs.folder import Job
from dataexplore.jobs.identity import Identity
from dataexplore.jobs.launch import start
from dataexplore.jobs.status import DAMAGED, LOST, STOPPED, Status

_GRACE = 3.0  # seconds between SIGTERM and SIGKILL


def stop(job: Job) -> None:
    """Ask the worker to save a checkpoint and stop; raise JobError when no worker is there to ask."""
    if (launcher := elsewhere(job)) is not None:
        launcher.stop(job)
        return
    status = job.status()
    if not status.alive:
        raise JobError(f"{job.id}: there is nothing to stop, the job is {status.state}")
    try:
        write_whole(job.folder / "control/stop", b"")
    except OSError as error:
        raise JobError(f"{job.id}: the request to stop cannot be written ({error.strerror})") from None


def kill(job: Job, grace: float = _GRACE) -> None:
    """End the worker and its children at once: SIGTERM, and SIGKILL after `grace` seconds.

    Raise JobError when the recorded process is not certainly the job's own, so no stranger is ever hit.
    """
    if (launcher := elsewhere(job)) is not None:
        launcher.kill(job)
        return
    status = job.status()
    if not status.alive:
        raise JobError(f"{job.id}: there is nothing to kill, the job is {status.state}")
    worker = status.worker
    if worker is None or worker.elsewhere:
        where = worker.host if worker else "an unknown machine"
        raise JobError(f"{job.id}: its process runs on {where} and can only be killed there")
    if not _own_group(worker):
        raise JobError(f"{job.id}: process {worker.pid} is not the leader of the job's own group; not killed")
    _signal(worker, signal.SIGTERM)
    if not _gone(worker, grace):
        _signal(worker, signal.SIGKILL)
        if not _gone(worker, 10.0):
            raise JobError(f"{job.id}: process {worker.pid} does not die, it hangs in the kernel")
    _record(job, status)


def resume(job: Job) -> Job:
    """Start the job again from what is in its folder, where it ran before; raise JobError while it is alive.

    A finished job is refused too.
    """
    if (launcher := elsewhere(job)) is None:
        return start(job)
    launcher.submit(job)
    return job


def _own_group(worker: Identity) -> bool:
    try:
        return worker.alive() and os.getpgid(worker.pid) == worker.pid != os.getpgrp()
    except ProcessLookupError:
        return False


def _signal(worker: Identity, number: int) -> None:
    if worker.alive():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, number)


def _gone(worker: Identity, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while worker.alive():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _record(job: Job, status: Status) -> None:
    """Store that a person killed the job, unless the worker managed to end by itself."""
    if job.status().state not in (LOST, DAMAGED):
        return
    reason = "killed as asked; resume goes on from the last checkpoint"
    with contextlib.suppress(JobError, OSError):
        descriptor = lock.take(job.folder / "lock")
        try:
            values = {"state": STOPPED, "phase": status.phase, "done": status.done, "total": status.total}
            at = round(time.time(), 3)
            line = {**values, "reason": reason, "attempt": status.attempt, "at": at}
            write_whole(job.folder / "status.json", to_line(line))
            append_line(job.folder / "events.jsonl", {"at": at, "event": "killed"})
        finally:
            os.close(descriptor)
