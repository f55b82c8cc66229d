"""The dataset: rows by number, with their bytes, their fields as columns and what could not be read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.keys import Keys
from dataexplore.dataset.parse import Record
from dataexplore.dataset.problems import Problems
from dataexplore.dataset.schema import Schema, Turn, turns
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Spans
from dataexplore.dataset.unreadable import Unreadable

BYTES_PER_TOKEN = 4.0
"""A usual figure for English; the preflight of a run counts with the model's own tokenizer."""


@dataclass(frozen=True)
class Part:
    """Some rows that follow one another, as columns: what is looked at as a whole is looked at part by part."""

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
    schema: Schema
    spans: Spans = field(repr=False)
    """Readable rows only, in source order."""
    frame: pl.DataFrame = field(repr=False)
    prompts: pl.Series = field(repr=False)
    responses: pl.Series = field(repr=False)
    keys: Keys = field(repr=False)
    unreadable: tuple[Unreadable, ...]
    problems: Problems = field(repr=False)

    def __len__(self) -> int:
        return len(self.spans)

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    def raw(self, row: int) -> bytes:
        """Return a row's own bytes, without the line end."""
        return self.source.data[int(self.spans.start[row]) : int(self.spans.end[row])]

    def record(self, row: int) -> Record:
        """Return a row's fields as the file has them, in its order."""
        record: Record = orjson.loads(self.raw(row))
        return record

    def schema_of(self, row: int) -> Schema:
        """Return the schema of one row; in a mixed file it is not that of the others."""
        return self.schema

    def turns(self, row: int) -> list[Turn]:
        """Return what is said in a row."""
        return turns(self.record(row), self.schema_of(row))

    def prompt(self, row: int) -> str:
        """Return what one row asks."""
        return str(self.prompts[row])

    def response(self, row: int) -> str:
        """Return what one row answers."""
        return str(self.responses[row])

    def parts(self) -> Iterator[Part]:
        """Yield the rows as columns, some at a time; of a large file one part at a time is in memory."""
        yield Part(0, self.frame, self.prompts, self.responses)

    @cached_property
    def response_chars(self) -> NDArray[np.int64]:
        """Length of each response in characters."""
        return self.responses.str.len_chars().to_numpy().astype(np.int64)

    @cached_property
    def tokens(self) -> NDArray[np.int64]:
        """Estimated tokens of each row: UTF-8 bytes of prompt and response divided by four."""
        size = self.prompts.str.len_bytes().to_numpy() + self.responses.str.len_bytes().to_numpy()
        tokens: NDArray[np.int64] = np.ceil(size / BYTES_PER_TOKEN).astype(np.int64)
        return tokens

    @cached_property
    def key_order(self) -> NDArray[np.int64]:
        """Row numbers sorted by key, for looking rows up by key."""
        return np.argsort(self.keys, kind="stable")

    def rows_of(self, keys: Keys) -> NDArray[np.int64]:
        """Return the row number of each key, -1 for a key that is not in this file."""
        if not len(self):
            return np.full(len(keys), -1)
        ordered = self.keys[self.key_order]
        at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
        rows: NDArray[np.int64] = np.where(ordered[at] == keys, self.key_order[at], -1)
        return rows
