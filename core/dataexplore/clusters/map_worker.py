"""The map job: UMAP (arXiv 1802.03426) lays rows out so that near ones stay near."""

import os
import threading
import time
from pathlib import Path

import numpy as np

from dataexplore.clusters.places import save_places
from dataexplore.errors import JobError
from dataexplore.jobs.context import JobContext

KEYS, VECTORS = "keys.bin", "vectors.bin"
_LOOK = 0.5
"""Seconds between two looks for a request to stop: UMAP itself listens to nobody."""


def run(context: JobContext) -> None:
    """Lay out the job's vectors and keep the places; raise JobError when its inputs are damaged."""
    began = time.monotonic()
    settings = context.spec.settings
    try:
        keys = np.frombuffer((context.folder / KEYS).read_bytes(), "<u8").astype(np.uint64)
        content = (context.folder / VECTORS).read_bytes()
        vectors = np.frombuffer(content, "<f4").reshape(len(keys), int(str(settings["dimensions"])))
    except (OSError, ValueError) as error:
        raise JobError(f"the job's vectors cannot be read ({error}); make a new one") from None
    threading.Thread(target=_leave_when_asked, args=(context,), daemon=True).start()
    context.status("loading UMAP")
    from umap import UMAP

    context.status("laying out rows: neighbours, then places", 0, len(keys))
    # A seed makes UMAP use one thread: the same rows give the same map.
    neighbours, seed = int(str(settings["neighbours"])), context.spec.seed
    mapper = UMAP(n_neighbors=neighbours, metric="cosine", random_state=seed, n_jobs=1)
    places = np.asarray(mapper.fit_transform(vectors), np.float32)
    save_places(Path(str(settings["folder"])), str(settings["encoder"]), str(settings["field"]), keys, places)
    context.status("laying out rows: neighbours, then places", len(keys), len(keys))
    context.finish({"rows": len(keys), "seconds": round(time.monotonic() - began, 1)})
    (context.folder / VECTORS).unlink(missing_ok=True)  # the largest of it, and of no more use


def _leave_when_asked(context: JobContext) -> None:
    while not context.stop_requested():
        time.sleep(_LOOK)
    context.stopped("stopped as asked; resume begins again")
    os._exit(0)
