"""Opens workspace.db, whatever version of this program made it."""

import sqlite3
from pathlib import Path

from dataexplore.errors import WorkspaceError
from dataexplore.text import short
from dataexplore.workspace.sqlite import prepare, reader, writer

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


def open_database(folder: Path, *, writable: bool) -> sqlite3.Connection:
    """Open or create the workspace's database; raise WorkspaceError when it is damaged or too new."""
    path = folder / "workspace.db"
    shown = short(str(path), 200)
    database = None
    try:
        database = writer(path) if writable else reader(path)
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise WorkspaceError(f"{shown}: made by a newer dataexplore; upgrade to open it")
        if writable:
            prepare(database, folder, _STEPS)
        database.execute("SELECT count(*) FROM journal").fetchone()
    except (sqlite3.Error, OSError, WorkspaceError) as error:
        if database is not None:
            database.close()
        if isinstance(error, WorkspaceError):
            raise
        raise WorkspaceError(f"{shown}: {_why_not(error)}") from None
    return database


def _why_not(error: sqlite3.Error | OSError) -> str:
    if isinstance(error, OSError):
        return f"{(error.strerror or 'unreadable').lower()}; name another folder with --workspace DIR"
    if "locked" in str(error):
        return "another process holds it; close that one first"
    if "no such table" in str(error) or "unable to open" in str(error):
        return "is not readable yet; try again when the process that writes it is ready"
    if "full" in str(error) or "disk I/O" in str(error):
        return f"{error}; free some disk space and try again"
    return f"{error}; move it aside to start afresh"
