"""Opens a file as a dataset: a head at once, the whole with progress."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import orjson

from dataexplore.dataset.filebytes import Data
from dataexplore.dataset.parse import Record, read_record
from dataexplore.dataset.schema import Schema, detect_schema, mapped, wrapping
from dataexplore.dataset.source import COPIED, Source, open_source
from dataexplore.dataset.spans import Spans, array_spans, line_spans, object_spans
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

Progress = Callable[[int, int], None]

_WHOLE = 1 << 27
"""Bytes of one object that holds all records: it is parsed whole to find them."""
_SAMPLE = 1000
"""Lines or elements that are looked at to tell the container format."""


@dataclass(frozen=True)
class Head:
    """The first rows of a file, enough for a first screen."""

    source: Source
    format: str
    schema: Schema
    records: tuple[Record, ...]
    mapping: tuple[tuple[str, str], ...] = ()
    """What a person said the fields mean, by role."""
    members: tuple["Head", ...] = ()
    """The files that are read as one, if there are several."""

    @property
    def lines(self) -> bool:
        """Whether each record is a line of the source's bytes."""
        return not self.format.endswith(("json array", "json objects"))


def open_head(
    path: Path | Sequence[Path] | Source,
    rows: int = 200,
    max_bytes: int | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Head:
    """Read the first rows of a file, of several as one, or of what was opened already.

    `max_bytes` is the most that a compressed file may unpack to; without it, 100 times its size. Raises
    InputRefusedError when it is no dataset, or `mapping` names a field that no row has.
    """
    if isinstance(path, Source | Path):
        head = _head(path if isinstance(path, Source) else open_source(path, max_bytes), rows)
    elif len(path) == 1:
        head = _head(open_source(path[0], max_bytes), rows)
    else:
        head = _joined(path, rows, max_bytes)
    if not mapping:
        return head
    names = dict.fromkeys(name for record in head.records for name in record)
    schema = mapped(head.schema, mapping, names)
    return replace(head, schema=schema, mapping=tuple(sorted(mapping.items())))


def _head(source: Source, rows: int) -> Head:
    format_ = find_format(source)
    spans = find_spans(source, format_, limit=rows)
    records = list(islice(_records(source, spans), rows))
    if not records:
        spans = find_spans(source, format_)
        records = list(islice(_records(source, spans), rows))
    if len(spans) == 1 and source.lines is None and spans.end[0] - spans.start[0] > _WHOLE:
        raise InputRefusedError(
            f"{short(str(source.path), 200)}: is one JSON object of {source.size / 1e6:,.0f} MB; such are "
            "read up to 134 MB; write its rows as lines first, such as with `jq -c '.data[]'`"
        )
    if len(spans) == 1 and source.lines is None and (under := _under(source, spans)) is not None:
        from dataexplore.dataset.containers import unwrapped  # most files need none of it

        source = unwrapped(source, under)
        format_ = source.container
        spans = find_spans(source, format_, limit=rows)
        records = list(islice(_records(source, spans), rows))
    if not records:
        raise InputRefusedError(f"{short(str(source.path), 200)}: {_refusal(source, spans)}")
    return Head(source, format_, detect_schema(records), tuple(records))


def _joined(paths: Sequence[Path], rows: int, max_bytes: int | None) -> Head:
    """Return the head of several files that are read as one: the first file's rows come first."""
    from dataexplore.dataset.several import joined, may_open

    may_open(len(paths))
    heads: list[Head] = []
    room = COPIED
    for path in paths:
        source = open_source(path, max_bytes, copied=room)
        room -= len(source.data) if isinstance(source.data, bytes) else 0
        heads.append(_head(source, max(rows // len(paths), 20) if heads else rows))
    source = joined([head.source for head in heads], [head.format for head in heads])
    every = [record for head in heads for record in head.records]
    return Head(source, source.container, detect_schema(every), tuple(every[:rows]), members=tuple(heads))


def find_format(source: Source) -> str:
    """Tell the container by content: jsonl, json array or json objects, after what they are packed in."""
    if source.lines is not None:
        return source.container
    return f"{source.container} {_shape(source)}".lstrip()


def _shape(source: Source) -> str:
    data = source.data
    lines = line_spans(data, source.begin, _SAMPLE)
    if not len(lines):
        lines = line_spans(data, source.begin)
    if not len(lines):
        return "jsonl"
    first = data[int(lines.start[0]) : int(lines.start[0]) + 1]
    if first not in (b"{", b"[") or _objects(data, lines, 1):
        return "jsonl"
    readable = _objects(data, lines, _SAMPLE)
    if first == b"[":
        # The last line of an indented array may be an object by itself.
        elements = array_spans(data, source.begin, _SAMPLE)
        return "json array" if _objects(data, elements, _SAMPLE) >= readable else "jsonl"
    if 2 * readable >= min(len(lines), _SAMPLE):
        return "jsonl"
    objects = object_spans(data, source.begin, _SAMPLE)
    return "json objects" if 2 * _objects(data, objects, _SAMPLE) > min(len(objects), _SAMPLE) else "jsonl"


def find_spans(source: Source, format_: str, limit: int | None = None) -> Spans:
    """Find the records' bytes; `limit` looks at the first lines or elements only."""
    if format_.endswith("json array"):
        return array_spans(source.data, source.begin, limit)
    if format_.endswith("json objects"):
        return object_spans(source.data, source.begin, limit)
    spans = line_spans(source.data, source.begin, limit)
    return spans if source.lines is None else replace(spans, line=source.lines[spans.line - 1])


def parsed(source: Source, spans: Spans, begin: int = 0, end: int | None = None) -> Iterator[Record | str]:
    """Parse some of the spans, each to a record or to the reason why not."""
    data = source.data
    starts, ends = spans.start[begin:end].tolist(), spans.end[begin:end].tolist()
    for start, stop in zip(starts, ends, strict=True):
        yield read_record(data[start:stop], cut_off=stop == source.size)


def _records(source: Source, spans: Spans) -> Iterator[Record]:
    return (record for record in parsed(source, spans) if isinstance(record, dict))


def _objects(data: Data, spans: Spans, sample: int) -> int:
    """Count the JSON objects among the first spans."""
    found = 0
    for start, end in zip(spans.start[:sample].tolist(), spans.end[:sample].tolist(), strict=True):
        try:
            found += isinstance(orjson.loads(data[start:end]), dict)
        except orjson.JSONDecodeError:
            continue
    return found


def _under(source: Source, spans: Spans) -> str | None:
    """Return the name that a file's only object holds the records under, "" where each has a name."""
    try:
        value = orjson.loads(source.data[int(spans.start[0]) : int(spans.end[0])])
    except orjson.JSONDecodeError:
        return None
    return wrapping(value) if isinstance(value, dict) else None


def _refusal(source: Source, spans: Spans) -> str:
    reasons = [reason for reason in parsed(source, spans, 0, 1) if isinstance(reason, str)]
    why = f"; line {int(spans.line[0])}: {reasons[0]}" if reasons else ""
    return f"no valid row in {len(spans):,} lines{why}"
