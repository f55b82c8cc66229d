"""Where jobs run: the seam for other machines, this machine, and the foreground of a command line."""

import contextlib
import time
from typing import Protocol

from dataexplore.errors import JobError
from dataexplore.jobs import control
from dataexplore.jobs.elsewhere import elsewhere
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import reap, start
from dataexplore.jobs.status import Status


class Progress(Protocol):
    """Whoever shows a waiting person how the job stands."""

    def __call__(self, status: Status, /) -> object:
        """Show one look at the job."""


class Launcher(Protocol):
    """The seam for running jobs elsewhere: the same folder, other processes."""

    def submit(self, job: Job) -> None:
        """Start the job or queue it."""

    def poll(self, job: Job) -> Status:
        """Return how the job stands."""

    def stop(self, job: Job) -> None:
        """Ask the job to stop with a checkpoint."""

    def kill(self, job: Job) -> None:
        """End the job at once."""


class LocalLauncher:
    """Jobs as processes of this machine."""

    def submit(self, job: Job) -> None:
        """Start the job's process."""
        start(job)

    def poll(self, job: Job) -> Status:
        """Return how the job stands."""
        reap()
        return job.status()

    def stop(self, job: Job) -> None:
        """Ask the job to stop with a checkpoint."""
        control.stop(job)

    def kill(self, job: Job) -> None:
        """End the job's processes at once."""
        control.kill(job)


def launcher_of(job: Job) -> Launcher:
    """Return who runs the job: the launcher it was sent to, or this machine."""
    return elsewhere(job) or LocalLauncher()


def run_foreground(job: Job, shown: Progress | None = None, every: float = 0.5) -> Status:
    """Start the job and wait for its end; Ctrl-C asks it to stop with a checkpoint, a second one kills it."""
    start(job)
    asked = False
    while True:
        try:
            reap()
            status = job.status()
            if shown is not None:
                shown(status)
            if not status.alive:
                return status
            time.sleep(every)
        except KeyboardInterrupt:
            with contextlib.suppress(JobError):  # it ended by itself in the meantime
                (control.kill if asked else control.stop)(job)
            asked = True
