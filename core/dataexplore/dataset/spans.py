"""Finds where records begin and end in the bytes of a file, without parsing them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.filebytes import Data, read

Offsets = NDArray[np.int64]

_BLOCK = 1 << 25
"""Bytes that are looked at together."""
_FIRST = 1 << 18
"""Bytes that are looked at for a head; more if they are not enough."""
_CACHED = 1 << 20
"""Bytes that a core's cache holds beside what is made of them."""
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

    def moved(self, by: int) -> "Spans":
        """Return the same spans `by` bytes further on; lines stay."""
        return Spans(self.start + by, self.end + by, self.line, self.closed)


def line_spans(data: Data, begin: int, limit: int | None = None) -> Spans:
    r"""Split at \n alone, leave out blank lines, trim \r and spaces; `limit` stops after so many lines."""
    stop = len(data) if limit is None else _after_lines(data, begin, limit)
    block = data[begin:stop]
    breaks = positions(block, b"\n")
    start = np.concatenate(([0], breaks + 1))
    end = np.concatenate((breaks, [len(block)]))
    line = np.arange(1, len(start) + 1, dtype=np.int64)
    return trimmed(block, start, end, line).moved(begin)


def array_spans(data: Data, begin: int, limit: int | None = None) -> Spans:
    """Split the elements of one top-level JSON array; what follows its end is one more span."""
    return _nested(data, begin, 1, limit)


def object_spans(data: Data, begin: int, limit: int | None = None) -> Spans:
    """Split concatenated or pretty-printed JSON values that follow one another."""
    return _nested(data, begin, 0, limit)


def positions(block: bytes, wanted: bytes) -> Offsets:
    """Return where any of some bytes stands."""
    table = np.zeros(256, bool)
    table[list(wanted)] = True
    found = [np.empty(0, np.int64)]
    buffer = np.frombuffer(block, np.uint8)
    for at in range(0, len(block), _CACHED):
        here = buffer[at : at + _CACHED]
        hits = here == wanted[0] if len(wanted) == 1 else table[here]
        found.append(np.flatnonzero(hits) + at)
    return np.concatenate(found)


def trimmed(block: bytes, start: Offsets, end: Offsets, line: Offsets) -> Spans:
    """Take white bytes off both ends of each span and leave out those that are nothing else."""
    buffer = np.frombuffer(block, np.uint8)
    white = np.zeros(256, bool)
    white[list(_WHITE)] = True
    start, end = start.copy(), np.maximum(end, start)
    moving = np.flatnonzero(start < end)
    for _ in range(_ROUNDS):
        moving = moving[white[buffer[start[moving]]]]
        start[moving] += 1
        moving = moving[start[moving] < end[moving]]
    for row in moving.tolist():
        start[row] = end[row] - len(block[start[row] : end[row]].lstrip(_WHITE))
    moving = np.flatnonzero(start < end)
    for _ in range(_ROUNDS):
        moving = moving[white[buffer[end[moving] - 1]]]
        end[moving] -= 1
        moving = moving[start[moving] < end[moving]]
    for row in moving.tolist():
        end[row] = start[row] + len(block[start[row] : end[row]].rstrip(_WHITE))
    filled = start < end
    return Spans(start[filled], end[filled], line[filled])


def _after_lines(data: Data, begin: int, lines: int) -> int:
    """Return the offset after so many lines."""
    at, piece = begin, 1 << 16
    while at < len(data):
        breaks = positions(data[at : at + piece], b"\n")
        if len(breaks) >= lines:
            return at + int(breaks[lines - 1]) + 1
        lines -= len(breaks)
        at += piece
        piece = min(2 * piece, _BLOCK)
    return len(data)


@dataclass
class _Nesting:
    """Where one block ends; it decides what the next one begins in."""

    depth: int = 0
    in_string: bool = False
    escaped: bool = False
    opened: bool = False
    closed: bool = False


def _nested(data: Data, begin: int, inside: int, limit: int | None) -> Spans:
    """Split at nesting depth `inside`; strings are skipped, so brackets in text do not count."""
    state = _Nesting(opened=inside == 0)
    found = [np.array([begin] if inside == 0 else [], np.int64)]
    count, at, piece = 0, begin, _BLOCK if limit is None else _FIRST
    while at < len(data) and not (state.closed or (limit is not None and count > limit)):
        here = _starts(read(data, at, at + piece), state, inside) + at
        found.append(here)
        count += len(here)
        at += piece
        piece = min(2 * piece, _BLOCK)
    start = np.concatenate(found)
    end = np.concatenate((start[1:] - inside, [len(data)]))[: len(start)]
    if limit is not None:
        start, end = start[:limit], end[:limit]
    closed = state.closed or (inside == 0 and state.depth == 0 and not state.in_string)
    return _placed(data, begin, start, end, closed)


