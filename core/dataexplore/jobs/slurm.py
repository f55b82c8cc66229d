"""Jobs in a Slurm cluster: the same folder on a file system that the nodes share, started by `sbatch`."""

import contextlib
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dataexplore.errors import JobError
from dataexplore.jobs.batch_script import batch_script
from dataexplore.jobs.context import starting
from dataexplore.jobs.files import FILE_MODE, write_whole
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import launching
from dataexplore.jobs.place import GONE, RUNNING, WAITING, Place, read_place, write_place
from dataexplore.jobs.programs import ask
from dataexplore.jobs.status import CREATED, FAILED, FINISHED, Status
from dataexplore.text import short

SCRIPT = "slurm.sh"
_WAITS = {
    "PENDING",
    "CONFIGURING",
    "REQUEUED",
    "REQUEUE_FED",
    "REQUEUE_HOLD",
    "RESV_DEL_HOLD",
    "SPECIAL_EXIT",
}
_RUNS = {"RUNNING", "COMPLETING", "RESIZING", "SIGNALING", "STAGE_OUT", "STOPPED", "SUSPENDED"}
_SETTLES = 300.0
"""Seconds after a worker's last word in which Slurm may still put its job back into the queue."""
_SUBMITS = 60.0
"""Seconds for sbatch, which waits its turn at a busy controller."""
_WORDS = {
    "TIMEOUT": "its time limit was reached",
    "NODE_FAIL": "its node failed",
    "OUT_OF_MEMORY": "it ran out of memory",
    "PREEMPTED": "another job took its place",
    "CANCELLED": "it was cancelled",
    "BOOT_FAIL": "its node did not start",
    "DEADLINE": "its deadline passed",
}


@dataclass(frozen=True)
class SlurmLauncher:
    """The seam to Slurm; the job's folder has to be seen by the nodes at the same path."""

    options: Mapping[str, str] = field(default_factory=dict)
    """Long names of sbatch's options, `grace` and `setup`; added to those of the attempt before."""
    every: float = 10.0
    """Seconds for which an answer of Slurm counts as fresh: its controller is shared by many."""

    def submit(self, job: Job) -> None:
        """Queue the job; raise JobError with what sbatch says when it refuses."""
        options = self.options
        before = read_place(job.folder)
        if before is not None and before.launcher == "slurm":
            options = {**before.options, **options}
            with contextlib.suppress(JobError):  # where Slurm does not answer, sbatch will say so
                before = _look(job, before)
            if before.state == WAITING and before.number:
                raise JobError(f"{job.id}: {before.name} works on this job already; stop it first")
        with launching(job) as attempt:
            script = job.folder / SCRIPT
            write_whole(script, batch_script(job, options, attempt).encode())
            os.close(os.open(job.folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
            stored = (job.folder / "status.json").read_bytes()
            place = Place("slurm", options).now()
            write_place(job.folder, place)
            write_whole(job.folder / "status.json", starting(attempt))
            try:
                said = ask("sbatch", *_cluster(place), "--parsable", str(script), patience=_SUBMITS)
            except JobError as error:
                write_place(job.folder, place.now(state=GONE, reason=str(error)))
                write_whole(job.folder / "status.json", stored)
                raise
            number = said.strip().rpartition("\n")[2].partition(";")[0]
            # without it the job is found again by its name
            write_place(job.folder, place.now(number=number if number.isdecimal() else ""))

    def poll(self, job: Job) -> Status:
        """Return how the job stands: by its folder, and where that does not say, by what Slurm says."""
        status, place = job.status(), read_place(job.folder)
        if place is None or place.launcher != "slurm" or _settled(status, place):
            return status
        if 0 <= time.time() - place.seen < self.every:
            return status
        try:
            _look(job, place)
        except JobError as error:
            return replace(status, reason=str(error)) if status.alive else status
        return job.status()

    def stop(self, job: Job) -> None:
        """Ask the job to save a checkpoint and stop; take it out of the queue if it has not begun."""
        place = self._asked(job)
        queued = place.state == WAITING
        _cancel(job, place, *(["--state=PENDING"] if queued else ["--batch", "--signal=TERM"]))

    def kill(self, job: Job) -> None:
        """Let Slurm end the job at once: SIGTERM, and SIGKILL after the cluster's own patience."""
        _cancel(job, self._asked(job))

    def _asked(self, job: Job) -> Place:
        status, place = replace(self, every=0.0).poll(job), read_place(job.folder)
        if not status.alive or place is None or place.state == GONE:
            raise JobError(f"{job.id}: there is nothing to stop, the job is {status.state}")
        if not place.number:
            raise JobError(f"{job.id}: Slurm does not say which number the job has; see `squeue --me`")
        try:
            write_whole(job.folder / "control/stop", b"")
        except OSError as error:
            raise JobError(f"{job.id}: the request to stop cannot be written ({error.strerror})") from None
        return place


def _settled(status: Status, place: Place) -> bool:
    if status.state in (FINISHED, FAILED) or (status.state == CREATED and place.state == GONE):
        return True
    return place.state == GONE and not status.alive and place.seen - status.at > _SETTLES


def _cluster(place: Place) -> list[str]:
    return [f"--clusters={place.options['clusters']}"] if "clusters" in place.options else []


def _cancel(job: Job, place: Place, *how: str) -> None:
    """Ask Slurm to end the job; raise JobError when it refuses although the job is still there."""
    try:
        ask("scancel", *_cluster(place), *how, place.number)
    except JobError:
        _look(job, place)
        if job.status().alive:
            raise
    with contextlib.suppress(JobError):
        _look(job, place)


def _look(job: Job, place: Place) -> Place:
    """Ask Slurm about the job, store and return what it says; raise JobError when it does not answer."""
    shown = ask(
        "squeue", *_cluster(place), "--noheader", "--states=all", f"--name={job.id}", "--format=%i|%T|%r|%N"
    )
    lines = [line.strip().split("|") for line in shown.split("\n") if line.count("|") == 3]
    ours = [line for line in lines if line[0] == place.number or not place.number]
    if ours:
        number, state, reason, node = max(ours, key=lambda line: line[0].zfill(20))
        found = place.now(number=number, node=node, **_told(state, reason))
    elif place.number:
        found = place.now(**_remembered(place))
    else:
        found = place.now(state=GONE, reason="Slurm does not know it")
    if read_place(job.folder) == place:  # or it was submitted again meanwhile
        with contextlib.suppress(OSError):  # a full disk is no reason to show nothing
            write_place(job.folder, found, durable=False)
    return found


def _told(state: str, reason: str) -> dict[str, str]:
    if state in _WAITS:
        return {"state": WAITING, "reason": short(reason, 60)}
    if state in _RUNS:
        return {"state": RUNNING, "reason": ""}
    words = _WORDS.get(state, f"it ended as {short(state.lower(), 40)}")
    return {"state": GONE, "reason": words}


def _remembered(place: Place) -> dict[str, str]:
    """Return how a job ended that is in the queue no more; clusters without accounting do not know."""
    wanted = ("--noheader", "--parsable2", "--allocations", "--format=State,NodeList")
    try:
        shown = ask("sacct", *_cluster(place), f"--jobs={place.number}", *wanted)
    except JobError:
        shown = ""
    found = re.match(r"([A-Z_]+)[^|\n]*\|([^|\n]*)", shown.strip())
    if found is None or found[1] in _WAITS | _RUNS:  # accounting can lag behind the queue
        return {"state": GONE, "reason": "it is in the queue no more"}
    return {**_told(found[1], ""), "node": found[2] if "None" not in found[2] else ""}
