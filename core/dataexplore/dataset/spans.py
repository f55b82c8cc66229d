"""Finds where records begin and end in the bytes of a file, without parsing them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int64]

_BLOCK = 1 << 26
_WHITE = b" \t\r\n"
_ROUNDS = 32
"""So many white bytes at either end of a record are trimmed for all records at once, more for each alone."""


@dataclass(frozen=True)
class Spans:
    """Records as half-open byte ranges, with the line (from 1) on which each begins."""

    start: Offsets
    end: Offsets
    line: Offsets
    closed: bool = True
    """False when an array or object was still open at the end of the file."""

    def __len__(self) -> int:
        return len(self.start)


def line_spans(data: bytes, begin: int, limit: int | None = None) -> Spans:
    r"""Split at \n alone, leave out blank lines, trim \r and spaces; `limit` stops after so many lines."""
    stop = len(data)
    if limit is not None:
        at = begin
        for _ in range(limit):
            found = data.find(b"\n", at)
            if found < 0:
                break
            at = found + 1
        else:
            stop = at
    breaks = _positions(data, begin, stop, b"\n")
    start = np.concatenate(([begin], breaks + 1))
    end = np.concatenate((breaks, [stop]))
    line = np.arange(1, len(start) + 1, dtype=np.int64)
    return _trimmed(data, start, end, line)


def array_spans(data: bytes, begin: int) -> Spans:
    """Split the elements of one top-level JSON array; what follows its end is one more span."""
    return _nested(data, begin, inside=1)


def object_spans(data: bytes, begin: int) -> Spans:
    """Split concatenated or pretty-printed JSON values that follow one another."""
    return _nested(data, begin, inside=0)


def _nested(data: bytes, begin: int, inside: int) -> Spans:
    """Split at nesting depth `inside`; strings are skipped, so brackets in text do not count."""
    position = _positions(data, begin, len(data), b'{}[]",')
    byte = np.frombuffer(data, np.uint8)[position]
    quotes = position[byte == ord('"')]
    quotes = quotes[~_escaped(data, begin, quotes)]
    # An even number of unescaped quotes before a position means it is outside every string.
    outside = (byte != ord('"')) & (np.searchsorted(quotes, position) % 2 == 0)
    position, byte = position[outside], byte[outside]
    step = np.where((byte == ord("{")) | (byte == ord("[")), 1, np.where(byte == ord(","), 0, -1))
    depth = np.cumsum(step)
    closed = bool(len(depth)) and int(depth[-1]) == 0 and len(quotes) % 2 == 0
    if inside == 0:
        ends = position[(depth == 0) & (step == -1)] + 1
        start = np.concatenate(([begin], ends))
        end = np.concatenate((ends, [len(data)]))
    else:
        first = position[0] + 1
        closing = position[(depth == 0) & (step == -1)]
        last = int(closing[0]) if len(closing) else len(data)
        commas = position[(depth == 1) & (step == 0) & (position < last)]
        start = np.concatenate(([first], commas + 1, [last + 1]))
        end = np.concatenate((commas, [last], [len(data)]))
    breaks = _positions(data, 0, len(data), b"\n")
    spans = _trimmed(data, start, end, np.zeros(len(start), np.int64))
    return Spans(spans.start, spans.end, np.searchsorted(breaks, spans.start) + 1, closed)


def _positions(data: bytes, begin: int, stop: int, wanted: bytes) -> Offsets:
    table = np.zeros(256, bool)
    table[list(wanted)] = True
    found = [np.empty(0, np.int64)]
    for at in range(begin, stop, _BLOCK):
        block = np.frombuffer(data, np.uint8, min(_BLOCK, stop - at), at)
        hits = block == wanted[0] if len(wanted) == 1 else table[block]
        found.append(np.flatnonzero(hits) + at)
    return np.concatenate(found)


def _escaped(data: bytes, begin: int, quotes: Offsets) -> NDArray[np.bool_]:
    """Tell which quotes follow an odd number of backslashes."""
    slashes = _positions(data, begin, len(data), b"\\")
    if not len(slashes) or not len(quotes):
        return np.zeros(len(quotes), bool)
    place = np.arange(len(slashes))
    opens_run = np.concatenate(([True], np.diff(slashes) != 1))
    run_length = place - np.maximum.accumulate(np.where(opens_run, place, 0)) + 1
    before = np.maximum(np.searchsorted(slashes, quotes) - 1, 0)
    odd: NDArray[np.bool_] = (slashes[before] == quotes - 1) & (run_length[before] % 2 == 1)
    return odd


def _trimmed(data: bytes, start: Offsets, end: Offsets, line: Offsets) -> Spans:
    buffer = np.frombuffer(data, np.uint8)
    white = np.zeros(256, bool)
    white[list(_WHITE)] = True
    start, end = start.copy(), np.maximum(end, start)
    moving = np.flatnonzero(start < end)
    for _ in range(_ROUNDS):
        moving = moving[white[buffer[start[moving]]]]
        start[moving] += 1
        moving = moving[start[moving] < end[moving]]
    for row in moving.tolist():
        start[row] = end[row] - len(data[start[row] : end[row]].lstrip(_WHITE))
    moving = np.flatnonzero(start < end)
    for _ in range(_ROUNDS):
        moving = moving[white[buffer[end[moving] - 1]]]
        end[moving] -= 1
        moving = moving[start[moving] < end[moving]]
    for row in moving.tolist():
        end[row] = start[row] + len(data[start[row] : end[row]].rstrip(_WHITE))
    filled = start < end
    return Spans(start[filled], end[filled], line[filled])
