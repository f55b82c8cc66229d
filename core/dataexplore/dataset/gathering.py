"""Collects what was read of a file, piece by piece, in order."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.cache import Cached, Put, Room
from dataexplore.dataset.framing import Reader
from dataexplore.dataset.keys import Keys, distinguished
from dataexplore.dataset.parts import Again, Beside, Held, Stored, kinds_of, numbers_of
from dataexplore.dataset.piece import Piece, Stretch, frame_of
from dataexplore.dataset.places import Places
from dataexplore.dataset.problems import Problems, merge
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Offsets
from dataexplore.dataset.unreadable import Unreadable

_KINDS = {
    "start": np.int64,
    "size": np.uint32,
    "line": np.uint32,
    "hashes": np.uint64,
    "tokens": np.int32,
    "chars": np.int32,
}
"""What is collected of every row, in as few bytes as hold it."""


class Gathered:
    """What is known so far; nothing of it changes but by `add`."""

    def __init__(self, source: Source, reader: Reader, put: Put | None, room: Room) -> None:
        self._source, self._reader, self._put, self._room = source, reader, put, room
        self.stored: list[Stored] = []
        self.others: dict[Schema, int] = {}
        self.rows = 0
        self._lines = 0
        self._in_order = True
        self._arrays: dict[str, list[NDArray[Any]]] = {name: [] for name in _KINDS}
        self._codes: list[tuple[NDArray[np.int64], NDArray[np.uint16]]] = []
        self._problems: list[Problems] = []
        self._unreadable: list[Unreadable] = []
        self._readable: list[NDArray[np.bool_]] = []
        self._last_is_bad = False
        self._last_line = 0

    def add(self, stretch: Stretch, piece: Piece) -> None:
        """Take in the next piece."""
        line = self._numbered(piece.line, stretch)
        self._in_order = self._in_order and bool(
            (line == np.arange(self.rows, self.rows + len(piece)) + 1).all()
        )
        size = piece.end - piece.start
        found = (piece.start, size, line, piece.hashes, piece.tokens, piece.chars)
        for (name, kind), array in zip(_KINDS.items(), found, strict=True):
            self._arrays[name].append(array.astype(kind, copy=False))
        self._problems.append({name: places + self.rows for name, places in piece.problems.items()})
        for bad in piece.unreadable:
            number = int(self._numbered(np.array([bad.line]), stretch)[0])
            self._unreadable.append(Unreadable(number, bad.reason, bad.preview))
        if piece.others:
            at = np.fromiter(piece.others, np.int64, len(piece.others)) + self.rows
            codes = [self.others.setdefault(one, len(self.others) + 1) for one in piece.others.values()]
            self._codes.append((at, np.array(codes, np.uint16)))
        if len(piece.readable):
            self._last_is_bad = not piece.readable[-1]
            self._last_line = max(self._last_line, *line[-1:].tolist(), *self._lines_of_bad(piece))
        if self._source.flags:
            self._readable.append(piece.readable)
        self._keep(stretch, piece)
        self.rows += len(piece)
        self._lines += piece.lines

    def not_closed(self, line: int) -> None:
        """Note that an array was still open at the end; a last element that was cut with it says so itself."""
        if not self._last_is_bad:
            self._unreadable.append(Unreadable(line, "cut off at end of file: the array is not closed"))

    def array(self, name: str) -> NDArray[Any]:
        """Hand over a figure of every row, once: what was collected of it is given up."""
        parts = self._arrays.pop(name)
        return np.concatenate([np.empty(0, _KINDS[name]), *parts])

    def places(self) -> Places:
        """Hand over where the rows stand."""
        lines = None if self._in_order else self.array("line")
        self._arrays.pop("line", None)
        return Places(self.array("start"), self.array("size"), lines)

    def keys(self, places: Places) -> Keys:
        """Hand over the rows' keys."""
        data = self._source.data

        def raw(row: int) -> bytes:
            start, end = places.bounds(row)
            return data[start:end]

        return distinguished(self.array("hashes"), raw)

    def codes(self) -> NDArray[np.uint16] | None:
        """Return the number of each row's schema, 0 for the file's own; None where there is no other."""
        if not self._codes:
            return None
        codes = np.zeros(self.rows, np.uint16)
        for at, found in self._codes:
            codes[at] = found
        return codes

    def problems(self) -> Problems:
        """Return rows by the name of what is odd about them."""
        found = self._problems
        if self._source.flags:
            readable = np.concatenate(self._readable)
            rows = np.cumsum(readable) - 1
            found = [*found, {name: rows[at[readable[at]]] for name, at in self._source.flags.items()}]
        return merge(found)

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Return what is no row, what the container lost included; a cut and its last record are one finding."""
        found, source = list(self._unreadable), self._source
        if source.ended and found and self._last_is_bad:
            last = found.pop()
            found.append(Unreadable(last.line, f"{source.ended}; {last.reason}", last.preview))
        elif source.ended:
            found.append(Unreadable(self._last_line + 1, source.ended))
        if not source.damage and not source.ended:
            return tuple(found)
        return tuple(sorted([*source.damage, *found], key=lambda one: one.line))

    def _numbered(self, line: Offsets, stretch: Stretch) -> Offsets:
        """Return the container's lines for those of a stretch."""
        line = line if stretch.spans is not None else line + self._lines
        return line if self._source.lines is None else self._source.lines[line - 1]

    def _lines_of_bad(self, piece: Piece) -> list[int]:
        return [one.line for one in self._unreadable[-len(piece.unreadable) :]] if piece.unreadable else []

    def _keep(self, stretch: Stretch, piece: Piece) -> None:
        again = partial(frame_of, self._source, self._reader, stretch)
        frame = piece.frame
        columns = self._put(len(self.stored), frame, again) if self._put else None
        if isinstance(columns, Cached):
            columns.hold(frame)
        elif self._room.take(frame):
            columns = Held(frame)
        if not isinstance(columns, Held):
            columns = Beside(numbers_of(frame), columns or Again(again))
        self.stored.append(Stored(len(piece), kinds_of(frame), columns))
