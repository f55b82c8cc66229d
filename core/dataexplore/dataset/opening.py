"""Opens a file as a dataset: a head at once, the whole with progress."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from dataexplore.dataset.parse import Record, parse
from dataexplore.dataset.schema import Schema, detect_schema
from dataexplore.dataset.source import Source, open_source
from dataexplore.dataset.spans import Spans, array_spans, line_spans, object_spans
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Head:
    """The first rows of a file, enough for a first screen."""

    source: Source
    format: str
    schema: Schema
    records: tuple[Record, ...]


def open_head(path: Path, rows: int = 200) -> Head:
    """Read the first rows; raise InputRefusedError when the file is no dataset."""
    source = open_source(path)
    format_, spans = find_spans(source, limit=rows)
    records = [record for record in parsed(source, spans) if isinstance(record, dict)]
    if not records and format_ == "jsonl" and _ends(spans) < source.size:
        _, spans = find_spans(source)
        found = (record for record in parsed(source, spans) if isinstance(record, dict))
        records = [record for record, _ in zip(found, range(rows), strict=False)]
    if not records:
        raise InputRefusedError(_refusal(source, spans))
    return Head(source, format_, detect_schema(records), tuple(records[:rows]))


def find_spans(source: Source, limit: int | None = None) -> tuple[str, Spans]:
    """Tell the container format by content and find the records' bytes; `limit` looks at the first lines only."""
    data: bytes = source.data  # type: ignore[assignment] # mmap reads like bytes
    first = data[source.begin : source.begin + 4096].lstrip()[:1]
    lines = line_spans(data, source.begin, limit or 1000)
    readable = sum(isinstance(record, dict) for record in parsed(source, lines))
    if not readable and first == b"[":
        return "json array", array_spans(data, source.begin)
    if first == b"{" and len(lines) and not isinstance(parse(data[lines.start[0] : lines.end[0]]), dict):
        objects = object_spans(data, source.begin)
        if _mostly_objects(source, objects):
            return "json objects", objects
    return "jsonl", lines if limit else line_spans(data, source.begin)


def _mostly_objects(source: Source, spans: Spans) -> bool:
    sample = Spans(spans.start[:100], spans.end[:100], spans.line[:100])
    readable = sum(isinstance(record, dict) for record in parsed(source, sample))
    return 2 * readable > len(sample)


def parsed(source: Source, spans: Spans, begin: int = 0, end: int | None = None) -> list[Record | str]:
    """Parse some of the spans, each to a record or to the reason why not."""
    data = source.data
    last = len(spans) - 1
    result: list[Record | str] = []
    starts, ends = spans.start[begin:end].tolist(), spans.end[begin:end].tolist()
    for index, (start, stop) in enumerate(zip(starts, ends, strict=True), begin):
        line = data[start:stop]
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            value = None
        if type(value) is dict and len(value) < 100:
            result.append(value)
        else:
            result.append(parse(line, cut_off=index == last and stop == source.size))
    return result


def _ends(spans: Spans) -> int:
    return int(spans.end[-1]) if len(spans) else 0


def _refusal(source: Source, spans: Spans) -> str:
    name = short(str(source.path), 200)
    reasons = [reason for reason in parsed(source, spans, 0, 1) if isinstance(reason, str)]
    why = f"; line {int(spans.line[0])}: {reasons[0]}" if reasons else ""
    return f"{name}: no valid row in {len(spans):,} lines{why}"
