"""Makes a map job: keys and vectors go into its folder, places into the workspace."""

import hashlib
import importlib.util
import platform
import sys
from pathlib import Path

import numpy as np

from dataexplore import __version__
from dataexplore.clusters.map_worker import KEYS, VECTORS
from dataexplore.errors import JobError
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create
from dataexplore.jobs.spec import JobSpec
from dataexplore.vectors.arrays import FloatMatrix, KeyArray

KIND = "map"
MODULE = "dataexplore.clusters.map_worker"
_FEWEST, _MOST = 20, 500_000
"""Rows with a vector: UMAP needs neighbours, and of more rows it takes hours and tens of GB."""


def create_map(
    jobs_dir: Path,
    folder: Path,
    dataset: str,
    keys: KeyArray,
    vectors: FloatMatrix,
    about: tuple[str, str],
    neighbours: int = 15,
    seed: int = 0,
) -> Job:
    """Write the inputs into a new job folder, not yet started; places will be kept in `folder`.

    `about` is the encoder, by name and fingerprint, and the text recipe. Raises JobError when UMAP is not
    installed, or for too few or too many rows.
    """
    if importlib.util.find_spec("umap") is None:
        raise JobError('UMAP is not installed: pip install "dataexplore-tui[map]"')
    rows = np.flatnonzero(vectors.any(axis=1))
    if not _FEWEST <= len(rows) <= _MOST:
        raise JobError(f"UMAP maps {_FEWEST} to {_MOST:,} rows with a vector; there are {len(rows):,}")
    if not 2 <= neighbours < len(rows):
        raise JobError(f"{neighbours} neighbours cannot be had of {len(rows):,} rows; 15 are usual")
    inputs = {
        KEYS: np.ascontiguousarray(keys[rows], "<u8").tobytes(),
        VECTORS: np.ascontiguousarray(vectors[rows], "<f4").tobytes(),
    }
    encoder, field = about
    spec = JobSpec(
        kind=KIND,
        module=MODULE,
        settings={
            "encoder": encoder,
            "field": field,
            "folder": str(folder.absolute()),
            "dimensions": vectors.shape[1],
            "neighbours": neighbours,
        },
        dataset=dataset,
        rows=len(rows),
        rows_hash=hashlib.sha256(inputs[KEYS]).hexdigest(),
        seed=seed,
        versions={"dataexplore": __version__, "made by python": platform.python_version()},
        python=sys.executable,
    )
    return create(jobs_dir, spec, inputs)
