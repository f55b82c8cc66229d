"""Collects what was read of a file, piece by piece, in order."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.cache import Cached, CacheFolder, Room
from dataexplore.dataset.columns import stacked
from dataexplore.dataset.figures import Growing
from dataexplore.dataset.parts import Held, Stored, common_kinds, numbers_of
from dataexplore.dataset.piece import Piece
from dataexplore.dataset.places import Places
from dataexplore.dataset.problems import Problems, merge
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Offsets
from dataexplore.dataset.stretch import Stretch
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.text import short

_KINDS = {
    "start": np.int64,
    "size": np.uint32,
    "line": np.uint32,
    "tokens": np.int32,
    "chars": np.int32,
}
"""What is collected of every row, in as few bytes as hold it."""


class Gathered:
    """What is known so far; nothing of it changes but by `add`."""

    def __init__(self, whole: Source, cache: CacheFolder | None = None) -> None:
        self._room = cache.room if cache else Room()
        self._source = whole
        self._base, self._first_row, self._named = 0, 0, False
        self.stored: list[Stored] = []
        self.others: dict[Schema, int] = {}
        self.rows = 0
        self._lines = 0
        self._in_order = True
        self._numbers: list[tuple[dict[str, pl.Series], int]] = []
        self.figures = {
            name: Growing(np.dtype(kind), cache.array(name) if cache else None)
            for name, kind in _KINDS.items()
        }
        self._codes: list[tuple[NDArray[np.int64], NDArray[np.uint16]]] = []
        self._problems: list[Problems] = []
        self._finished: list[Unreadable] = []
        self._unreadable: list[Unreadable] = []
        self._readable: list[NDArray[np.bool_]] = []
        self._last_is_bad = False
        self._last_line = 0

    def begin(self, source: Source, base: int) -> None:
        """Go on with the next of several files; its bytes begin at `base` of all."""
        self._source, self._base, self._first_row, self._named = source, base, self.rows, True
        self._lines, self._last_is_bad, self._last_line = 0, False, 0
        self._unreadable, self._readable = [], []

    def end(self, open_line: int = 0) -> None:
        """Finish a file; `open_line` is the last record's line where an array was not closed."""
        if open_line and not self._last_is_bad:
            reason = "cut off at end of file: the array is not closed"
            self._unreadable.append(Unreadable(open_line, reason))
        elif open_line and self._unreadable:
            last = self._unreadable[-1]
            reason = (
                f"{last.reason}; all up to the end of the file counts as this element, which nothing closes"
            )
            self._unreadable[-1] = replace(last, reason=reason)
        if self._source.flags:
            readable = np.concatenate([np.empty(0, bool), *self._readable])
            rows = np.cumsum(readable) - 1 + self._first_row
            flags = {name: rows[at[readable[at]]] for name, at in self._source.flags.items()}
            self._problems.append(flags)
        found = self._lost()
        if self._named:
            name = short(self._source.path.name, 60)
            found = [replace(one, reason=f"{name}: {one.reason}") for one in found]
        self._finished += found

    def add(self, stretch: Stretch, piece: Piece, stored: Stored) -> None:
        """Take in the next piece, and where its columns are; those are held while there is room."""
        line = self._numbered(piece.line, stretch)
        self._in_order = self._in_order and bool(
            (line == np.arange(self.rows, self.rows + len(piece)) + 1).all()
        )
        size = piece.end - piece.start
        self._append(
            start=piece.start + self._base, size=size, line=line, tokens=piece.tokens, chars=piece.chars
        )
        self._problems.append({name: places + self.rows for name, places in piece.problems.items()})
        if piece.unreadable:
            numbers = self._numbered(np.array([bad.line for bad in piece.unreadable]), stretch).tolist()
            bad_lines = zip(numbers, piece.unreadable, strict=True)
            self._unreadable += [Unreadable(at, bad.reason, bad.preview) for at, bad in bad_lines]
        if piece.others:
            at = np.fromiter(piece.others, np.int64, len(piece.others)) + self.rows
            codes = [self.others.setdefault(one, len(self.others) + 1) for one in piece.others.values()]
            self._codes.append((at, np.array(codes, np.uint16)))
        if len(piece.readable):
            self._last_is_bad = not piece.readable[-1]
            self._last_line = max(self._last_line, *line[-1:].tolist(), *self._lines_of_bad(piece))
        if self._source.flags:
            self._readable.append(piece.readable)
        self._numbers.append((numbers_of(piece.frame), len(piece)))
        self.stored.append(self._held(stored, piece.frame))
        self.rows += len(piece)
        self._lines += piece.lines

    def close(self) -> None:
        """Close the files of figures that nobody took."""
        for figure in self.figures.values():
            figure.close()

    def _append(self, **arrays: NDArray[Any]) -> None:
        for name, array in arrays.items():
            self.figures[name].append(array)

    def places(self) -> Places:
        """Hand over where the rows stand."""
        line = self.figures["line"].taken()
        return Places(
            self.figures["start"].taken(), self.figures["size"].taken(), None if self._in_order else line
        )

    def numbers(self) -> pl.DataFrame:
        """Hand over the columns of numbers."""
        parts, self._numbers = self._numbers, []
        names = [name for name, kind in common_kinds(self.stored).items() if kind.is_numeric()]
        return stacked(parts, names)

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
        return merge(self._problems)

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Return what is no row, what containers lost included."""
        return tuple(self._finished)

    def _lost(self) -> list[Unreadable]:
        """Return what of one file is no row; a cut and the record that it cut are one finding."""
        found, source = self._unreadable, self._source
        if source.ended and found and self._last_is_bad:
            last = found.pop()
            found.append(Unreadable(last.line, f"{source.ended}; {last.reason}", last.preview))
        elif source.ended:
            found.append(Unreadable(self._last_line + 1, source.ended))
        damaged = source.damage or source.ended
        return sorted([*source.damage, *found], key=lambda one: one.line) if damaged else found

    def _numbered(self, line: Offsets, stretch: Stretch) -> Offsets:
        """Return the container's lines for those of a stretch."""
        line = line if stretch.spans is not None else line + self._lines
        return line if self._source.lines is None else self._source.lines[line - 1]

    def _lines_of_bad(self, piece: Piece) -> list[int]:
        return [one.line for one in self._unreadable[-len(piece.unreadable) :]] if piece.unreadable else []

    def _held(self, stored: Stored, frame: pl.DataFrame) -> Stored:
        if isinstance(stored.columns, Cached):
            stored.columns.hold(frame)
        elif self._room.take(frame):
            return replace(stored, columns=Held(frame))
        return stored
