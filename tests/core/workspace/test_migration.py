"""A workspace of an older program opens with all that is in it; killed on the way, it is old or new."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dataexplore.journal.decision import DROP
from dataexplore.journal.journal import Journal
from dataexplore.session.session import Session
from dataexplore.workspace.database import VERSION, open_database
from dataexplore.workspace.workspace import read_workspace
from paths import ROOT

_FIRST = """
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('decide', 'undo', 'redo')),
    hand INTEGER NOT NULL,
    reason TEXT NOT NULL,
    rule TEXT,
    keys BLOB NOT NULL,
    decisions BLOB NOT NULL
);
CREATE TABLE signals (
    name TEXT PRIMARY KEY, origin TEXT NOT NULL, at REAL NOT NULL, keys BLOB NOT NULL, scores BLOB NOT NULL
);
"""
_DIES = """
import os, signal, sys
from pathlib import Path
from dataexplore.workspace import database

steps = 0

def step(sql):
    global steps
    steps += 1
    if steps == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

opened = database.writer
def watched(path):
    made = opened(path)
    made.set_trace_callback(step)
    return made

database.writer = watched
database.open_database(Path(sys.argv[1]), writable=True)
"""
_BEGIN, _COMMIT = 6, 12
"""Which of the statements begins the migration, and which ends it; each is killed before it runs."""


@pytest.fixture
def older(alpaca: Callable[..., Path]) -> Path:
    """A dataset with a workspace of version 1: a decision on row 2, one undone."""
    path = alpaca(5)
    session = Session.open(path)
    session.decide(np.array([2]), DROP, "dull")
    session.decide(np.array([3]), DROP, "undone")
    session.undo()
    columns = "seq, at, kind, hand, reason, rule, keys, decisions"
    entries = session.workspace.database.execute(f"SELECT {columns} FROM journal").fetchall()
    folder = session.workspace.folder
    session.close()
    for file in folder.glob("workspace.db*"):
        file.unlink()
    database = sqlite3.connect(folder / "workspace.db")
    database.executescript(f"PRAGMA journal_mode=WAL; {_FIRST} PRAGMA user_version=1;")
    database.executemany(f"INSERT INTO journal ({columns}) VALUES (?,?,?,?,?,?,?,?)", entries)
    database.commit()
    database.close()
    return path


def version_of(path: Path) -> int:
    database = sqlite3.connect(path.parent / ".dataexplore" / path.name / "workspace.db")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    database.close()
    return int(version)


def is_as_before(session: Session) -> None:
    assert session.state.decisions.tolist() == [0, 0, 2, 0, 0]
    assert (session.state.undo, session.state.redo) == ("dull", "undone")


def test_the_older_one_opens_and_takes_edits(older: Path) -> None:
    session = Session.open(older)
    is_as_before(session)
    session.edit(0, b'{"instruction": "new", "output": "new"}')
    session.close()
    assert version_of(older) == VERSION == 2
    session = Session.open(older)
    assert session.state.undo.startswith("edited ")
    assert session.undo().undo == "dull"
    session.close()


def test_who_only_reads_leaves_it_as_it_is(older: Path) -> None:
    found = read_workspace(older)
    assert found is not None
    assert [entry.kind for entry in Journal(found.database).entries()] == ["decide", "decide", "undo"]
    found.close()
    assert version_of(older) == 1


@pytest.mark.parametrize("step", range(_BEGIN, _COMMIT + 2))
def test_killed_at_any_step_it_is_old_or_new(older: Path, step: int) -> None:
    folder = older.parent / ".dataexplore" / older.name
    found = subprocess.run(
        [sys.executable, "-c", _DIES, str(folder), str(step)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "core")},
        check=False,
    )
    assert found.returncode == -signal.SIGKILL, "there are fewer steps"
    assert version_of(older) == (1 if step <= _COMMIT else 2)
    session = Session.open(older)
    is_as_before(session)
    session.close()


def test_one_that_was_left_half_made_by_the_older_program(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "workspace.db")
    database.executescript(_FIRST.split("CREATE TABLE signals")[0])
    database.close()
    opened = open_database(tmp_path, writable=True)
    opened.execute("INSERT INTO journal VALUES (1, 0, 'edit', 1, '', NULL, x'', x'', x'')")
    assert opened.execute("SELECT count(*) FROM signals").fetchone() == (0,)
    opened.close()
