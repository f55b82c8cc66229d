"""Reads every row of a file into columns, keys and problems, chunk by chunk."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from dataexplore.dataset.columns import ColumnBuilder
from dataexplore.dataset.dataset import Dataset, Unreadable
from dataexplore.dataset.keys import row_keys
from dataexplore.dataset.opening import Head, Progress, find_spans, open_head, parsed
from dataexplore.dataset.parse import Record
from dataexplore.dataset.problems import Problems, content_problems, field_problems, merge
from dataexplore.dataset.schema import Schema, prompt_of, response_of, turns
from dataexplore.dataset.spans import Spans
from dataexplore.text import short

_CHUNK = 20_000


class LoadCancelledError(Exception):
    """The person closed the file before it was read."""


def open_dataset(path: Path | str, progress: Progress | None = None) -> Dataset:
    """Open a file whole; raise InputRefusedError when it is no dataset."""
    return load(open_head(Path(path)), progress)


def load(head: Head, progress: Progress | None = None, cancelled: Callable[[], bool] = lambda: False) -> Dataset:
    """Read all rows of an opened file; `progress` gets rows done and rows in all."""
    source, schema = head.source, head.schema
    format_, spans = find_spans(source)
    columns = ColumnBuilder()
    unreadable: list[Unreadable] = []
    readable = np.ones(len(spans), bool)
    problems: list[Problems] = []
    texts: list[tuple[str, str]] = []
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
                preview = source.data[spans.start[index] : min(spans.end[index], spans.start[index] + 200)]
                line = int(spans.line[index])
                unreadable.append(Unreadable(line, record, short(preview.decode("utf-8", "replace"), 80)))
        columns.add(records)
        problems.append(field_problems(enumerate(records, rows), schema))
        if schema.turns:
            texts.extend(_texts(records, schema))
        rows += len(records)
        if progress:
            progress(min(begin + _CHUNK, len(spans)), len(spans))
    kept = Spans(spans.start[readable], spans.end[readable], spans.line[readable], spans.closed)
    frame = columns.frame()
    prompts, responses = _text_columns(frame, schema, texts, rows)
    problems.append(content_problems(prompts, responses))
    data = source.data
    pairs = zip(kept.start.tolist(), kept.end.tolist(), strict=True)
    keys = row_keys(data[start:end] for start, end in pairs)
    return Dataset(
        source, format_, schema, kept, frame, prompts, responses, keys, tuple(unreadable), merge(problems)
    )


def _texts(records: list[Record], schema: Schema) -> list[tuple[str, str]]:
    said = [turns(record, schema) for record in records]
    return [(prompt_of(one), response_of(one)) for one in said]


def _text_columns(
    frame: pl.DataFrame, schema: Schema, texts: list[tuple[str, str]], rows: int
) -> tuple[pl.Series, pl.Series]:
    if schema.turns:
        prompts, responses = zip(*texts, strict=True) if texts else ((), ())
        return pl.Series("prompt", prompts, dtype=pl.String), pl.Series("response", responses, dtype=pl.String)
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
