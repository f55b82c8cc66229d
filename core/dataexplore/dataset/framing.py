"""Turns the bytes of some rows into columns: usual rows all at once, odd ones one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.columns import PROMPT, RESPONSE, columns_of, stacked
from dataexplore.dataset.examine import Examined, examine
from dataexplore.dataset.parse import Record, read_record
from dataexplore.dataset.regular import Regular
from dataexplore.dataset.repeats import repeats
from dataexplore.dataset.rows import Rows
from dataexplore.dataset.schema import Schema

Texts = tuple[pl.Series, pl.Series]


@dataclass(frozen=True)
class Reader:
    """How the rows of one dataset are read."""

    schema: Schema
    regular: Regular | None
    fixed: bool = False
    """Whether a person said what the fields mean."""

    def usual(self, rows: Rows | pl.Series) -> NDArray[np.bool_]:
        """Tell which rows, as bytes or as text, a fast parser reads without loss."""
        if self.regular is None or not len(rows):
            return np.zeros(len(rows), bool)
        texts = rows if isinstance(rows, pl.Series) else _decoded(rows)
        return self.regular.matches(texts).to_numpy()

    def framed(self, rows: Rows, usual: NDArray[np.bool_], block: bytes | None, *, cut_off: bool) -> "Framed":
        """Read rows; `block` holds the same with a line end after each, where there is such.

        `cut_off` tells that the last row ends the file without a line end.
        """
        usual, frame = self._usual(rows, usual, block)
        odd, raw, records, reasons = _parsed(rows, np.flatnonzero(~usual), cut_off)
        readable = np.ones(len(rows), bool)
        readable[list(reasons)] = False
        place = np.cumsum(readable) - 1
        texts = self.schema.text_fields
        examined = examine(records, self.schema, self.fixed)
        usual_at = np.flatnonzero(usual)
        before = sum(one < usual_at[0] for one in odd) if len(usual_at) else 0
        named = [*(name for record in records[:before] for name in record), *frame.columns]
        frame = _merged(frame, usual_at, columns_of(records, texts), odd, named)
        frame = _with_texts(frame, self.schema, examined, place[odd])
        twice = repeats(raw, records)
        return Framed(frame, readable, reasons, place[odd], examined, place[[odd[one] for one in twice]])

    def _usual(
        self, rows: Rows, usual: NDArray[np.bool_], block: bytes | None
    ) -> tuple[NDArray[np.bool_], pl.DataFrame]:
        none = np.zeros(len(rows), bool), pl.DataFrame()
        if self.regular is None:
            return none
        count = int(np.count_nonzero(usual))
        if not count:
            return none
        frame = self._frame(rows, usual, block)
        if frame is None:
            return none
        lost = frame.height != count or any(frame[name].null_count() for name in self.regular.texts)
        return none if lost else (usual, frame)

    def _frame(self, rows: Rows, usual: NDArray[np.bool_], block: bytes | None) -> pl.DataFrame | None:
        """Read the usual rows; None where they turn out not to be."""
        assert self.regular is not None
        if block is not None:
            try:
                # What is read of odd rows is left: it may lack something.
                frame = self.regular.frame(block)
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
                pass
            else:
                if frame.height == len(rows):
                    return frame if usual.all() else frame.filter(pl.Series(usual))
        try:
            return self.regular.frame(_one_a_line(rows.some(np.flatnonzero(usual))))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return None


class Framed(NamedTuple):
    """Rows as columns, and what was seen of them."""

    frame: pl.DataFrame
    """Readable rows in order; no column where no row has the field."""
    readable: NDArray[np.bool_]
    """Which of the given rows are readable."""
    reasons: dict[int, str]
    """Why a row is not, by its place among the given."""
    odd: NDArray[np.int64]
    """Places, among the readable rows, of those that were parsed one by one."""
    examined: Examined
    """What was seen of these."""
    repeated: NDArray[np.int64]
    """Places, among the readable rows, of those that name a field twice."""


def texts_of(frame: pl.DataFrame, schema: Schema) -> Texts:
    """Return what is asked and answered in each row."""
    if PROMPT in frame.columns:
        return frame[PROMPT].alias("prompt"), frame[RESPONSE].alias("response")
    prompt = _field(frame, schema.prompt)
    if schema.input:
        extra = _field(frame, schema.input)
        both = (prompt + "\n" + extra).to_frame("both")
        asked = pl.when(extra == "").then(prompt).when(prompt == "").then(extra).otherwise(pl.col("both"))
        prompt = both.select(asked.alias("prompt")).to_series()
    return prompt.alias("prompt"), _field(frame, schema.response).alias("response")


def text_columns(schema: Schema) -> list[str]:
    """Return the columns that `texts_of` looks at."""
    return [name for name in (PROMPT, RESPONSE, schema.prompt, schema.input, schema.response) if name]


def _field(frame: pl.DataFrame, name: str) -> pl.Series:
    if not name or name not in frame.columns or frame[name].dtype != pl.String:
        return pl.Series([""], dtype=pl.String).new_from_index(0, frame.height)
    return frame[name].fill_null("")


def _parsed(
    rows: Rows, odd: NDArray[np.int64], cut_off: bool
) -> tuple[list[int], list[bytes], list[Record], dict[int, str]]:
    """Parse rows one by one; return the places of records, their bytes, they, and the others' reasons."""
    places: list[int] = []
    raw: list[bytes] = []
    records: list[Record] = []
    reasons: dict[int, str] = {}
    for place, row in zip(odd.tolist(), rows.some(odd), strict=True):
        value = read_record(row, cut_off=cut_off and place == len(rows) - 1)
        if isinstance(value, str):
            reasons[place] = value
        else:
            places.append(place)
            raw.append(row)
            records.append(value)
    return places, raw, records, reasons


