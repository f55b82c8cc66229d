"""Columns of many rows in parts: those in memory, those in a cache, those that are read again."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Protocol

import polars as pl

from dataexplore.dataset.columns import common_kind, fits_float
from dataexplore.dataset.framing import PROMPT, RESPONSE, Texts, text_columns, texts_of
from dataexplore.dataset.schema import Schema

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
class Beside:
    """Numbers in memory, which are small and asked for often; all else elsewhere."""

    numbers: pl.DataFrame
    rest: Columns

    def read(self, names: Sequence[str] | None) -> pl.DataFrame:
        """Return some of the columns."""
        if names is not None and all(name in self.numbers.columns for name in names):
            return self.numbers.select(names)
        return self.rest.read(names)


@dataclass(frozen=True)
class Stored:
    """Some rows that follow one another, and where their columns are."""

    rows: int
    kinds: Kinds
    """The fields of these rows; hidden columns among them."""
    columns: Columns


class Table:
    """All rows as columns; of a large file one part at a time is in memory."""

    def __init__(self, schema: Schema, stored: Sequence[Stored], most: int) -> None:
        self._schema = schema
        self.stored = tuple(stored)
        self.first = [0, *accumulate(part.rows for part in stored)]
        """The number of each part's first row, and after them the number of rows."""
        fields: dict[str, None] = {}
        for part in stored:
            for name in part.kinds:
                if name not in (PROMPT, RESPONSE) and (len(fields) < most or name in schema.text_fields):
                    fields[name] = None
        self.fields = list(fields)
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
        found: dict[str, pl.DataType] = {}
        for name in self.fields:
            kind = common_kind([part.kinds[name] for part in self.stored if name in part.kinds])
            found[name] = pl.String() if kind == pl.Null else kind
        return found

    def part(self, index: int, names: Sequence[str] | None = None) -> pl.DataFrame:
        """Return columns of one part, each of its kind; rows without a field are null."""
        names = self.fields if names is None else names
        found, rows = self.stored[index].columns.read(names), self.stored[index].rows
        columns = {
            name: found[name].cast(self.kinds[name])
            if name in found.columns
            else pl.Series(name, [None], dtype=self.kinds[name]).new_from_index(0, rows)
            for name in names
        }
        return pl.DataFrame(columns) if columns else pl.DataFrame(height=rows)

    def texts(self, index: int) -> Texts:
        """Return what is asked and answered in the rows of one part."""
        part = self.stored[index]
        found = part.columns.read(text_columns(self._schema))
        return texts_of(found if found.width else pl.DataFrame(height=part.rows), self._schema)

    def frames(self, names: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield columns part by part."""
        return (self.part(index, names) for index in range(self.parts))

    def column(self, name: str) -> pl.Series:
        """Return a column whole."""
        parts = [frame[name] for frame in self.frames([name])]
        return pl.concat(parts, rechunk=True) if parts else pl.Series(name, [], dtype=pl.String)

    def numbers(self) -> pl.DataFrame:
        """Return the columns of numbers."""
        names = [name for name, kind in self.kinds.items() if kind.is_numeric()]
        frames = list(self.frames(names))
        return pl.concat(frames) if frames else pl.DataFrame()

    def held(self, row: int) -> tuple[pl.DataFrame, int] | None:
        """Return the columns that hold a row and its place there, if they are in memory."""
        index = bisect_right(self.first, row) - 1
        columns = self.stored[index].columns
        frame = getattr(columns.rest if isinstance(columns, Beside) else columns, "frame", None)
        return None if frame is None else (frame, row - self.first[index])


def numbers_of(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that are numbers, in memory of their own."""
    return pl.DataFrame({one.name: one.clone() for one in frame if one.dtype.is_numeric()})


def kinds_of(frame: pl.DataFrame) -> Kinds:
    """Return what the columns of a part are."""
    return {column.name: (column.dtype, fits_float(column)) for column in frame}


def _there(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    return [name for name in names if name in columns]
