"""Small job modules that the tests run as real processes."""

import errno
import os
import signal
import time
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.context import JobContext
from dataexplore.jobs.turn import StopAskedError, turn


def run(context: JobContext) -> None:
    """Do what the setting `act` says."""
    ACTS[str(context.spec.settings["act"])](context)


def _count(context: JobContext) -> None:
    for step in range(3):
        context.metric(step=step, loss=1.0 / (step + 1))
        context.status("counting", step + 1, 3)
    print("counted to three")
    context.finish({"steps": 3})


def _wait(context: JobContext) -> None:
    """Work until asked to stop; the file `go` lets it finish."""
    context.status("waiting", 1, 2)
    while not context.stop_requested():
        if (context.folder / "go").exists():
            context.finish({"went": True})
            return
        time.sleep(0.01)
    context.stopped()


def _turn(context: JobContext) -> None:
    """Wait for a device, then work until the file `go` is there."""
    try:
        with turn(context, "gpu 0"):
            context.status("working")
            while not (context.folder / "go").exists():
                time.sleep(0.01)
            context.finish({})
    except StopAskedError:
        context.stopped()


def _stubborn(context: JobContext) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if (child := os.fork()) == 0:
        os.execvp("sleep", ["sleep", "600"])
    (context.folder / "child").write_text(str(child))
    context.status("ignoring", 1, 2)
    while True:
        time.sleep(0.1)


def _break(context: JobContext) -> None:
    secret = "sk-do-not-print"
    raise ValueError(f"bad \x1b[31mrow\nsecond line {len(secret)}")


def _refuse(context: JobContext) -> None:
    raise JobError("rows.jsonl: there is nothing to do")


def _full(context: JobContext) -> None:
    Path(context.folder / "metrics.jsonl").symlink_to("/dev/full")
    context.metric(step=0, loss=1.0)


def _cramped(context: JobContext) -> None:
    """Run on a disk that is full for as long as the reserve is there."""
    real = os.write

    def write(descriptor: int, data: Any) -> int:
        if (context.folder / ".reserve").exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data)

    os.write = write
    context.status("writing", 1, 2)


def _forget(context: JobContext) -> None:
    """Leave without a result."""


def _die(context: JobContext) -> None:
    context.metric(step=0)
    os.kill(os.getpid(), signal.SIGKILL)


ACTS = {
    "count": _count,
    "wait": _wait,
    "turn": _turn,
    "stubborn": _stubborn,
    "break": _break,
    "refuse": _refuse,
    "full": _full,
    "cramped": _cramped,
    "forget": _forget,
    "die": _die,
}
