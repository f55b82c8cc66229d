"""How a job stands: what its worker last wrote, held against whether that worker still lives."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataexplore.jobs.identity import Identity
from dataexplore.jobs.lock import held
from dataexplore.jobs.place import GONE, WAITING, Place, read_place
from dataexplore.jobs.place import RUNNING as RUNS_THERE

CREATED, STARTING, RUNNING, STOPPING = "created", "starting", "running", "stopping"
STOPPED, FINISHED, FAILED = "stopped", "finished", "failed"
LOST, DAMAGED = "lost", "damaged"
ALIVE = frozenset({STARTING, RUNNING, STOPPING})
RESUMABLE = frozenset({CREATED, STOPPED, FAILED, LOST})
_STORED = frozenset({CREATED, STARTING, RUNNING, STOPPING, STOPPED, FINISHED, FAILED})


@dataclass(frozen=True)
class Status:
    """One look at a job; `lost` and `damaged` are derived and never stored."""

    state: str
    phase: str = ""
    """What the worker does now, in a word or two: loading, training."""
    done: int = 0
    total: int = 0
    """`done` of `total` in the worker's own unit (a tune job: optimizer steps); 0: not known yet."""
    reason: str = ""
    """One sentence for a person: why it failed, stopped, was lost or cannot be read."""
    attempt: int = 0
    """How many times the job was started."""
    at: float = 0.0
    """When the worker last wrote, in seconds since 1970."""
    worker: Identity | None = None

    @property
    def pid(self) -> int | None:
        """The worker's process number, as far as it is known."""
        return self.worker.pid if self.worker else None

    @property
    def alive(self) -> bool:
        """Whether a process works on the job."""
        return self.state in ALIVE

    @property
    def resumable(self) -> bool:
        """Whether `resume` has anything to do."""
        return self.state in RESUMABLE


def read_status(folder: Path) -> Status:
    """Return how the job in `folder` stands; damage is a state with a reason, never an exception."""
    stored = _object(folder / "status.json")
    finished = (folder / "result.json").exists()
    if stored is None:
        if finished:
            return Status(FINISHED)
        return Status(DAMAGED, reason="status.json is missing or cannot be read; resume writes a new one")
    status = _parse(stored)
    if finished:
        return _with(status, FINISHED)
    if (place := read_place(folder)) is not None:
        return _away(folder, status, place)
    if status.state == STARTING:
        return _starting(folder, status)
    if status.state in (RUNNING, STOPPING, FINISHED):
        if not works(folder, status.worker):
            return _with(status, LOST, _WHY_LOST)
        asked = (folder / "control/stop").exists()
        return _with(status, STOPPING if asked or status.state == STOPPING else RUNNING)
    return status


def _away(folder: Path, status: Status, place: Place) -> Status:
    """Return how a job stands that a launcher has sent elsewhere, by the newest word there is of it."""
    asked = (folder / "control/stop").exists()
    working = status.state in (RUNNING, STOPPING, FINISHED)
    if working and works(folder, status.worker):
        return _with(status, STOPPING if asked or status.state == STOPPING else RUNNING)
    resting = status.state in (CREATED, STOPPED)
    if status.state != STARTING and not working and not resting:
        return status
    newer = place.seen > status.at
    if place.state == GONE and not resting:
        if asked:
            return _with(status, STOPPED, "stopped as asked; resume goes on from the last checkpoint")
        return _with(status, LOST, f"{place.name} is gone without a result: {place.reason}; resume it")
    if status.state == STARTING or (newer and place.state == WAITING and not asked):
        return Status(STARTING, place.phase, status.done, status.total, "", status.attempt, status.at)
    if resting:
        refused = status.state == CREATED and place.state == GONE
        return _with(status, CREATED, place.reason) if refused else status
    if status.worker is None or not status.worker.elsewhere:
        return _with(status, LOST, _WHY_LOST)
    # the lock of another machine is not seen on every file system: its last word counts, and the launcher's
    silent = time.time() - max(status.at, place.seen if place.state == RUNS_THERE else 0.0)
    if silent > _SILENT:
        told = f"nothing was heard from {status.worker.host} for {silent / 60:.0f} minutes"
        return _with(status, LOST, f"{told}; `dataexplore runs` asks {place.name}")
    return _with(status, STOPPING if asked or status.state == STOPPING else RUNNING)


_SILENT = 900.0
"""Seconds without a word from another machine until a job counts as lost there."""
_WHY_LOST = "its process is gone without a word: killed, out of memory or the machine restarted; resume it"


def works(folder: Path, worker: Identity | None) -> bool:
    """Tell whether `worker` lives and holds the job's lock (on another machine: the lock alone says it)."""
    if worker is None:
        return False
    return (worker.elsewhere or worker.alive()) and held(folder / "lock")


def launched(folder: Path, attempt: int) -> Identity | None:
    """Return the process that the launcher started for this attempt, None before it wrote that down."""
    found = _object(folder / "launch.json")
    return Identity.from_dict(found) if found and found.get("attempt") == attempt else None


def _starting(folder: Path, status: Status) -> Status:
    # until launch.json names the worker, the launcher itself stands for it
    worker = launched(folder, status.attempt) or status.worker
    status = Status(STARTING, status.phase, 0, 0, "", status.attempt, status.at, worker)
    lives = worker is not None and (worker.alive() or (worker.elsewhere and held(folder / "lock")))
    why = "its process ended before it could report; log.txt may say why"
    return status if lives else _with(status, LOST, why)


def _with(status: Status, state: str, reason: str = "") -> Status:
    return Status(
        state, status.phase, status.done, status.total, reason, status.attempt, status.at, status.worker
    )


def _parse(found: dict[str, Any]) -> Status:
    state = found.get("state")
    if state not in _STORED:
        return Status(DAMAGED, reason="status.json names no state that is known; resume writes a new one")

    def number(name: str) -> int:
        value = found.get(name)
        return value if type(value) is int and value >= 0 else 0

    at = found.get("at")
    return Status(
        state=state,
        phase=str(found.get("phase") or ""),
        done=number("done"),
        total=number("total"),
        reason=str(found.get("reason") or ""),
        attempt=number("attempt"),
        at=float(at) if isinstance(at, int | float) else 0.0,
        worker=Identity.from_dict(found.get("worker")),
    )


def _object(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
