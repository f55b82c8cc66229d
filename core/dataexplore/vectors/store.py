"""Keeps vectors by key on disk, so a row is encoded once per encoder and text recipe."""

import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from dataexplore.errors import EncoderError, WorkspaceError
from dataexplore.text import short
from dataexplore.vectors.arrays import FloatMatrix, IntArray, KeyArray, Progress
from dataexplore.vectors.encoder import Encoder
from dataexplore.vectors.vector_file import Stored, read_file, write_file

Texts = Callable[[IntArray], list[str]]

FIRST, CHUNK = 512, 16384
# Rows encoded at once: more of them when they took less than the first, fewer when more than the second.
STEP_SECONDS = (1.0, 8.0)
# A slow encoder loses at most about this many seconds of work to a kill; the static one never waits for it.
SAVE_SECONDS = 60.0
# Of a large file not all time goes into saving it.
SAVE_SHARE = 0.05


class VectorStore:
    """One file of vectors per (encoder, text recipe) in `folder`."""

    def __init__(self, folder: Path, writable: bool = True) -> None:
        self._folder = folder
        self._writable = writable

    def vectors(
        self, encoder: Encoder, recipe: str, keys: KeyArray, texts: Texts, progress: Progress | None = None
    ) -> FloatMatrix:
        """Return one row per key, encoding only the keys without a stored vector.

        `texts` is called with positions in `keys` and returns their texts. The result may be a
        read-only memory map. Raises EncoderError for unusable vectors, WorkspaceError when the file
        cannot be written.
        """
        keys = np.ascontiguousarray(keys, np.uint64)
        path = self.path(encoder, recipe)
        stored = read_file(path, _identity(encoder, recipe), encoder.dimensions)
        places = places_of(stored.keys, keys)
        missing = np.flatnonzero(places < 0)
        if len(missing):
            _, first = np.unique(keys[missing], return_index=True)
            stored = self._add(path, stored, encoder, recipe, keys, missing[np.sort(first)], texts, progress)
            places = places_of(stored.keys, keys)
        if len(places) == len(stored.keys) and np.array_equal(stored.keys, keys):
            return stored.vectors
        return np.ascontiguousarray(stored.vectors[places])

    def path(self, encoder: Encoder, recipe: str) -> Path:
        """Return the file that holds the vectors of `encoder` for `recipe`."""
        readable = re.sub(r"[^A-Za-z0-9]+", "-", f"{Path(encoder.name).name} {recipe}").strip("-")[:60]
        return self._folder / f"{readable}-{_identity(encoder, recipe)[:12]}.vectors"

    def _add(
        self,
        path: Path,
        stored: Stored,
        encoder: Encoder,
        recipe: str,
        keys: KeyArray,
        missing: IntArray,
        texts: Texts,
        progress: Progress | None,
    ) -> Stored:
        """Encode the rows at `missing`, in chunks, and return the store with them at its end."""
        fresh = np.empty((len(missing), encoder.dimensions), np.float32)
        done, step = 0, min(FIRST, CHUNK)
        saved_at, pause = time.monotonic(), SAVE_SECONDS

        def so_far() -> Stored:
            return stored.with_rows(keys[missing[:done]], fresh[:done])

        try:
            while done < len(missing):
                rows = missing[done : done + step]
                began = time.monotonic()
                vectors = encoder.encode(texts(rows), _shifted(progress, done, len(missing)))
                fresh[done : done + len(rows)] = _checked(vectors, encoder, len(rows))
                done += len(rows)
                now = time.monotonic()
                step = _next_step(step, now - began)
                if now - saved_at > pause and done < len(missing):
                    self._save(path, so_far(), encoder, recipe)
                    saved_at = time.monotonic()
                    pause = max(SAVE_SECONDS, (saved_at - now) / SAVE_SHARE)
        except BaseException:
            if done:
                self._save(path, so_far(), encoder, recipe)
            raise
        added = so_far()
        self._save(path, added, encoder, recipe)
        return added

    def _save(self, path: Path, stored: Stored, encoder: Encoder, recipe: str) -> None:
        if not self._writable:
            return
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_file(path, _identity(encoder, recipe), stored)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            where = f"{short(str(path), 200)} ({reason})"
            message = f"The vectors cannot be written to {where}: make room or choose another workspace."
            raise WorkspaceError(message) from error


def _identity(encoder: Encoder, recipe: str) -> str:
    facts = "\x00".join([encoder.name, encoder.fingerprint, str(encoder.dimensions), recipe])
    return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()


def places_of(stored: KeyArray, keys: KeyArray) -> IntArray:
    """Return the position of each of `keys` in `stored`, -1 where it is missing."""
    if len(stored) == 0:
        return np.full(len(keys), -1, np.int64)
    if np.array_equal(stored, keys):
        return np.arange(len(keys))
    order = np.argsort(stored, kind="stable")
    at = np.minimum(np.searchsorted(stored, keys, sorter=order), len(stored) - 1)
    found = order[at]
    return np.where(stored[found] == keys, found, -1)


def _next_step(step: int, seconds: float) -> int:
    quick, slow = STEP_SECONDS
    if seconds < quick:
        return min(CHUNK, 2 * step)
    return max(1, step // 2) if seconds > slow else step


def _shifted(progress: Progress | None, start: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(start + done, total)


def _checked(vectors: FloatMatrix, encoder: Encoder, rows: int) -> FloatMatrix:
    if vectors.shape != (rows, encoder.dimensions):
        shape = f"{vectors.shape} instead of {(rows, encoder.dimensions)}"
        raise EncoderError(
            f"The encoder {short(encoder.name)} gave vectors of shape {shape}: choose another encoder."
        )
    if not np.isfinite(vectors).all():
        raise EncoderError(
            f"The encoder {short(encoder.name)} gave vectors with NaN: choose another encoder."
        )
    return vectors
