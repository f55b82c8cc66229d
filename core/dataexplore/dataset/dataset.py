"""The dataset: rows by number, with their bytes, their fields as columns and what could not be read."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.examine import examine
from dataexplore.dataset.framing import texts_of
from dataexplore.dataset.keys import Keys, digests, key_text
from dataexplore.dataset.later import Later
from dataexplore.dataset.parse import Record
from dataexplore.dataset.parts import Table
from dataexplore.dataset.places import Places
from dataexplore.dataset.problems import Problems
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.source import Source
from dataexplore.dataset.turns import Turn, turns
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

_FEW = 8
"""So few keys are looked for one by one: to sort millions of them takes seconds."""
_AHEAD = 2
"""Parts that are read while one is looked at."""


class Part(NamedTuple):
    """Some rows that follow one another, as columns: all rows are looked at part by part."""

    first: int
    """Number of the part's first row."""
    frame: pl.DataFrame
    """One column per field."""
    prompts: pl.Series
    responses: pl.Series


@dataclass(frozen=True)
class Dataset:
    """What was opened; nothing here is ever written to."""

    source: Source = field(repr=False)
    format: str
    """jsonl, json array, json objects, csv, parquet ...; before it what that is packed in: gzip jsonl."""
    schemas: tuple[Schema, ...]
    """That of most rows, then others that some rows have."""
    codes: NDArray[np.uint16] | None = field(repr=False)
    """The place of each row's schema in `schemas`; None where all rows have the first."""
    spans: Places = field(repr=False)
    """Readable rows only, in source order."""
    table: Table = field(repr=False)
    keyed: Later[Keys] = field(repr=False)
    """The keys, which may still be made when all else is known."""
    tokens: NDArray[np.int32] = field(repr=False)
    """Estimated tokens of each row: UTF-8 bytes of prompt and response divided by four."""
    response_chars: NDArray[np.int32] = field(repr=False)
    """Length of each response in characters."""
    unreadable: tuple[Unreadable, ...]
    problems: Problems = field(repr=False)
    mapped: bool = False
    """Whether a person said what the fields mean."""
    edits: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    """The bytes of each row that a person edited, by row: JSON on one line; `with_edits` sets it.

    Keys stay those of the source's bytes: what was decided on a row, and its scores, are still its own.
    """
    base: "Dataset | None" = field(default=None, repr=False)
    """The dataset without its edits; None where there are none."""

    def __len__(self) -> int:
        return len(self.spans)

    @property
    def schema(self) -> Schema:
        """The schema of most rows."""
        return self.schemas[0]

    @property
    def kinds(self) -> dict[str, int]:
        """How many rows are of each kind of schema, the file's own first."""
        if self.codes is None:
            return {self.schema.kind: len(self)}
        found: dict[str, int] = {}
        for schema, rows in zip(self.schemas, np.bincount(self.codes).tolist(), strict=False):
            if rows:
                found[schema.kind] = found.get(schema.kind, 0) + rows
        return found

    @property
    def keys(self) -> Keys:
        """The rows' keys; of a large file that was just read it may take a second until they are made."""
        return self.keyed.value()

    def key(self, row: int) -> str:
        """Return a row's key as text, "" while keys are still made."""
        return key_text(int(self.keys[row])) if self.keyed.ready else ""

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    def raw(self, row: int) -> bytes:
        """Return a row's bytes, without the line end: the source's, unless the row was edited."""
        edit = self.edits.get(row)
        return self.original(row) if edit is None else edit

    def original(self, row: int) -> bytes:
        """Return a row's bytes as the source has them, without the line end."""
        start, end = self.spans.bounds(row)
        return self.source.data[start:end]

    def record(self, row: int) -> Record:
        """Return a row's fields as its bytes have them, in their order."""
        try:
            record: Record = orjson.loads(self.raw(row))
        except orjson.JSONDecodeError:
            raise self.rewritten(row) from None
        return record

    def require(self, rows: NDArray[np.int64]) -> None:
        """Raise InputRefusedError when the file changed and the first of some rows are other ones now."""
        if not len(rows) or not self.source.changed():
            return
        some = rows[:_FEW].tolist()
        for row, seen in zip(some, digests(map(self.original, some)).tolist(), strict=True):
            # A row that repeats an earlier one has a key of its own, and that one's hash.
            if seen != int(self.keys[row]) and not bool((self.keys == seen).any()):
                raise self.rewritten(row)

    def rewritten(self, row: int) -> InputRefusedError:
        """Return what to raise when a row's bytes are no longer those that were read."""
        shown = short(str(self.path), 200)
        return InputRefusedError(
            f"{shown}: was rewritten while it was open (row {row + 1:,} is another one now); open it again: "
            "decisions follow the rows that are the same"
        )

    def schema_of(self, row: int) -> Schema:
        """Return the schema of one row; in a mixed file it is not that of the others."""
        return self.schema if self.codes is None else self.schemas[int(self.codes[row])]

    def turns(self, row: int) -> list[Turn]:
        """Return what is said in a row."""
        return turns(self.record(row), self.schema_of(row))

    def prompt(self, row: int) -> str:
        """Return what one row asks."""
        return self._text(row, 0)

    def response(self, row: int) -> str:
        """Return what one row answers."""
        return self._text(row, 1)

    def parts(self) -> Iterator[Part]:
        """Yield the rows as columns, some at a time; of a large file few parts at once are in memory."""

        def read(index: int) -> Part:
            return Part(self.table.first[index], self.table.part(index), *self.table.texts(index))

        with ThreadPoolExecutor(_AHEAD) as pool:
            waiting = [pool.submit(read, index) for index in range(min(_AHEAD, self.table.parts))]
            for index in range(_AHEAD, self.table.parts + _AHEAD):
                if waiting:
                    yield waiting.pop(0).result()
                if index < self.table.parts:
                    waiting.append(pool.submit(read, index))

    @cached_property
    def frame(self) -> pl.DataFrame:
        """All fields whole: of a large file that takes as much memory as the file."""
        frames = list(self.table.frames())
        return pl.concat(frames, rechunk=True) if frames else pl.DataFrame()

    @cached_property
    def prompts(self) -> pl.Series:
        """What is asked in all rows, in memory."""
        return self._texts(0, "prompt")

    @cached_property
    def responses(self) -> pl.Series:
        """What is answered in all rows, in memory."""
        return self._texts(1, "response")

    @cached_property
    def key_order(self) -> NDArray[np.int64]:
        """Row numbers sorted by key, for looking rows up by key."""
        if self.base is not None:
            return self.base.key_order
        return np.argsort(self.keys, kind="stable")

    def rows_of(self, keys: Keys) -> NDArray[np.int64]:
        """Return the row number of each key, -1 for a key that is not in this file."""
        if not len(self) or not len(keys):
            return np.full(len(keys), -1)
        if len(keys) <= _FEW and "key_order" not in vars(self):
            return np.array([_first(self.keys == key) for key in keys], np.int64)
        ordered = self.keys[self.key_order]
        at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
        rows: NDArray[np.int64] = np.where(ordered[at] == keys, self.key_order[at], -1)
        return rows

    def _text(self, row: int, side: int) -> str:
        held = None if row in self.edits else (self.base or self).table.held(row)
        if held is not None:
            frame, place = held
            return str(texts_of(frame[place : place + 1], self.schema)[side][0])
        seen = examine([self.record(row)], self.schema_of(row), fixed=True)
        return (seen.prompts, seen.responses)[side][0]

    def _texts(self, side: int, name: str) -> pl.Series:
        if self.base is not None:
            return self._patched(self.base.responses if side else self.base.prompts, side)
        parts = [self.table.texts(index)[side].alias(name) for index in range(self.table.parts)]
        return pl.concat(parts, rechunk=True) if parts else pl.Series(name, [], dtype=pl.String)

    def _patched(self, texts: pl.Series, side: int) -> pl.Series:
        """Put the edited rows' texts in place; the others are shared and not copied."""
        rows = sorted(self.edits)
        edited = pl.Series(texts.name, [self._text(row, side) for row in rows], dtype=pl.String)
        order = np.arange(len(self))
        order[rows] = len(self) + np.arange(len(rows))
        return pl.concat([texts, edited], rechunk=True).gather(order)


def _first(found: NDArray[np.bool_]) -> int:
    """Return the first place that is true, -1 if none is."""
    place = int(np.argmax(found))
    return place if found[place] else -1
