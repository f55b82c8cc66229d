"""Makes a job that asks a judge about the texts that it has no reply for."""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from dataexplore import __version__
from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import JobError, JudgeError
from dataexplore.jobs import lock
from dataexplore.jobs.files import FILE_MODE, disk_reason, write_whole
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create
from dataexplore.jobs.spec import JSON, JobSpec
from dataexplore.judge import asked
from dataexplore.judge.asked import Asked
from dataexplore.judge.folder import RUBRIC, Judgements, lock_file
from dataexplore.judge.judge import Judge
from dataexplore.judge.replies import Replies
from dataexplore.judge.wanted import Wanted

MODULES = {
    "endpoint": "dataexplore.judge.endpoint.worker",
    "pairwise": "dataexplore.judge.endpoint.worker",
    "local": "dataexplore.judge.model.worker",
    "ifd": "dataexplore.judge.model.worker",
    "tokens": "dataexplore.judge.model.worker",
    "checks": "dataexplore.judge.rules.worker",
}
"""Which module does the work of each kind of judge."""


def keep_rows(judgements: Judgements, wanted: Wanted) -> Path:
    """Say which rows have which texts, and return the judge's folder.

    Raises JudgeError while a job asks the same judge.
    """
    judge = wanted.judge
    folder = judgements.keep(judge)
    try:
        held = lock.take(lock_file(folder))
    except JobError:
        raise JudgeError(
            f"{judge.name}: another job asks this judge already; wait for it or stop it"
        ) from None
    try:
        with Replies(folder, writable=True) as replies:
            replies.map_rows(wanted.keys, wanted.hashes, wanted.inferred)
    finally:
        os.close(held)
    return folder


def create_judging(
    jobs_dir: Path,
    judgements: Judgements,
    dataset: Dataset,
    wanted: Wanted,
    settings: Mapping[str, JSON],
    python: str | None = None,
) -> Job:
    """Keep the rows, and write their missing texts into a new job folder, not yet started.

    `python` is the interpreter to work with, by default this one. Raises JudgeError while another job asks
    the same judge.
    """
    folder = keep_rows(judgements, wanted)
    return create_asking(jobs_dir, wanted.judge, folder, wanted.missing, settings, dataset.path.name, python)


def create_asking(
    jobs_dir: Path,
    judge: Judge,
    folder: Path,
    missing: Sequence[Asked],
    settings: Mapping[str, JSON],
    dataset: str,
    python: str | None = None,
) -> Job:
    """Write texts into a new job folder, not yet started; replies will be kept in the judge's `folder`."""
    spec = JobSpec(
        kind="judge" if judge.rubric else "measure",
        module=MODULES[judge.kind],
        settings={"judge": asdict(judge), "folder": str(folder.absolute()), **settings},
        dataset=dataset,
        rows=len(missing),
        rows_hash=hashlib.sha256(b"".join(one.hash for one in missing)).hexdigest(),
        seed=0,
        versions={"dataexplore": __version__, "made by python": platform.python_version()},
        python=python or sys.executable,
    )
    job = create(jobs_dir, spec)
    path = job.folder / asked.FILE
    try:
        if (rubric := settings.get("rubric")) is not None:  # its words, beside the scores that go by them
            write_whole(folder / RUBRIC, json.dumps(rubric, ensure_ascii=False, indent=1).encode())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
            file.writelines(asked.to_lines(missing))
    except OSError as error:
        raise JobError(f"{job.id}: {disk_reason(path, error)}") from None
    return job
