"""Reads every row of a file into columns, keys and problems, chunk by chunk."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.columns import ColumnBuilder
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.keys import row_keys
from dataexplore.dataset.opening import Head, Progress, find_spans, open_head, parsed
from dataexplore.dataset.parse import Record
from dataexplore.dataset.problems import Problems, content_problems, field_problems, merge, number_problems
from dataexplore.dataset.repeats import repeats
from dataexplore.dataset.schema import Schema, calls_tools, prompt_of, response_of, turns
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Spans
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.text import short

_CHUNK = 20_000


class LoadCancelledError(Exception):
    """The person closed the file before it was read."""


def open_dataset(path: Path | str, progress: Progress | None = None, max_bytes: int | None = None) -> Dataset:
    """Open a file whole; raise InputRefusedError when it is no dataset, or unpacks to over `max_bytes`."""
    return load(open_head(Path(path), max_bytes=max_bytes), progress)


def load(
    head: Head, progress: Progress | None = None, cancelled: Callable[[], bool] = lambda: False
) -> Dataset:
    """Read all rows of an opened file; `progress` gets rows done and rows in all."""
    source, schema = head.source, head.schema
    spans = find_spans(source, head.format)
    columns = ColumnBuilder(schema.text_fields)
    unreadable: list[Unreadable] = []
    readable = np.ones(len(spans), bool)
    problems: list[Problems] = []
    texts: list[tuple[str, str]] = []
    calling: list[int] = []
    rows = 0
    for begin in range(0, len(spans), _CHUNK):
        if cancelled():
            raise LoadCancelledError
        records: list[Record] = []
        for index, record in enumerate(parsed(source, spans, begin, begin + _CHUNK), begin):
            if isinstance(record, dict):
                records.append(record)
            else:
                readable[index] = False
                unreadable.append(_unreadable(source, spans, index, record))
        columns.add(records)
        problems.append(field_problems(enumerate(records, rows), schema))
        here = np.flatnonzero(readable[begin : begin + _CHUNK]) + begin
        pairs = list(zip(spans.start[here].tolist(), spans.end[here].tolist(), strict=True))
        if twice := repeats(source.data, pairs, records, schema.text_fields):
            problems.append({"repeated field": np.array(twice, np.int64) + rows})
        if schema.turns:
            texts.extend(_texts(records, schema))
            calling += [row for row, record in enumerate(records, rows) if calls_tools(record, schema)]
        rows += len(records)
        if progress:
            progress(min(begin + _CHUNK, len(spans)), len(spans))
    if not spans.closed and readable[-1]:
        unreadable.append(Unreadable(int(spans.line[-1]), "cut off at end of file: the array is not closed"))
    if source.damage or source.ended:
        unreadable = _with_damage(source, spans, unreadable, not readable[-1])
    if source.flags:
        problems.append(_flagged(source, readable))
    kept = Spans(spans.start[readable], spans.end[readable], spans.line[readable], spans.closed)
    frame = columns.frame()
    prompts, responses = _text_columns(frame, schema, texts, rows)
    problems += [content_problems(prompts, responses, schema, calling), number_problems(frame)]
    data = source.data
    bounds = zip(kept.start.tolist(), kept.end.tolist(), strict=True)
    keys = row_keys(data[start:end] for start, end in bounds)
    return Dataset(
        source, head.format, schema, kept, frame, prompts, responses, keys, tuple(unreadable), merge(problems)
    )


def _with_damage(
    source: Source, spans: Spans, found: list[Unreadable], last_is_bad: bool
) -> list[Unreadable]:
    """Add what the container lost; a last record that was cut with it is one finding, not two."""
    if source.ended and found and last_is_bad:
        last = found.pop()
        found.append(Unreadable(last.line, f"{source.ended}; {last.reason}", last.preview))
    elif source.ended:
        found.append(Unreadable(int(spans.line[-1]) + 1, source.ended))
    return sorted([*source.damage, *found], key=lambda one: one.line)


def _flagged(source: Source, readable: NDArray[np.bool_]) -> Problems:
    rows = np.cumsum(readable) - 1
    return {name: rows[lines[readable[lines]]] for name, lines in source.flags.items()}


def _unreadable(source: Source, spans: Spans, index: int, reason: str) -> Unreadable:
    start, end = int(spans.start[index]), int(spans.end[index])
    preview = source.data[start : min(end, start + 200)].decode("utf-8", "replace")
    return Unreadable(int(spans.line[index]), reason, short(preview, 80))


def _texts(records: list[Record], schema: Schema) -> list[tuple[str, str]]:
    said = [turns(record, schema) for record in records]
    return [(prompt_of(one), response_of(one)) for one in said]


def _text_columns(
    frame: pl.DataFrame, schema: Schema, texts: list[tuple[str, str]], rows: int
) -> tuple[pl.Series, pl.Series]:
    if schema.turns:
        prompts, responses = zip(*texts, strict=True) if texts else ((), ())
        return pl.Series("prompt", prompts, dtype=pl.String), pl.Series(
            "response", responses, dtype=pl.String
        )
    prompt = _field(frame, schema.prompt, rows)
    if schema.input:
        extra = _field(frame, schema.input, rows)
        joined = (prompt + "\n" + extra).to_frame("prompt")
        prompt = joined.select(pl.when(extra == "").then(prompt).otherwise(pl.col("prompt"))).to_series()
    return prompt.alias("prompt"), _field(frame, schema.response, rows).alias("response")


def _field(frame: pl.DataFrame, name: str, rows: int) -> pl.Series:
    if not name or name not in frame.columns:
        return pl.Series([""] * rows, dtype=pl.String)
    return frame[name].cast(pl.String).fill_null("")
