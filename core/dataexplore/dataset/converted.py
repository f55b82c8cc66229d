"""A container turned into lines of JSON, with where each came from and what could not be turned."""

import mmap
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.spool import Spool
from dataexplore.dataset.unreadable import Unreadable

_BUFFERED = 1 << 20


@dataclass(frozen=True)
class Converted:
    """Lines of JSON that stand for the rows of a container."""

    data: mmap.mmap | bytes
    lines: NDArray[np.int64]
    """The line (or row number, from 1) of the container that each line of JSON came from."""
    damage: tuple[Unreadable, ...] = ()
    flags: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """Line indices (from 0) by the name of a problem that the JSON no longer shows."""


class Converter:
    """Takes lines one by one; nothing is left behind when it is closed without `done`."""

    def __init__(self, limit: int) -> None:
        self._spool = Spool(limit)
        self._lines = array("q")
        self._buffer = bytearray()
        self.damage: list[Unreadable] = []
        self._flags: dict[str, array[int]] = {}

    def add(self, line: bytes, number: int) -> None:
        """Append one line, given without its line end; raise TooLargeError when there is no room."""
        self._buffer += line
        self._buffer += b"\n"
        self._lines.append(number)
        if len(self._buffer) > _BUFFERED:
            self._spool.write(bytes(self._buffer))
            self._buffer.clear()

    def flag(self, name: str, places: Sequence[int]) -> None:
        """Note a problem of the next lines, given by their places from 0 among these."""
        if places:
            self._flags.setdefault(name, array("q")).extend(len(self._lines) + place for place in places)

    def done(self) -> Converted:
        """Return what was collected."""
        self._spool.write(bytes(self._buffer))
        flags = {name: np.array(places, np.int64) for name, places in self._flags.items()}
        return Converted(self._spool.taken(), np.array(self._lines, np.int64), tuple(self.damage), flags)

    def close(self) -> None:
        """Give everything up."""
        self._spool.close()

    def __len__(self) -> int:
        return len(self._lines)
