"""Opens a file as a dataset: a head at once, the whole with progress."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import orjson

from dataexplore.dataset.filebytes import Data
from dataexplore.dataset.nesting import Nesting
from dataexplore.dataset.parse import Record, read_record
from dataexplore.dataset.schema import KNOWN_NAMES, Schema, detect_schema, mapped
from dataexplore.dataset.source import COPIED, Source, open_source
from dataexplore.dataset.spans import LONG, Spans, array_spans, line_spans, nested_spans, object_spans
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

Progress = Callable[[int, int], None]

_BIG = 1 << 20
"""Bytes of an object that is told by its ends alone, not by parsing it."""
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
        source = path if isinstance(path, Source) else open_source(path, max_bytes)
        head = _head(source, rows, known=not mapping)
    elif len(path) == 1:
        head = _head(open_source(path[0], max_bytes), rows, known=not mapping)
    else:
        head = _joined(path, rows, max_bytes)
    if not mapping:
        return head
    names = dict.fromkeys(name for record in head.records for name in record)
    schema = mapped(head.schema, mapping, names)
    return replace(head, schema=schema, mapping=tuple(sorted(mapping.items())))


def _head(source: Source, rows: int, *, known: bool = True) -> Head:
    """Read a head; `known` refuses a file that is one object and no row."""
    source = _unwrapped(source)
    format_ = find_format(source)
    spans = find_spans(source, format_, limit=rows)
    if len(spans) == 1 and source.lines is None and spans.end[0] - spans.start[0] >= LONG:
        raise InputRefusedError(
            f"{_shown(source)}: its first row has over 134 MB, or it is one JSON object without a list of "
            "records that are known; write its rows as lines first, such as with `jq -c '.[]'`"
        )
    records = list(islice(_records(source, spans), rows))
    if not records:
        spans = find_spans(source, format_)
        records = list(islice(_records(source, spans), rows))
    if not records:
        raise InputRefusedError(f"{_shown(source)}: {_refusal(source, spans)}")
    if known and len(spans) == 1 and source.lines is None and not format_.endswith("array"):
        _know(source, records[0])
    return Head(source, format_, detect_schema(records), tuple(records))


def _unwrapped(source: Source) -> Source:
    """Return the records as lines where the whole file is one object that holds them."""
    if source.lines is not None or source.data[source.begin : source.begin + 1] in (b"[", b""):
        return source
    from dataexplore.dataset.holding import by_columns, sample, wrapping

    held = sample(source.data, source.begin)
    if held is None:
        return source
    if columns := by_columns(held):
        raise InputRefusedError(
            f"{_shown(source)}: is a table by columns (orient={columns!r}); write it as rows first, such "
            "as with pandas' `to_json(NAME, orient='records', lines=True)`"
        )
    under = wrapping(held)
    if under is None:
        return source
    from dataexplore.dataset.containers import unwrapped

    return unwrapped(source, under)


def _know(source: Source, record: Record) -> None:
    """Refuse the only object of a file where it is no row: settings, an error, a reply."""
    from dataexplore.dataset.holding import is_no_row

    if KNOWN_NAMES.isdisjoint(record) and is_no_row(record):
        fields = short(", ".join(map(repr, record)), 120) or "nothing"
        raise InputRefusedError(
            f"{_shown(source)}: is one JSON object with {fields} in it, which looks like no row; if it is "
            "one, say so with --map prompt=FIELD"
        )


def _joined(paths: Sequence[Path], rows: int, max_bytes: int | None) -> Head:
    """Return the head of several files that are read as one: the first file's rows come first."""
    from dataexplore.dataset.several import joined, may_open

    may_open(len(paths))
    heads: list[Head] = []
    room = COPIED
    for path in paths:
        source = open_source(path, max_bytes, copied=room)
        room -= len(source.data) if isinstance(source.data, bytes) else 0
        heads.append(_head(source, max(rows // len(paths), 20) if heads else rows, known=False))
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


def each_spans(source: Source, format_: str) -> Iterator[Spans]:
    """Yield the bytes of an array's or of concatenated objects' records as they are found."""
    nesting = Nesting(source.data, source.begin, 1 if format_.endswith("json array") else 0)
    return nested_spans(source.data, source.begin, nesting)


def parsed(source: Source, spans: Spans, begin: int = 0, end: int | None = None) -> Iterator[Record | str]:
    """Parse some of the spans, each to a record or to the reason why not."""
    data = source.data
    starts, ends = spans.start[begin:end].tolist(), spans.end[begin:end].tolist()
    for start, stop in zip(starts, ends, strict=True):
        yield read_record(data[start:stop], cut_off=stop == source.size)


def _records(source: Source, spans: Spans) -> Iterator[Record]:
    return (record for record in parsed(source, spans) if isinstance(record, dict))


def _objects(data: Data, spans: Spans, sample: int) -> int:
    """Count the JSON objects among the first spans; long ones are told by their first and last byte."""
    found = 0
    for start, end in zip(spans.start[:sample].tolist(), spans.end[:sample].tolist(), strict=True):
        if data[start : start + 1] != b"{":
            continue
        if end - start > _BIG:
            found += data[end - 1 : end] == b"}" and len(object_spans(data, start, 2, end)) == 1
            continue
        try:
            found += isinstance(orjson.loads(data[start:end]), dict)
        except orjson.JSONDecodeError:
            continue
    return found


def _shown(source: Source) -> str:
    return short(str(source.path), 200)


def _refusal(source: Source, spans: Spans) -> str:
    if not len(spans) and source.data[source.begin : source.begin + LONG].strip()[:1] == b"[":
        return "is an empty array"
    reasons = [reason for reason in parsed(source, spans, 0, 1) if isinstance(reason, str)]
    why = f"; line {int(spans.line[0])}: {reasons[0]}" if reasons else ""
    if reasons and reasons[0].startswith("not UTF-8"):
        why += "; if it is Latin-1, convert it with `iconv -f latin1 -t utf-8`"
    return f"no valid row in {len(spans):,} lines{why}"
