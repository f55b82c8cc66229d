"""Makes a tune job from rows in memory; starting it is the jobs library's business."""

import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dataexplore import __version__
from dataexplore.errors import JobError
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create
from dataexplore.jobs.spec import JobSpec
from dataexplore.tune.model import resolve_base
from dataexplore.tune.settings import TuneSettings

KIND = "tune"
MODULE = "dataexplore.tune.worker"


def create_run(
    jobs_dir: Path,
    rows: Iterable[Mapping[str, Any]],
    settings: TuneSettings,
    dataset: str,
    python: str | None = None,
) -> Job:
    """Write rows (row, key, messages, perhaps held_out) and settings into a new job folder, not yet started.

    `python` is the interpreter to tune with, by default this one. Raise JobError without rows.
    """
    data, count = rows_file(rows)
    if not count:
        raise JobError("there are no rows to tune on: keep some first")
    settings = settings.with_changes(base=resolve_base(settings.base))
    spec = JobSpec(
        kind=KIND,
        module=MODULE,
        settings=settings.to_json(),
        dataset=dataset,
        rows=count,
        rows_hash=hashlib.sha256(data).hexdigest(),
        seed=settings.seed,
        versions={"dataexplore": __version__, "made by python": platform.python_version()},
        python=python or sys.executable,
    )
    return create(jobs_dir, spec, {"rows.jsonl": data})


def rows_file(rows: Iterable[Mapping[str, Any]]) -> tuple[bytes, int]:
    """Return the bytes of rows.jsonl and the number of its lines."""
    names = ("row", "key", "messages", "held_out")
    lines = [
        json.dumps({name: row[name] for name in names if name in row}) for row in rows
    ]  # ASCII: lone surrogates survive
    return "".join(line + "\n" for line in lines).encode("ascii"), len(lines)
