"""The worker's side of a job: its lock, its reports, and how it ends."""

import contextlib
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from dataexplore.errors import DataexploreError, JobError
from dataexplore.jobs import lock
from dataexplore.jobs.files import append_line, disk_reason, to_line, write_whole
from dataexplore.jobs.folder import Job
from dataexplore.jobs.identity import here
from dataexplore.jobs.spec import JobSpec
from dataexplore.jobs.status import FAILED, FINISHED, RUNNING, STARTING, STOPPED
from dataexplore.text import short, visible

_RESERVE = 16_384  # bytes kept aside, given up when a full disk would swallow the last status


class JobContext:
    """What a worker module gets: it reports through this and asks it whether to stop.

    Entering takes the lock (JobError when another worker has it, with nothing touched); leaving by an
    exception stores the state `failed` with a one-line reason, leaving without `finish` or `stopped` too.
    """

    def __init__(self, folder: Path, attempt: int = 1) -> None:
        self.job = Job(folder)
        self.folder = self.job.folder
        self.attempt = attempt
        self._asked_by_signal = False
        self._status: dict[str, Any] = {}
        self._lock = -1
        self._over = False

    @property
    def spec(self) -> JobSpec:
        """What to do."""
        return self.job.spec

    def __enter__(self) -> "JobContext":
        self._lock = lock.take(self.folder / "lock")
        os.umask(0o077)  # checkpoints and adapters are as private as the rest
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._on_term)
        with contextlib.suppress(OSError):
            (self.folder / ".reserve").write_bytes(bytes(_RESERVE))
        self._status = {
            "state": RUNNING,
            "phase": "starting",
            "done": 0,
            "total": 0,
            "reason": "",
            "attempt": self.attempt,
            "worker": here().to_dict(),
        }
        self._store()
        self.event("started", attempt=self.attempt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                traceback.print_exception(kind, error, trace)
                self._end(FAILED, reason_of(error))
            elif not self._over:
                self._end(FAILED, "the worker returned without a result")
        except JobError as unwritten:
            print(f"the last status could not be stored: {unwritten}", file=sys.stderr)  # noqa: T201 # stdout and stderr are the log
        finally:
            (self.folder / ".reserve").unlink(missing_ok=True)
            os.close(self._lock)

    def status(self, phase: str | None = None, done: int | None = None, total: int | None = None) -> None:
        """Report progress; what is not given stays as it was."""
        given = {"phase": phase, "done": done, "total": total}
        self._status.update({name: value for name, value in given.items() if value is not None})
        self._store(durable=False)

    def metric(self, **values: Any) -> None:
        """Append one line to metrics.jsonl; raise JobError when the disk refuses it."""
        append_line(self.folder / "metrics.jsonl", values)

    def event(self, name: str, **values: Any) -> None:
        """Append one line to events.jsonl and to the log: a state change, a warning, a checkpoint."""
        append_line(self.folder / "events.jsonl", {"at": round(time.time(), 3), "event": name, **values})
        shown = " ".join(f"{key}={short(str(value), 400)}" for key, value in values.items())
        print(f"{time.strftime('%H:%M:%S', time.gmtime())} {visible(name)} {shown}".rstrip(), flush=True)  # noqa: T201 # stdout and stderr are the log

    def stop_requested(self) -> bool:
        """Tell whether someone asked the job to stop, by control/stop or by SIGTERM."""
        return self._asked_by_signal or (self.folder / "control/stop").exists()

    def stopped(self, reason: str = "stopped as asked; resume goes on from here") -> None:
        """End as `stopped`: what is needed to go on is on disk."""
        self._end(STOPPED, reason)

    def finish(self, result: dict[str, Any]) -> None:
        """End as `finished`; result.json is written last, so its presence says it all."""
        self._end(FINISHED, "")
        write_whole(self.folder / "result.json", to_line(result))

    def _end(self, state: str, reason: str) -> None:
        self._over = True
        self._status.update(state=state, reason=reason)
        (self.folder / ".reserve").unlink(missing_ok=True)
        try:
            self.event(state, **({"reason": reason} if reason else {}))
        except JobError as error:
            print(error, file=sys.stderr)  # noqa: T201 # stdout and stderr are the log
        self._store()

    def _store(self, durable: bool = True) -> None:
        self._status["at"] = round(time.time(), 3)
        path = self.folder / "status.json"
        try:
            write_whole(path, to_line(self._status), durable)
        except OSError as error:
            raise JobError(disk_reason(path, error)) from None

    def _on_term(self, number: int, frame: FrameType | None) -> None:
        self._asked_by_signal = True


def reason_of(error: BaseException) -> str:
    """Return one line for a person out of any exception."""
    if isinstance(error, DataexploreError):
        return short(str(error), 400)
    if isinstance(error, OSError) and error.errno is not None:
        return short(disk_reason(Path(str(error.filename or "a file")), error), 400)
    if isinstance(error, MemoryError):
        return "the machine ran out of memory; use fewer rows at a time"
    if isinstance(error, KeyboardInterrupt):
        return "interrupted from the keyboard"
    first = str(error).strip().split("\n", 1)[0]
    return short(f"{type(error).__name__}: {first}" if first else type(error).__name__, 400)


def starting(attempt: int) -> bytes:
    """Return the status that a launcher leaves before its worker lives, naming the launcher itself."""
    return to_line(
        {"state": STARTING, "attempt": attempt, "at": round(time.time(), 3), "worker": here().to_dict()}
    )
