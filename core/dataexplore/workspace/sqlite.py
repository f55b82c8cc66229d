"""SQLite so that an acknowledged write survives a crash, on local and on network file systems."""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "beegfs", "fuse.sshfs", "9p", "ceph"}
)


def writer(path: Path) -> sqlite3.Connection:
    """Open or create a database for its only writer, private to the user."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def reader(path: Path) -> sqlite3.Connection:
    """Open a database that exists for reading."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)


def prepare(database: sqlite3.Connection, folder: Path, steps: Sequence[str]) -> None:
    """Make writes durable, and bring the tables to the newest version; `steps` lead from each to the next."""
    if _file_system(folder) in _NETWORK:  # shared memory, which WAL needs, does not work across hosts
        database.execute("PRAGMA locking_mode=EXCLUSIVE")
        database.execute("PRAGMA journal_mode=DELETE")
    else:
        database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("PRAGMA busy_timeout=5000")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version < len(
        steps
    ):  # in one transaction: killed at any moment, the database is of the old or the new one
        script = "".join(steps[version:])
        database.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version={len(steps)}; COMMIT;")


def _file_system(folder: Path) -> str:
    best, kind = "", ""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    place = str(folder.resolve())
    for line in mounts.splitlines():
        _, point, name, *_ = line.split(" ")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, name
    return kind
