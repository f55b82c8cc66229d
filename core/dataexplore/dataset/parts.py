"""Columns of many rows in parts: those in memory, those in a cache, those that are read again."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Protocol

import polars as pl

from dataexplore.dataset.cache import Cached
from dataexplore.dataset.columns import PROMPT, RESPONSE, common_kind, fits_float
from dataexplore.dataset.framing import Texts, text_columns, texts_of
from dataexplore.dataset.schema import Schema

_FEW = 64
"""Parts that are checked in half a second or two: 1 GB."""

Kinds = dict[str, tuple[pl.DataType, bool]]
"""By field what a part's column is, and whether its values fit a float."""


class Columns(Protocol):
    """Where the columns of one part are."""

    def read(self, names: Sequence[str] | None) -> pl.DataFrame:
        """Return the columns of these names that there are; None is all."""


@dataclass(frozen=True)
class Held:
    """Columns in memory."""

    frame: pl.DataFrame

    def read(self, names: Sequence[str] | None) -> pl.DataFrame:
        """Return some of the columns."""
        return self.frame if names is None else self.frame.select(_there(names, self.frame.columns))


@dataclass(frozen=True)
class Again:
    """Columns that are made of the file's bytes whenever they are asked for."""

    make: Callable[[], pl.DataFrame]

    def read(self, names: Sequence[str] | None) -> pl.DataFrame:
        """Read the rows again and return some of their columns."""
        frame = self.make()
        return frame if names is None else frame.select(_there(names, frame.columns))


@dataclass(frozen=True)
class Stored:
    """Some rows that follow one another, and where their columns are."""

    rows: int
    kinds: Kinds
    """The fields of these rows; hidden columns among them."""
    columns: Columns


class Table:
    """All rows as columns; of a large file one part at a time is in memory."""

    def __init__(self, schema: Schema, stored: Sequence[Stored], most: int, numbers: pl.DataFrame) -> None:
        self._schema = schema
        self.numbers = numbers
        """Columns of numbers whole: they are small, and asked for often."""
        self.stored = tuple(stored)
        self.first = [0, *accumulate(part.rows for part in stored)]
        """The number of each part's first row, and after them the number of rows."""
        self.fields = _fields(stored, frozenset(schema.text_fields), most)
        """Names of the columns, in the order in which rows have them."""

    def __len__(self) -> int:
        return self.first[-1]

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return len(self.stored)

    @cached_property
    def kinds(self) -> dict[str, pl.DataType]:
        """The kind of each column: of several kinds it is JSON text."""
        found = common_kinds(self.stored)
        return {name: pl.String() if found[name] == pl.Null else found[name] for name in self.fields}

    def part(self, index: int, names: Sequence[str] | None = None) -> pl.DataFrame:
        """Return columns of one part, each of its kind; rows without a field are null."""
        names = self.fields if names is None else names
        first, rows = self.first[index], self.stored[index].rows
        rest = [name for name in names if name not in self.numbers.columns]
        found = self.stored[index].columns.read(rest) if rest else pl.DataFrame()
        columns = {}
        for name in names:
            if name in self.numbers.columns:
                columns[name] = self.numbers[name].slice(first, rows)
            elif name in found.columns:
                columns[name] = found[name].cast(self.kinds[name])
            else:
                columns[name] = pl.Series(name, [None], dtype=self.kinds[name]).new_from_index(0, rows)
        return pl.DataFrame(columns) if columns else pl.DataFrame(height=rows)

    def texts(self, index: int) -> Texts:
        """Return what is asked and answered in the rows of one part."""
        part = self.stored[index]
        found = part.columns.read(text_columns(self._schema))
        return texts_of(found if found.width else pl.DataFrame(height=part.rows), self._schema)

    def check(self, cancelled: Callable[[], bool]) -> None:
        """Look at what a cache holds before somebody asks for it; of a very large file not at all."""
        for part in self.stored if self.parts <= _FEW else ():
            if cancelled():
                return
            if isinstance(part.columns, Cached):
                part.columns.check()

    def frames(self, names: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield columns part by part."""
        return (self.part(index, names) for index in range(self.parts))

    def column(self, name: str) -> pl.Series:
        """Return a column whole."""
        if name in self.numbers.columns:
            return self.numbers[name]
        parts = [frame[name] for frame in self.frames([name])]
        return pl.concat(parts, rechunk=True) if parts else pl.Series(name, [], dtype=pl.String)

    def held(self, row: int) -> tuple[pl.DataFrame, int] | None:
        """Return the columns that hold a row and its place there, if they are in memory."""
        index = bisect_right(self.first, row) - 1
        frame = getattr(self.stored[index].columns, "frame", None)
        return None if frame is None else (frame, row - self.first[index])


def common_kinds(stored: Sequence[Stored]) -> dict[str, pl.DataType]:
    """Return the kind that holds the values of all parts, for each column."""
    found: dict[str, list[tuple[pl.DataType, bool]]] = {}
    for part in stored:
        for name, kind in part.kinds.items():
            found.setdefault(name, []).append(kind)
    return {name: common_kind(kinds) for name, kinds in found.items()}


def numbers_of(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Return the columns that are numbers."""
    return {one.name: one for one in frame if one.dtype.is_numeric()}


def kinds_of(frame: pl.DataFrame) -> Kinds:
    """Return what the columns of a part are."""
    return {column.name: (column.dtype, fits_float(column)) for column in frame}


def _there(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    return [name for name in names if name in columns]


def _fields(stored: Sequence[Stored], always: frozenset[str], most: int) -> list[str]:
    fields: dict[str, None] = {}
    for part in stored:
        for name in part.kinds:
            if name not in (PROMPT, RESPONSE) and (len(fields) < most or name in always):
                fields[name] = None
    return list(fields)
