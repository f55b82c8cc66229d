"""Where a job runs when it is not this machine: the launcher's record in the job's folder."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from dataexplore.jobs.files import to_line, write_whole

PLACE = "place.json"
WAITING, RUNNING, GONE = "waiting", "running", "gone"


@dataclass(frozen=True)
class Place:
    """What a launcher knows of a job; the worker never writes it, and the launcher never writes results."""

    launcher: str
    """`slurm` or `skypilot`."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What was asked for: partition, gpus, time; the next attempt asks for it again."""
    number: str = ""
    """What the job is called there: its Slurm number, its SkyPilot cluster."""
    state: str = WAITING
    """`waiting`, `running` or `gone`, as the launcher was last told."""
    reason: str = ""
    """What it waits for, or how it went."""
    node: str = ""
    seen: float = 0.0
    """When that was asked, in seconds since 1970."""

    @property
    def name(self) -> str:
        """Where the job is, for a person."""
        called = {"slurm": "Slurm job", "skypilot": "SkyPilot cluster"}[self.launcher]
        where = f"{called} {self.number}" if self.number else called
        return f"{where} on {self.node}" if self.node else where

    @property
    def phase(self) -> str:
        """What a job does that has not yet reported anything."""
        if self.launcher == "skypilot":
            return f"waiting for news from {self.name}"
        if self.state == WAITING:
            return f"waiting in the Slurm queue ({self.reason or 'just submitted'})"
        return f"starting on {self.node or 'its node'}"

    def now(self, **changes: Any) -> "Place":
        """Return the record as it stands at this moment."""
        return replace(self, **changes, seen=round(time.time(), 3))


def read_place(folder: Path) -> Place | None:
    """Return the record of a job that was sent elsewhere, None for one of this machine."""
    try:
        found: Any = json.loads((folder / PLACE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("launcher") not in ("slurm", "skypilot"):
        return None
    options, seen = found.get("options"), found.get("seen")
    texts = {name: str(found.get(name) or "") for name in ("number", "reason", "node")}
    return Place(
        launcher=found["launcher"],
        options={str(key): str(value) for key, value in options.items()} if isinstance(options, dict) else {},
        state=found["state"] if found.get("state") in (WAITING, RUNNING, GONE) else WAITING,
        seen=float(seen) if isinstance(seen, int | float) else 0.0,
        **texts,
    )


def write_place(folder: Path, place: Place, durable: bool = True) -> None:
    """Replace the record; raise OSError when the disk refuses it."""
    write_whole(folder / PLACE, to_line(asdict(place)), durable)
