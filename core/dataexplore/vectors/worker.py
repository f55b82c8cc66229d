"""The embed job: encodes what the store has no vectors of yet, and goes on there after a stop or a kill."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from dataexplore.errors import JobError
from dataexplore.jobs.context import JobContext
from dataexplore.vectors.arrays import IntArray, KeyArray
from dataexplore.vectors.encoder import Encoder, find_encoder
from dataexplore.vectors.store import VectorStore
from dataexplore.vectors.typical import typical

KEYS, TEXTS = "keys.bin", "texts.jsonl"
_LOOKED_AT = 5000
_SCANNED = 1 << 24


class _StopAskedError(Exception):
    """Ends encoding; what was encoded is saved on the way out."""


def run(context: JobContext) -> None:
    """Encode the job's texts into the store; raise EncoderError or JobError where that fails."""
    began = time.monotonic()
    settings = context.spec.settings
    context.status("reading texts")
    keys, lines = _inputs(context)
    context.status("loading the encoder")
    encoder = find_encoder(str(settings["encoder"]))
    store = VectorStore(Path(str(settings["store"])))
    encoded = 0

    def texts(rows: IntArray) -> list[str]:
        return [lines[row] for row in rows.tolist()]

    def progress(done: int, total: int) -> None:
        nonlocal encoded
        encoded = done
        context.status("encoding", done, total)
        if context.stop_requested():
            raise _StopAskedError

    try:
        vectors = store.vectors(encoder, str(settings["field"]), keys, texts, progress)
    except _StopAskedError:
        context.stopped()
        return
    context.status("measuring similarities")
    usual = typical(vectors, encoder.name)
    facts: dict[str, Any] = {
        "rows": len(keys),
        "encoded": encoded,
        "without_vector": int((~vectors.any(axis=1)).sum()),
        "dimensions": encoder.dimensions,
        "device": getattr(encoder, "device", "cpu"),
        "threshold": usual.threshold,
        "meaning": usual.sentence(usual.threshold),
        "warning": _warning(encoder, lines),
        "seconds": round(time.monotonic() - began, 1),
    }
    context.finish(facts)
    (context.folder / TEXTS).unlink(missing_ok=True)  # as large as the data, and of no more use


class _Lines:
    """The texts of the job; they stay on disk until they are asked for."""

    def __init__(self, path: Path) -> None:
        self._data = np.memmap(path, np.uint8, "r")
        ends = [
            np.flatnonzero(self._data[at : at + _SCANNED] == ord("\n")) + at
            for at in range(0, len(self._data), _SCANNED)
        ]
        self._starts = np.concatenate([np.zeros(1, np.int64), *ends]) + 1
        self._starts[0] = 0

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, row: int) -> str:
        text: str = json.loads(self._data[self._starts[row] : self._starts[row + 1]].tobytes())
        return text


def _warning(encoder: Encoder, lines: _Lines) -> str:
    try:
        import polars
    except ImportError:  # an interpreter for models alone
        return ""
    from dataexplore.vectors.scripts import warning

    some = range(0, len(lines), max(1, len(lines) // _LOOKED_AT))
    return warning(encoder, polars.Series([lines[row] for row in some]))


def _inputs(context: JobContext) -> tuple[KeyArray, _Lines]:
    try:
        keys = np.frombuffer((context.folder / KEYS).read_bytes(), "<u8").astype(np.uint64)
        lines = _Lines(context.folder / TEXTS)
    except (OSError, ValueError) as error:
        raise JobError(f"the job's texts cannot be read ({error}); make a new one") from None
    if len(keys) != len(lines):
        raise JobError(f"{TEXTS} has {len(lines):,} texts for {len(keys):,} keys; make a new job")
    return keys, lines
