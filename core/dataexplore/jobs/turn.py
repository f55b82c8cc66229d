"""Whose turn it is on a device: jobs wait for it in the order in which they were made, without any daemon.

Each waiting job holds a ticket, a file named after it and locked as long as its process lives; the device's
own lock is for the one that works. A killed job's ticket is free at once, so nobody waits for the dead.
"""

import contextlib
import fcntl
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dataexplore.errors import JobError
from dataexplore.jobs.context import JobContext
from dataexplore.jobs.files import FILE_MODE, FOLDER_MODE
from dataexplore.jobs.folder import Job
from dataexplore.jobs.status import RUNNING, STARTING, Status

_BEGINNING = 15.0
"""Seconds that a process may take from its start to its ticket, where older jobs were started with it."""
_LOOK = 0.2
"""Seconds between two looks at whether it is one's turn, or somebody said stop."""


class StopAskedError(Exception):
    """Somebody asked the job to stop while it waited."""


@contextlib.contextmanager
def turn(context: JobContext, device: str) -> Iterator[None]:
    """Wait until the device is free and no older job waits for it; it is this job's until the block ends.

    Raises StopAskedError when the job is asked to stop meanwhile.
    """
    queue = queue_of(device)
    _let_older_begin(context)
    ticket = _held(queue / context.job.id)
    device_lock = _open(queue / "device")
    try:
        told = ""
        while not _mine(queue, context.job.id, device_lock):
            if context.stop_requested():
                raise StopAskedError
            if (words := _waiting_for(queue, device, context.job.id)) != told:
                context.status(phase=words)
                told = words
            time.sleep(_LOOK)
        _leave(queue / context.job.id, ticket)
        ticket = -1
        os.ftruncate(device_lock, 0)
        os.pwrite(device_lock, context.job.id.encode(), 0)
        yield
    finally:
        os.close(device_lock)
        if ticket >= 0:
            _leave(queue / context.job.id, ticket)


def queue_of(device: str) -> Path:
    """Return the folder of a device's queue: one for all of a user's jobs on this machine."""
    base = os.environ.get("XDG_RUNTIME_DIR") or f"{tempfile.gettempdir()}/dataexplore-{os.getuid()}"
    folder = Path(base) / "dataexplore" / re.sub(r"\W+", "-", device)
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise JobError(f"{folder}: is another user's; set XDG_RUNTIME_DIR to a folder of yours")
    except OSError as error:
        raise JobError(f"{folder}: jobs cannot queue here ({error.strerror or error})") from None
    return folder


def waiting(device: str) -> list[str]:
    """Return the ids of the jobs that wait for a device, the next one first."""
    return [
        path.name for path in sorted(queue_of(device).iterdir()) if path.name != "device" and _is_held(path)
    ]


def _let_older_begin(context: JobContext) -> None:
    """Wait until the jobs that were started just before this one have their tickets."""
    deadline = time.monotonic() + _BEGINNING
    older = [Job(path) for path in context.folder.parent.iterdir() if path.name < context.job.id]
    while (older := [job for job in older if _begins(job.status())]) and time.monotonic() < deadline:
        time.sleep(_LOOK)


def _begins(status: Status) -> bool:
    return status.state == STARTING or (status.state == RUNNING and status.phase == "starting")


def _mine(queue: Path, job: str, device_lock: int) -> bool:
    if any(path.name != "device" and path.name < job and _is_held(path) for path in queue.iterdir()):
        return False
    try:
        fcntl.flock(device_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _waiting_for(queue: Path, device: str, job: str) -> str:
    before = sum(path.name != "device" and path.name < job and _is_held(path) for path in queue.iterdir())
    with contextlib.suppress(OSError):
        holder = (queue / "device").read_text("utf-8", "replace")[-6:]
        behind = f", {before} before" if before else ""
        return f"waiting for {device}: run {holder} has it{behind}"
    return f"waiting for {device}"


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    except OSError as error:
        raise JobError(f"{path.parent}: jobs cannot queue here ({error.strerror or error})") from None


def _held(path: Path) -> int:
    while True:
        ticket = _open(path)
        fcntl.flock(ticket, fcntl.LOCK_EX)
        with contextlib.suppress(OSError):  # removed as a dead one's between opening and locking
            if path.stat().st_ino == os.fstat(ticket).st_ino:
                return ticket
        os.close(ticket)


def _is_held(path: Path) -> bool:
    """Tell whether a ticket's job lives; the ticket of a dead one is removed."""
    try:
        ticket = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(ticket, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(ticket)


def _leave(path: Path, ticket: int) -> None:
    path.unlink(missing_ok=True)
    os.close(ticket)
