"""What is known of every row as numbers: in memory, or of a large file in the cache and mapped from there."""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

_BLOCK = 1 << 24

Array = NDArray[Any]


@dataclass(frozen=True)
class Filed:
    """An array in a file of its own."""

    kind: str
    """The dtype as numpy writes it."""
    count: int
    checksum: int


class Growing:
    """An array that is appended to: in memory, or in a file where there is one."""

    def __init__(self, kind: np.dtype[Any], path: Path | None = None) -> None:
        self._kind, self._path = kind, path
        self._parts: list[Array] = []
        self._file: BinaryIO | None = private(path).open("wb") if path else None
        self._count, self._checksum = 0, 0

    def append(self, part: Array) -> None:
        """Add values at the end; raise OSError when the disk is full."""
        part = np.ascontiguousarray(part, self._kind)
        self._count += len(part)
        if self._file is None:
            self._parts.append(part)
            return
        self._file.write(part.data)
        self._checksum = zlib.crc32(part.data, self._checksum)

    def taken(self) -> Array:
        """Return all values, and close."""
        if self._file is None or self._path is None:
            parts, self._parts = self._parts, []
            return np.concatenate([np.empty(0, self._kind), *parts])
        self._file.close()
        return mapped(self._path, self.filed)

    @property
    def filed(self) -> Filed:
        """What a later reader has to know of the file."""
        return Filed(self._kind.str, self._count, self._checksum)

    def close(self) -> None:
        """Give everything up."""
        if self._file is not None:
            self._file.close()


def write_array(path: Path, array: Array) -> Filed:
    """Write an array into a file of its own."""
    growing = Growing(array.dtype, path)
    try:
        growing.append(array)
    finally:
        growing.close()
    return growing.filed


def write_frame(path: Path, frame: pl.DataFrame) -> int:
    """Write columns into a file of their own; return its checksum."""
    frame.write_ipc(private(path), compression="uncompressed")
    return zlib.crc32(path.read_bytes())


def mapped(path: Path, filed: Filed) -> Array:
    """Map an array: only what is looked at comes into memory."""
    if not filed.count:
        return np.empty(0, np.dtype(filed.kind))
    found: Array = np.memmap(path, np.dtype(filed.kind), "r", shape=(filed.count,))
    return found


def private(path: Path) -> Path:
    """Make an empty file that nobody else may read; raise OSError when there can be none."""
    path.touch(mode=0o600)
    return path


def check(path: Path, checksum: int) -> None:
    """Raise ValueError when a file is not what was written, OSError when it is not there."""
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    if found != checksum:
        raise ValueError(f"{path.name} is damaged")
