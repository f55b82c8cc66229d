"""Keeps a map that was made by a job: a place for each row, by key, until the texts or the encoder change."""

import hashlib
from pathlib import Path

import numpy as np

from dataexplore.vectors.arrays import FloatMatrix, KeyArray
from dataexplore.vectors.store import places_of
from dataexplore.vectors.vector_file import Stored, read_file, write_file

_DIMENSIONS = 2


def map_file(folder: Path, encoder: str, field: str) -> Path:
    """Return where the map of one encoder (its name and fingerprint) and text recipe is kept."""
    return folder / f"umap-{_identity(encoder, field)[:12]}.places"


def save_places(folder: Path, encoder: str, field: str, keys: KeyArray, places: FloatMatrix) -> None:
    """Keep places, in place of those of other rows; raise OSError when they cannot be written."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _, first = np.unique(keys, return_index=True)
    write_file(
        map_file(folder, encoder, field), _identity(encoder, field), Stored(keys[first], places[first])
    )


def read_places(folder: Path, encoder: str, field: str, keys: KeyArray) -> FloatMatrix | None:
    """Return (rows, 2) places, NaN for rows that are not on it; None where most are not, or it is damaged."""
    stored = read_file(map_file(folder, encoder, field), _identity(encoder, field), _DIMENSIONS)
    at = places_of(stored.keys, keys)
    if 2 * np.count_nonzero(at >= 0) <= len(keys):
        return None
    places = np.full((len(keys), _DIMENSIONS), np.nan, np.float32)
    places[at >= 0] = stored.vectors[at[at >= 0]]
    return places


def _identity(encoder: str, field: str) -> str:
    return hashlib.sha256("\x00".join(["umap", encoder, field]).encode("utf-8", "surrogatepass")).hexdigest()
