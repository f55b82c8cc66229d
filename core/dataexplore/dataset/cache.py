"""Keeps what was read of a large file as columns on disk, so that it opens at once the next time."""

import shutil
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import polars as pl

from dataexplore.dataset.figures import write_frame

_RESERVE = 1 << 30
"""Disk space that is left to others."""
WORTH_IT = 1 << 27
"""A file up to this size (128 MiB) is read about as fast as a cache of it."""
HELD = 5 << 25
"""Bytes of columns that stay in memory (160 MiB); others are read when they are asked for."""

Again = Callable[[], pl.DataFrame]
"""Makes the columns of a part anew, of the file's own bytes."""


class Room:
    """How many bytes of columns may still be held in memory."""

    def __init__(self, size: int = HELD) -> None:
        self._left = size

    def take(self, frame: pl.DataFrame) -> bool:
        """Reserve what a frame takes, if there is that much."""
        size = int(frame.estimated_size())
        if size > self._left:
            return False
        self._left -= size
        return True


@dataclass
class Cached:
    """Columns of a part in a file of the cache: checked when first read, held while there is room."""

    path: Path
    checksum: int
    again: Again = field(repr=False)
    room: Room = field(repr=False)
    _checked: tuple[int, ...] | None = None
    """The file's marks when it was right; another one may be there since."""
    _frame: pl.DataFrame | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def frame(self) -> pl.DataFrame | None:
        """The columns, if they are in memory."""
        return self._frame

    def read(self, names: Sequence[str] | None) -> pl.DataFrame:
        """Return some of the columns; a damaged or missing file is as good as none."""
        frame = self.check()
        if frame is None:
            frame = self._projected(names)
        return frame if names is None else frame.select([name for name in names if name in frame.columns])

    def check(self) -> pl.DataFrame | None:
        """See once whether the file is what was written; return the columns if they are at hand."""
        with self._lock:
            checked = self._checked is not None and self._checked == marks_of(self.path)
            return self._frame if checked or self._frame is not None else self._first()

    def hold(self, frame: pl.DataFrame) -> None:
        """Keep the columns in memory, if there is room."""
        if self.room.take(frame):
            self._frame = frame

    def _first(self) -> pl.DataFrame:
        try:
            marks, data = marks_of(self.path), self.path.read_bytes()
            if zlib.crc32(data) != self.checksum:
                return self.again()
            frame = pl.read_ipc(data)
        except (OSError, pl.exceptions.PolarsError):
            return self.again()
        self._checked = marks
        self.hold(frame)
        return frame

    def _projected(self, names: Sequence[str] | None) -> pl.DataFrame:
        try:
            if names is None:
                return pl.read_ipc(self.path)
            there = pl.read_ipc_schema(self.path)
            return pl.read_ipc(self.path, columns=[name for name in names if name in there])
        except (OSError, pl.exceptions.PolarsError):
            return self.again()


def marks_of(path: Path) -> tuple[int, ...] | None:
    """Return what tells a file from another of its name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


class CacheFolder:
    """The folder of one dataset's cache: a file per part, arrays, and a manifest that is written last."""

    def __init__(self, folder: Path, *, writable: bool) -> None:
        self.folder = folder
        self.writable = writable
        self.room = Room()

    def begin(self, size: int) -> bool:
        """Make an empty folder for the columns of a file of so many bytes; tell whether there is room."""
        if not self.writable or size <= WORTH_IT:
            return False
        try:
            self.clear()
            self.folder.mkdir(mode=0o700, parents=True)
            # Columns take about as much as the text; arrays a tenth of it.
            return shutil.disk_usage(self.folder).free > 1.3 * size + _RESERVE
        except OSError:
            return False

    def clear(self) -> None:
        """Remove what is there."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def array(self, name: str) -> Path:
        """Return the file for an array of this name."""
        return self.folder / f"{name}.bin"

    def put(self, index: int, frame: pl.DataFrame, again: Again) -> Cached | None:
        """Write the columns of one part; None when that failed."""
        path = self.folder / f"part-{index:05d}.arrow"
        try:
            checksum = write_frame(path, frame)
        except (OSError, pl.exceptions.PolarsError):
            return None
        return Cached(path, checksum, again, self.room, marks_of(path))
