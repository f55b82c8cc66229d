"""What a sitting leaves on disk, read without the program where that can be done."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import reap
from dataexplore.jobs.listing import list_jobs
from dataexplore.session.session import Session

from .terminal import PATIENCE


def workspace(data: Path) -> Path:
    """Return the workspace beside a dataset."""
    return data.parent / ".dataexplore" / data.name


def only_job(data: Path) -> Job:
    """Return the one job of a dataset."""
    (job,) = list_jobs(workspace(data) / "jobs")
    return job


def wait(true: Callable[[], object], what: str, within: float = 2 * PATIENCE) -> None:
    """Wait until something has happened on disk."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, what
        reap()
        time.sleep(0.02)


def decisions(data: Path) -> list[int]:
    """Return every row's decision as a new session finds it."""
    session = Session.open(data)
    try:
        found: list[int] = session.state.decisions.tolist()
    finally:
        session.close()
    return found


def records(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def everything_under(folder: Path) -> dict[str, bytes]:
    """Return every file outside workspaces with its content."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".dataexplore" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
