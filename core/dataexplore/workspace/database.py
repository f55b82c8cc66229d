"""Opens workspace.db so that an acknowledged write survives a crash, on local and on network file systems."""

import os
import sqlite3
from pathlib import Path

from dataexplore.errors import WorkspaceError
from dataexplore.text import short

VERSION = 1

_TABLES = """
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

_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "beegfs", "fuse.sshfs", "9p", "ceph"})


def open_database(folder: Path, *, writable: bool) -> sqlite3.Connection:
    """Open or create the workspace's database; raise WorkspaceError when it is damaged or too new."""
    path = folder / "workspace.db"
    try:
        if writable:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            _prepare(database, network=_file_system(folder) in _NETWORK)
        else:
            database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            database.execute("SELECT count(*) FROM journal")
        version = database.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise WorkspaceError(f"{short(str(path), 200)}: {error}; move it aside to start afresh") from None
    except OSError as error:
        raise WorkspaceError(f"{short(str(path), 200)}: {(error.strerror or 'unreadable').lower()}") from None
    if version > VERSION:
        database.close()
        raise WorkspaceError(f"{short(str(path), 200)}: made by a newer dataexplore; upgrade to open it")
    return database


def _prepare(database: sqlite3.Connection, *, network: bool) -> None:
    if network:  # shared memory, which WAL needs, does not work across hosts
        database.execute("PRAGMA locking_mode=EXCLUSIVE")
        database.execute("PRAGMA journal_mode=DELETE")
    else:
        database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("PRAGMA busy_timeout=5000")
    if database.execute("PRAGMA user_version").fetchone()[0] == 0:
        database.executescript(_TABLES + f"PRAGMA user_version={VERSION};")


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
