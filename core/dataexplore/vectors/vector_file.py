"""The file format of stored vectors: one header line, keys, vectors, all under one checksum."""

import json
import os
import tempfile
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dataexplore.vectors.arrays import FloatMatrix, KeyArray

MAGIC = "dataexplore vectors 1"
# One memory page, so keys and vectors are aligned in a memory map.
HEADER_BYTES = 4096
CHECKED_AT_ONCE = 1 << 24
_UNFINISHED = ".vectors-"
_ABANDONED = 3600.0
"""Seconds after which a file that nobody finished is what a kill left behind."""


@dataclass(frozen=True)
class Stored:
    """Vectors and the keys they belong to, in the order they were added."""

    keys: KeyArray
    vectors: FloatMatrix

    def with_rows(self, keys: KeyArray, vectors: FloatMatrix) -> "Stored":
        """Return the same with rows added at the end."""
        if not len(self.keys):
            return Stored(keys, vectors)
        return Stored(np.concatenate([self.keys, keys]), np.concatenate([self.vectors, vectors]))


def empty(dimensions: int) -> Stored:
    """Return a store without rows."""
    return Stored(np.empty(0, np.uint64), np.empty((0, dimensions), np.float32))


def read_file(path: Path, identity: str, dimensions: int) -> Stored:
    """Return what `path` holds as a memory map, or nothing at all when one byte of it is not as written."""
    try:
        with path.open("rb") as file:
            header = _header(file.read(HEADER_BYTES), identity, dimensions)
            size = os.fstat(file.fileno()).st_size
            if header is None or size != HEADER_BYTES + header["rows"] * (8 + 4 * dimensions):
                return empty(dimensions)
            content = np.memmap(file, np.uint8, "r")
    except (OSError, ValueError):
        return empty(dimensions)
    rows = header["rows"]
    if rows == 0 or header["checksum"] != _checksum(identity, rows, content[HEADER_BYTES:]):
        return empty(dimensions)
    split = HEADER_BYTES + 8 * rows
    keys = np.asarray(content[HEADER_BYTES:split]).view(np.uint64)
    return Stored(keys, np.asarray(content[split:]).view(np.float32).reshape(rows, dimensions))


def write_file(path: Path, identity: str, stored: Stored) -> None:
    """Replace `path` at once, readable by its owner alone: a reader sees the old file or the new one."""
    rows, dimensions = stored.vectors.shape
    keys = np.ascontiguousarray(stored.keys, "<u8").view(np.uint8)
    vectors = np.ascontiguousarray(stored.vectors, "<f4").reshape(-1).view(np.uint8)
    checksum = _checksum(identity, rows, keys, vectors)
    facts = {
        "magic": MAGIC,
        "identity": identity,
        "rows": rows,
        "dimensions": dimensions,
        "checksum": checksum,
    }
    _forget_unfinished(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(facts).encode().ljust(HEADER_BYTES - 1) + b"\n")
            file.write(keys.data)
            file.write(vectors.data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _forget_unfinished(folder: Path) -> None:
    for path in folder.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink()


def _header(line: bytes, identity: str, dimensions: int) -> dict[str, Any] | None:
    """Return the header when it is one of ours, for this encoder and recipe."""
    try:
        header = json.loads(line)
    except ValueError:
        return None
    if not isinstance(header, dict):
        return None
    expected = {"magic": MAGIC, "identity": identity, "dimensions": dimensions}
    mine = all(header.get(name) == value for name, value in expected.items())
    rows = header.get("rows")
    return header if mine and type(rows) is int and rows >= 0 and "checksum" in header else None


def _checksum(identity: str, rows: int, *parts: "np.ndarray[Any, np.dtype[np.uint8]]") -> int:
    value = zlib.crc32(f"{identity} {rows}".encode())
    for part in parts:
        for start in range(0, len(part), CHECKED_AT_ONCE):
            value = zlib.crc32(part[start : start + CHECKED_AT_ONCE].data, value)
    return value
