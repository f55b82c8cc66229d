"""Turns one JSON object that holds all records, by name or under one name, into lines; their bytes stay."""

import re

import orjson

from dataexplore.dataset.converted import Converter
from dataexplore.dataset.filebytes import Data
from dataexplore.dataset.schema import pointer_to
from dataexplore.dataset.spans import Spans, array_spans
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.text import short

_MEMBER = re.compile(rb'\s*("(?:[^"\\]|\\.)*")\s*:\s*', re.DOTALL)
_ID = "_id"


def convert_wrapped(data: Data, begin: int, under: str, into: Converter) -> None:
    """Add a line per record of the object that begins at `begin`; records by name get the name as `_id`.

    `under` is the JSON pointer to the list of records, "" where the object holds them by name.
    """
    members = array_spans(data, begin)
    if under:
        _elements(data, members, under, into)
        return
    column = _free_name(data, members)
    for start, end, line in _listed(members):
        name, value = _member(data[start:end])
        if value[:1] != b"{":
            into.damage.append(
                Unreadable(line, "no record", short(value[:200].decode("utf-8", "replace"), 80))
            )
            continue
        rest = value[1:].lstrip()
        comma = b"" if rest.startswith(b"}") else b","
        into.add(_one_line(b'{"' + column.encode() + b'":' + name + comma + rest), line)


def _elements(data: Data, members: Spans, under: str, into: Converter, above: int = 0) -> None:
    """Add the records at `under`, report what stands beside; lines are counted from `above`."""
    first, slash, rest = under[1:].partition("/")
    for start, end, line in _listed(members):
        name, value = _member(data[start:end])
        if not name:
            continue
        line += above
        if pointer_to(orjson.loads(name)) != f"/{first}":
            shown = short(str(orjson.loads(name)), 40)
            into.damage.append(
                Unreadable(line, f"{shown!r} stands beside the records and is in no row", _preview(value))
            )
            continue
        # The member's own line is where its name begins; the value may begin later.
        line += data[start : end - len(value)].count(b"\n")
        inside = array_spans(value, 0)
        if slash:
            _elements(value, inside, f"/{rest}", into, line - 1)
            continue
        for begin, after, own in _listed(inside):
            into.add(_one_line(value[begin:after]), line + own - 1)


def _listed(spans: Spans) -> list[tuple[int, int, int]]:
    return list(zip(spans.start.tolist(), spans.end.tolist(), spans.line.tolist(), strict=True))


def _member(text: bytes) -> tuple[bytes, bytes]:
    found = _MEMBER.match(text)
    return (found[1], text[found.end() :]) if found else (b"", text)


def _free_name(data: Data, members: Spans) -> str:
    """Return a name for the column of names that no record has."""
    name = _ID
    while any(b'"' + name.encode() + b'"' in data[start:end] for start, end, _ in _listed(members)):
        name = "_" + name
    return name


def _one_line(record: bytes) -> bytes:
    """JSON has no raw line end inside a string, so one in a record only separates its parts."""
    return record.replace(b"\r", b" ").replace(b"\n", b" ")


def _preview(value: bytes) -> str:
    return short(value[:200].decode("utf-8", "replace"), 80)
