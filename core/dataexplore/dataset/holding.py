"""Tells what the one JSON object holds that is a whole file, from some of its bytes."""

import re
from collections.abc import Mapping
from itertools import chain

import orjson

from dataexplore.dataset.filebytes import Data
from dataexplore.dataset.schema import detect_schema
from dataexplore.dataset.spans import array_spans, object_spans

MEMBER = re.compile(rb'\s*("(?:[^"\\]|\\.)*")\s*:\s*', re.DOTALL)
"""A name in an object, up to its value."""
FAR = 1 << 27
"""Bytes of an object that are looked at to tell what it is."""
_FEW = 1000
"""Members of an object, or elements of a list in it, that are looked at."""
_NAME = 1 << 16
"""Bytes in which a member's name ends."""
_SMALL = 1 << 20
"""Bytes of a value that is parsed whole."""
_LISTS = ("data", "rows", "train", "examples", "items", "records", "instances", "samples", "dataset")
"""Names under which a list of objects is one of records whatever fields they have."""

_REPLIES = frozenset({"error", "errors", "detail", "message", "exception", "traceback"})
"""Names under which a server says why it sends no data."""

Object = Mapping[str, object]


def sample(data: Data, begin: int) -> dict[str, object] | None:
    """Return the only object of a file, long lists and objects in it cut short; None where there is more.

    Of what is longer than `FAR`, only the beginning is looked at.
    """
    head = data[begin : begin + _NAME].lstrip()
    if head and not head.startswith(b"{"):
        return None
    values = object_spans(data, begin, 2, begin + FAR)
    if not len(values) or data[int(values.start[0]) : int(values.start[0]) + 1] != b"{":
        return None
    return _sampled(data, int(values.start[0]), int(values.end[0]), 2) if len(values) == 1 else None


def wrapping(value: Object) -> str | None:
    """Return "" for records by name, a JSON pointer to the list of them, or None when it is a record itself.

    The pointer (RFC 6901) has one name or two: `/data`, or `/data/train` in an object of lists. A `/*/row`
    after it says that each element holds its record under that name.
    """
    inner = [one for one in value.values() if isinstance(one, dict)]
    by_name = len(inner) == len(value) > 1
    if by_name and detect_schema(inner).kind != "unknown":
        return ""
    if detect_schema([value]).kind != "unknown":
        return None
    nested = [
        (f"{pointer_to(name)}{pointer_to(own)}", one)
        for name, held in value.items()
        if isinstance(held, dict)
        for own, one in held.items()
    ]
    lists = [(pointer_to(name), held) for name, held in value.items()]
    for pointer, held in chain(lists, nested):
        rows = [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
        if rows and detect_schema(rows).kind != "unknown":
            return pointer
        if pointer == "/rows" and rows and all(isinstance(row.get("row"), dict) for row in rows):
            return "/rows/*/row"
    for name in _LISTS:
        held = value.get(name)
        if isinstance(held, list) and held and all(isinstance(one, dict) for one in held):
            return pointer_to(name)
    return "" if by_name and inner[0] and len({tuple(one) for one in inner}) == 1 else None


def by_columns(value: Object) -> str | None:
    """Return how pandas or datasets calls an object that holds a table by columns, None for any other."""
    held = list(value.values())
    split = {"columns", "data"} <= value.keys() <= {"columns", "data", "index"}
    if split and all(isinstance(one, list) for one in held) and _all_are(list, value["data"]):
        return "split"
    if held and all(isinstance(one, dict) and one and _numbered(one) for one in held):
        return "columns"
    if len(held) > 1 and all(isinstance(one, list) and len(one) > 1 for one in held):
        nested = any(isinstance(cell, dict | list) for one in held if isinstance(one, list) for cell in one)
        if not nested and len({len(one) for one in held if isinstance(one, list)}) == 1:
            return "list"
    return None


def is_no_row(value: Object) -> bool:
    """Tell whether an object without a known field is empty, says what failed, or holds other objects."""
    inner = (one for held in value.values() for one in (held if isinstance(held, list) else [held]))
    return not value or not _REPLIES.isdisjoint(value) or any(isinstance(one, dict) for one in inner)


def pointer_to(name: str) -> str:
    """Return the JSON pointer to a member of an object."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _sampled(data: Data, start: int, end: int, levels: int) -> dict[str, object]:
    """Return an object with no more than some members, and of lists and objects in them as many."""
    members = array_spans(data, start, _FEW, end)
    found: dict[str, object] = {}
    for begin, stop in zip(members.start.tolist(), members.end.tolist(), strict=True):
        name = MEMBER.match(data[begin : min(begin + _NAME, stop)])
        if name is None:
            continue
        first = begin + name.end()
        try:
            found[str(orjson.loads(name[1]))] = _value(data, first, stop, levels - 1)
        except orjson.JSONDecodeError:
            continue
    return found


def _value(data: Data, start: int, end: int, levels: int) -> object:
    if end - start <= _SMALL:
        try:
            return orjson.loads(data[start:end])
        except orjson.JSONDecodeError:
            pass  # one of its elements is damaged, or the file was cut off
    first = data[start : start + 1]
    if first == b"{" and levels:
        return _sampled(data, start, end, levels)
    if first != b"[":
        return orjson.loads(data[start:end]) if end - start < FAR else None
    elements = array_spans(data, start, _FEW, end)
    found = []
    for begin, stop in zip(elements.start.tolist(), elements.end.tolist(), strict=True):
        try:
            found.append(orjson.loads(data[begin:stop]))
        except orjson.JSONDecodeError:
            continue
    return found


def _numbered(column: Mapping[str, object]) -> bool:
    """Tell whether a column's cells are named by their row numbers from 0."""
    return all(name == str(place) for place, name in enumerate(column))


def _all_are(kind: type, value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, kind) for one in value)
