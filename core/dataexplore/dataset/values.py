"""Finds the values inside a row's bytes and puts others in their place; all other bytes stay as they are."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import orjson

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_SCALAR = re.compile(rb"[^\s,\]}:]+")
_WHITE = re.compile(rb"[ \t\r\n]*")
_OPENING = re.compile(rb'["\[\]{}]')
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s,\[\]{}:"]+')


class Value(NamedTuple):
    """Where one value of JSON stands in a row, white space around it left out."""

    name: str
    """The member's name in an object, "" in a list."""
    start: int
    end: int


def values_in(row: bytes, start: int = 0) -> list[Value]:
    """Return the values of the object or list that begins at `start`, in order; a name may come twice.

    The row must be JSON.
    """
    at = _after_white(row, start)
    closing = {b"{": b"}", b"[": b"]"}[row[at : at + 1]]
    named = closing == b"}"
    at = _after_white(row, at + 1)
    found = []
    while row[at : at + 1] != closing:
        name = ""
        if named:
            end = _end(row, at)
            name = orjson.loads(row[at:end])
            at = _after_white(row, _after_white(row, end) + 1)
        end = _end(row, at)
        found.append(Value(name, at, end))
        at = _after_white(row, end)
        if row[at : at + 1] == b",":
            at = _after_white(row, at + 1)
    return found


def replaced(row: bytes, new: Mapping[Value, bytes]) -> bytes:
    """Return the row with other bytes for some values that do not overlap."""
    pieces, at = [], 0
    for value in sorted(new, key=lambda one: one.start):
        pieces += [row[at : value.start], new[value]]
        at = value.end
    return b"".join([*pieces, row[at:]])


def text_bytes(text: str, like: bytes) -> bytes:
    """Return a text as JSON, its letters beyond ASCII as they are written in the row `like`."""
    escaped = like.isascii() and re.search(rb"\\u(?!00[01])", like) is not None
    return json.dumps(text, ensure_ascii=escaped).encode()


def compact(value: bytes, like: bytes = b"") -> bytes:
    """Return a value on one line, spaced as `like` is; numbers and texts keep their spelling."""
    comma, colon = (b", ", b": ") if _is_spaced(like) else (b",", b":")
    after = {b",": comma, b":": colon}
    return b"".join(after.get(token, token) for token in _tokens(value))


def indented(value: bytes) -> bytes:
    """Return a value with each member on a line of its own; numbers and texts keep their spelling."""
    pieces: list[bytes] = []
    depth, before = 0, b""
    for token in _tokens(value):
        if token in (b"}", b"]"):
            depth -= 1
            if before not in (b"{", b"["):
                pieces.append(b"\n" + b"  " * depth)
        elif before in (b"{", b"[", b","):
            pieces.append(b"\n" + b"  " * depth)
        pieces.append(b": " if token == b":" else token)
        depth += token in (b"{", b"[")
        before = token
    return b"".join(pieces)


def _is_spaced(like: bytes) -> bool:
    """Tell whether white space follows the first comma or colon."""
    ends = (found.end() for found in _TOKEN.finditer(like) if found[0] in (b",", b":"))
    end = next(ends, None)
    return end is None or like[end : end + 1].isspace()


def _tokens(value: bytes) -> Iterator[bytes]:
    return (found[0] for found in _TOKEN.finditer(value))


def _after_white(row: bytes, at: int) -> int:
    found = _WHITE.match(row, at)
    return found.end() if found else at


def _end(row: bytes, at: int) -> int:
    """Return the offset after the value that begins at `at`."""
    first = row[at : at + 1]
    if first not in (b"{", b"["):
        found = (_STRING if first == b'"' else _SCALAR).match(row, at)
        if found is None:
            raise ValueError(f"no JSON at byte {at + 1}")
        return found.end()
    depth = 0
    while mark := _OPENING.search(row, at):
        if mark[0] == b'"':
            at = _end(row, mark.start())
            continue
        depth += 1 if mark[0] in b"{[" else -1
        at = mark.end()
        if not depth:
            return at
    raise ValueError("JSON that is not closed")