def _starts(block: bytes, state: _Nesting, inside: int) -> Offsets:
    """Return where elements begin in a block: after the first bracket, after commas and ends at the depth."""
    position = positions(block, b'{}[]",')
    byte = np.frombuffer(block, np.uint8)[position]
    is_quote = byte == ord('"')
    quotes = position[is_quote]
    quotes = quotes[~_escaped(block, quotes, state)]
    # With an even number of unescaped quotes before it, a position is outside every string.
    outside = ~is_quote & ((np.searchsorted(quotes, position) + state.in_string) % 2 == 0)
    state.in_string = bool((state.in_string + len(quotes)) % 2)
    position, byte = position[outside], byte[outside]
    step = np.where((byte == ord("{")) | (byte == ord("[")), 1, np.where(byte == ord(","), 0, -1))
    depth = np.cumsum(step) + state.depth
    state.depth = int(depth[-1]) if len(depth) else state.depth
    ends = position[(depth == 0) & (step == -1)]
    if inside == 0:
        after: Offsets = ends + 1
        return after
    first = position[: 0 if state.opened else 1]
    state.opened = state.opened or bool(len(first))
    last = int(ends[0]) if len(ends) else len(block)
    state.closed = bool(len(ends))
    commas = position[(depth == 1) & (step == 0) & (position < last)]
    found: Offsets = np.concatenate((first, commas, ends[:1])) + 1
    return found


def _escaped(block: bytes, quotes: Offsets, state: _Nesting) -> NDArray[np.bool_]:
    """Tell which quotes follow an odd number of backslashes, those at the end of the last block included."""
    slashes = positions(block, b"\\")
    before, state.escaped = state.escaped, False
    carried: NDArray[np.bool_] = (quotes == 0) & before
    if not len(slashes):
        return carried
    place = np.arange(len(slashes))
    opens_run = np.concatenate(([True], np.diff(slashes) != 1))
    run_length = place - np.maximum.accumulate(np.where(opens_run, place, 0)) + 1
    if before and slashes[0] == 0:
        first_run = np.flatnonzero(opens_run)[1] if np.count_nonzero(opens_run) > 1 else len(slashes)
        run_length[:first_run] += 1
    state.escaped = bool(slashes[-1] == len(block) - 1 and run_length[-1] % 2 == 1)
    if not len(quotes):
        return np.zeros(0, bool)
    nearest = np.maximum(np.searchsorted(slashes, quotes) - 1, 0)
    odd: NDArray[np.bool_] = (slashes[nearest] == quotes - 1) & (run_length[nearest] % 2 == 1)
    return odd | carried


def _placed(data: Data, begin: int, start: Offsets, end: Offsets, closed: bool) -> Spans:
    """Trim spans and tell their lines, stretch by stretch; between two stretches lies at most a comma."""
    found: list[Spans] = []
    line, at = 1 + _lines_before(data, begin), begin
    for first, last in _stretches(start, end):
        block = read(data, at, int(end[last - 1]))
        spans = trimmed(block, start[first:last] - at, end[first:last] - at, np.zeros(last - first, np.int64))
        breaks = positions(block, b"\n")
        found.append(Spans(spans.start + at, spans.end + at, np.searchsorted(breaks, spans.start) + line))
        line += len(breaks)
        at = int(end[last - 1])
    none = np.empty(0, np.int64)
    return Spans(
        np.concatenate([none, *(one.start for one in found)]),
        np.concatenate([none, *(one.end for one in found)]),
        np.concatenate([none, *(one.line for one in found)]),
        closed,
    )


def _stretches(start: Offsets, end: Offsets) -> Iterator[tuple[int, int]]:
    """Group spans that follow one another into stretches of about a block."""
    first = 0
    while first < len(start):
        last = max(first + 1, int(np.searchsorted(end, start[first] + _BLOCK)))
        yield first, last
        first = last


def _lines_before(data: Data, begin: int) -> int:
    return data[:begin].count(b"\n")
