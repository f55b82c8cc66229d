"""A large file as bytes that are read when they are asked for: nothing of it stays in memory."""

import mmap
import os
from typing import Protocol

from dataexplore.errors import InputRefusedError


class FileBytes:
    """Reads like `bytes`; unlike a mapping it survives a file that is cut while it is open."""

    def __init__(self, descriptor: int, size: int, shown: str) -> None:
        self._descriptor = os.dup(descriptor)
        self._size = size
        self._shown = shown

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        wanted = max(0, stop - start)
        found = os.pread(self._descriptor, wanted, start)
        if len(found) < wanted:
            found = self._rest(found, start, wanted)
        return found

    def mapped(self) -> mmap.mmap:
        """Return the same bytes as a mapping, for readers that need a file or a buffer."""
        return mmap.mmap(self._descriptor, self._size, access=mmap.ACCESS_READ)

    def _rest(self, found: bytes, start: int, wanted: int) -> bytes:
        """Read on: one call returns at most 2 GiB."""
        parts = [found]
        while (have := sum(map(len, parts))) < wanted:
            piece = os.pread(self._descriptor, wanted - have, start + have)
            if not piece:
                raise InputRefusedError(f"{self._shown}: was cut short while it was open; open it again")
            parts.append(piece)
        return b"".join(parts)

    def __del__(self) -> None:
        try:
            os.close(self._descriptor)
        except (OSError, AttributeError):  # never opened
            return


class Sliced(Protocol):
    """Bytes that are somewhere else until they are asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...


Data = bytes | mmap.mmap | Sliced
"""What rows are sliced out of."""


def read(data: Data, start: int, stop: int) -> bytes:
    """Return a large stretch of bytes and let the pages go that a mapping would keep."""
    found = data[start:stop]
    if isinstance(data, mmap.mmap):
        page = start // mmap.PAGESIZE * mmap.PAGESIZE
        data.madvise(mmap.MADV_DONTNEED, page, max(0, min(stop, len(data)) - page))
    return found
