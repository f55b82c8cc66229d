"""Collects what a container unpacks to: in memory while small, in a file without a name when large."""

import errno
import mmap
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

COPIED = 1 << 26
"""Up to so many bytes are held in memory; more are mapped."""
MAX_BYTES = 64 << 30
_RESERVE = 1 << 30
"""Disk space that is left to others."""
HARMLESS = 1 << 28
"""Up to so many bytes (256 MiB) any ratio is believed."""
RATIO = 100
"""JSON lines pack 3 to 30 times; far beyond, it is nothing that a person reads."""


class TooLargeError(Exception):
    """More was written than is allowed; `limit` bytes are."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class Spool:
    """A file that vanishes with the process, however that ends: it never has a name."""

    def __init__(self, limit: int | None = None) -> None:
        self._folder = scratch_folder()
        self.limit = min(room(self._folder), MAX_BYTES if limit is None else limit)
        self.size = 0
        spooled = tempfile.SpooledTemporaryFile(max_size=COPIED, dir=self._folder)  # noqa: SIM115 # closed below
        self._file = cast(BinaryIO, spooled)

    def write(self, data: bytes) -> None:
        """Append; raise TooLargeError before the limit is passed."""
        self.size += len(data)
        if self.size > self.limit:
            raise TooLargeError(self.limit)
        self._file.write(data)

    def taken(self) -> mmap.mmap | bytes:
        """Return all that was written, and close."""
        self._file.flush()
        self._file.seek(0)
        if self.size <= COPIED:
            data: mmap.mmap | bytes = self._file.read()
        else:
            data = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        self._file.close()
        return data

    def close(self) -> None:
        """Give everything up."""
        self._file.close()


def believed(size: int) -> int:
    """Return how much a file of so many bytes may unpack to if nobody allows more."""
    return min(max(HARMLESS, RATIO * size), MAX_BYTES)


def scratch_folder() -> str:
    """Return $TMPDIR, else the cache folder if there is one: /tmp is memory on many machines."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    for folder in (os.environ.get("TMPDIR"), cache):
        if folder and Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK):
            return folder
    return tempfile.gettempdir()


def room(folder: str) -> int:
    """Return how many bytes may be put into a folder; what fits in memory always may."""
    return max(shutil.disk_usage(folder).free - _RESERVE, COPIED)


def no_room(error: OSError) -> bool:
    """Tell whether an error says that the disk or the quota is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
