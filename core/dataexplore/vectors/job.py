"""Makes an embed job: keys and texts go into its folder, vectors into the workspace's store."""

import hashlib
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np

from dataexplore import __version__
from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import JobError
from dataexplore.jobs.files import FILE_MODE, disk_reason
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create
from dataexplore.jobs.spec import JobSpec
from dataexplore.vectors.texts import Texts, keys_of
from dataexplore.vectors.worker import KEYS, TEXTS

_AT_ONCE = 50_000
KIND = "embed"
MODULE = "dataexplore.vectors.worker"


def create_embedding(
    jobs_dir: Path, store: Path, dataset: Dataset, texts: Texts, encoder: str, python: str | None = None
) -> Job:
    """Write keys and texts into a new job folder, not yet started; the vectors will be kept in `store`.

    `python` is the interpreter to encode with, by default this one. Raises JobError without a text.
    """
    if texts.blank == len(dataset):
        raise JobError(f"no row has a text for {texts.field}, so there is nothing to encode: choose another")
    folder = Path(encoder).expanduser()
    keys = np.ascontiguousarray(keys_of(dataset, texts), "<u8").tobytes()
    spec = JobSpec(
        kind=KIND,
        module=MODULE,
        settings={
            "encoder": str(folder.resolve()) if folder.is_dir() else encoder,
            "field": texts.field,
            "store": str(store.absolute()),
        },
        dataset=dataset.path.name,
        rows=len(dataset),
        rows_hash=hashlib.sha256(keys).hexdigest(),
        seed=0,
        versions={"dataexplore": __version__, "made by python": platform.python_version()},
        python=python or sys.executable,
    )
    job = create(jobs_dir, spec, {KEYS: keys})
    try:
        _write_texts(job.folder / TEXTS, texts)
    except OSError as error:
        raise JobError(f"{job.id}: {disk_reason(job.folder / TEXTS, error)}") from None
    return job


def _write_texts(path: Path, texts: Texts) -> None:
    """Write one JSON text a line, some at a time: all of them may be gigabytes."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
        for some in texts.column.to_frame().iter_slices(_AT_ONCE):
            file.write("".join(json.dumps(text) + "\n" for text in some.to_series()).encode("ascii"))
