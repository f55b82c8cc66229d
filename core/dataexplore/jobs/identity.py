"""Who a process is: its number alone is reused, so start time, boot and machine go with it."""

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Identity:
    """One process on one machine since one boot."""

    pid: int
    started: str
    """Start time in the system's own form (Linux: clock ticks since boot); compared, never shown."""
    boot: str
    host: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for a JSON file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, found: object) -> "Identity | None":
        """Return the identity in a JSON value, or None where it holds none."""
        if not isinstance(found, Mapping):
            return None
        pid, started, boot, host = (found.get(name) for name in ("pid", "started", "boot", "host"))
        if type(pid) is not int or pid <= 1:
            return None
        if not (isinstance(started, str) and isinstance(boot, str) and isinstance(host, str)):
            return None
        return cls(pid, started, boot, host)

    @property
    def elsewhere(self) -> bool:
        """Whether the process belongs to another machine, where its number says nothing here."""
        return self.host != platform.node()

    def alive(self) -> bool:
        """Tell whether this very process still runs on this machine (a zombie does not)."""
        if self.elsewhere or self.boot != boot_id() or not self.started:
            return False
        return start_time(self.pid) == self.started


def identify(pid: int) -> Identity:
    """Return who `pid` is now; `started` is empty when it has already gone."""
    return Identity(pid, start_time(pid) or "", boot_id(), platform.node())


def start_time(pid: int) -> str | None:
    """Return the start time of a living process, None for a dead one or a zombie."""
    proc = Path("/proc")
    if (proc / "self/stat").exists():
        try:
            line = (proc / str(pid) / "stat").read_text("utf-8", "replace")
        except OSError:
            return None
        fields = line.rpartition(")")[2].split()  # the name before it may hold spaces and parentheses
        return None if len(fields) < 20 or fields[0] in "ZX" else fields[19]
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return None if len(shown) < 2 or shown[0].startswith("Z") else shown[1].strip()


def boot_id() -> str:
    """Return what changes at every boot, or an empty string where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def here() -> Identity:
    """Return who this process is."""
    return identify(os.getpid())