def _decoded(rows: Sequence[bytes]) -> pl.Series:
    """Return rows as text, null where they are not UTF-8."""
    try:
        return pl.Series(rows, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return pl.Series([_decoded_row(row) for row in rows], dtype=pl.String)


def _decoded_row(row: bytes) -> str | None:
    try:
        return row.decode()
    except UnicodeDecodeError:
        return None


def _one_a_line(rows: Sequence[bytes]) -> bytes:
    lines = b"\n".join(rows)
    if lines.count(b"\n") < len(rows) and b"\r" not in lines:
        return lines
    # Inside a record a line end is white space: text has none that is not escaped.
    return b"\n".join(row.replace(b"\n", b" ").replace(b"\r", b" ") for row in rows)


def _merged(
    usual: pl.DataFrame,
    usual_at: NDArray[np.int64],
    odd: Mapping[str, pl.Series],
    odd_at: Sequence[int],
    named: Sequence[str],
) -> pl.DataFrame:
    """Put usual and odd rows back into their order, and columns in that in which rows first name them."""
    if not odd_at:
        return usual
    columns = {column.name: column for column in usual}
    names = [name for name in dict.fromkeys([*named, *odd]) if name in columns or name in odd]
    frame = stacked([(columns, len(usual_at)), (odd, len(odd_at))], names)
    if not len(usual_at):
        return frame
    order = np.argsort(np.concatenate((usual_at, np.array(odd_at, np.int64))), kind="stable")
    return frame[order]


def _with_texts(
    frame: pl.DataFrame, schema: Schema, examined: Examined, odd: NDArray[np.int64]
) -> pl.DataFrame:
    """Add the texts as columns where the fields do not say what was seen in the odd rows."""
    if not len(odd):
        return frame
    asked, answered = texts_of(frame[odd], schema)
    seen = pl.Series(examined.prompts, dtype=pl.String), pl.Series(examined.responses, dtype=pl.String)
    if asked.equals(seen[0]) and answered.equals(seen[1]):
        return frame
    prompts, responses = texts_of(frame, schema)
    return frame.with_columns(
        prompts.scatter(odd, seen[0]).alias(PROMPT), responses.scatter(odd, seen[1]).alias(RESPONSE)
    )
