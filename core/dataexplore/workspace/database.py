"""Opens workspace.db so that an acknowledged write survives a crash, on local and on network file systems."""

import os
import sqlite3
from pathlib import Path

from dataexplore.errors import WorkspaceError
from dataexplore.text import short

_FIRST = """
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('decide', 'undo', 'redo')),
    hand INTEGER NOT NULL,
    reason TEXT NOT NULL,
    rule TEXT,
    keys BLOB NOT NULL,
    decisions BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS signals (
    name TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    at REAL NOT NULL,
    keys BLOB NOT NULL,
    scores BLOB NOT NULL
);
"""
_WITH_EDITS = """
CREATE TABLE journal_with_edits (
    seq INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('decide', 'edit', 'undo', 'redo')),
    hand INTEGER NOT NULL,
    reason TEXT NOT NULL,
    rule TEXT,
    keys BLOB NOT NULL,
    decisions BLOB NOT NULL,
    edits BLOB
);
INSERT INTO journal_with_edits SELECT *, NULL FROM journal ORDER BY seq;
DROP TABLE journal;
ALTER TABLE journal_with_edits RENAME TO journal;
"""
_STEPS = (_FIRST, _WITH_EDITS)
"""What leads from each version to the next; the first makes version 1 of an empty database."""

VERSION = len(_STEPS)

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "beegfs", "fuse.sshfs", "9p", "ceph"}
)


def open_database(folder: Path, *, writable: bool) -> sqlite3.Connection:
    """Open or create the workspace's database; raise WorkspaceError when it is damaged or too new."""
    path = folder / "workspace.db"
    shown = short(str(path), 200)
    database = None
    try:
        database = _writer(path) if writable else _reader(path)
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise WorkspaceError(f"{shown}: made by a newer dataexplore; upgrade to open it")
        if writable:
            _prepare(database, network=_file_system(folder) in _NETWORK)
        database.execute("SELECT count(*) FROM journal").fetchone()
    except (sqlite3.Error, OSError, WorkspaceError) as error:
        if database is not None:
            database.close()
        if isinstance(error, WorkspaceError):
            raise
        raise WorkspaceError(f"{shown}: {_why_not(error)}") from None
    return database


def _writer(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)


def _why_not(error: sqlite3.Error | OSError) -> str:
    if isinstance(error, OSError):
        return f"{(error.strerror or 'unreadable').lower()}; name another folder with --workspace DIR"
    if "locked" in str(error):
        return "another process holds it; close that one first"
    if "no such table" in str(error) or "unable to open" in str(error):
        return "is not readable yet; try again when the process that writes it is ready"
    if "full" in str(error):
        return f"{error}; free some disk space and try again"
    return f"{error}; move it aside to start afresh"


def _prepare(database: sqlite3.Connection, *, network: bool) -> None:
    if network:  # shared memory, which WAL needs, does not work across hosts
        database.execute("PRAGMA locking_mode=EXCLUSIVE")
        database.execute("PRAGMA journal_mode=DELETE")
    else:
        database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("PRAGMA busy_timeout=5000")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if (
        version < VERSION
    ):  # in one transaction: killed at any moment, the database is of the old or the new one
        steps = "".join(_STEPS[version:])
        database.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version={VERSION}; COMMIT;")


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
