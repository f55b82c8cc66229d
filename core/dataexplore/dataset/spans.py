"""Finds where records begin and end in the bytes of a file, without parsing them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dataexplore.dataset.brackets import Offsets, positions
from dataexplore.dataset.filebytes import Data, read
from dataexplore.dataset.nesting import Nesting
from dataexplore.dataset.torn import WHITE

__all__ = [
    "Offsets",
    "Spans",
    "array_spans",
    "joined",
    "line_spans",
    "nested_spans",
    "object_spans",
    "positions",
    "trimmed",
]

_BLOCK = 1 << 25
"""Bytes that are looked at together."""
_FIRST = 1 << 18
"""Bytes that are looked at for a head; more if they are not enough."""
LONG = 1 << 27
"""Bytes of the lines that are looked at together for a head, at most."""
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
    r"""Split at \n alone, leave out blank lines, trim \r and spaces.

    `limit` stops after so many lines, or after `LONG` bytes where they are longer.
    """
    stop = len(data) if limit is None else _after_lines(data, begin, limit)
    block = data[begin:stop]
    breaks = positions(block, b"\n")
    start = np.concatenate(([0], breaks + 1))
    end = np.concatenate((breaks, [len(block)]))
    line = np.arange(1, len(start) + 1, dtype=np.int64)
    return trimmed(block, start, end, line).moved(begin)


def array_spans(data: Data, begin: int, limit: int | None = None, stop: int | None = None) -> Spans:
    """Split the elements of one top-level JSON array; what follows its end is one more span.

    Nothing from `stop` on is looked at.
    """
    return joined(list(nested_spans(data, begin, Nesting(data, begin, 1, stop), limit)))


def object_spans(data: Data, begin: int, limit: int | None = None, stop: int | None = None) -> Spans:
    """Split concatenated or pretty-printed JSON values that follow one another."""
    return joined(list(nested_spans(data, begin, Nesting(data, begin, 0, stop), limit)))


def nested_spans(data: Data, begin: int, nesting: Nesting, limit: int | None = None) -> Iterator[Spans]:
    """Yield elements as they are found, many at a time; `limit` stops after so many.

    The last spans, which may be none, tell whether the array was closed.
    """
    count, lines = 0, _Lines(data, begin)
    waiting: list[tuple[Offsets, Offsets]] = []
    size = 0
    for start, end in nesting.elements(_BLOCK if limit is None else _FIRST, _BLOCK):
        if limit is not None:
            start, end = start[: limit - count], end[: limit - count]
        count += len(start)
        waiting.append((start, end))
        size += int(end[-1] - start[0]) if len(start) else 0
        if count == limit:
            break
        if size > _BLOCK // 2:
            yield lines.placed(waiting, closed=True)
            waiting, size = [], 0
    yield lines.placed(waiting, closed=nesting.closed)


def joined(some: Sequence[Spans]) -> Spans:
    """Return spans that follow one another as one."""
    none = np.empty(0, np.int64)
    return Spans(
        np.concatenate([none, *(one.start for one in some)]),
        np.concatenate([none, *(one.end for one in some)]),
        np.concatenate([none, *(one.line for one in some)]),
        all(one.closed for one in some),
    )


def trimmed(block: bytes, start: Offsets, end: Offsets, line: Offsets) -> Spans:
    """Take white bytes off both ends of each span and leave out those that are nothing else."""
    buffer = np.frombuffer(block, np.uint8)
    white = np.zeros(256, bool)
    white[list(WHITE)] = True
    start, end = start.copy(), np.maximum(end, start)
    moving = np.flatnonzero(start < end)
    for _ in range(_ROUNDS):
        moving = moving[white[buffer[start[moving]]]]
        start[moving] += 1
        moving = moving[start[moving] < end[moving]]
    for row in moving.tolist():
        start[row] = end[row] - len(block[start[row] : end[row]].lstrip(WHITE))
    moving = np.flatnonzero(start < end)
    for _ in range(_ROUNDS):
        moving = moving[white[buffer[end[moving] - 1]]]
        end[moving] -= 1
        moving = moving[start[moving] < end[moving]]
    for row in moving.tolist():
        end[row] = start[row] + len(block[start[row] : end[row]].rstrip(WHITE))
    filled = start < end
    return Spans(start[filled], end[filled], line[filled])


def _after_lines(data: Data, begin: int, lines: int) -> int:
    """Return the offset after so many lines."""
    at, piece = begin, 1 << 16
    stop = min(len(data), begin + LONG)
    while at < stop:
        breaks = positions(data[at : at + piece], b"\n")
        if len(breaks) >= lines:
            return at + int(breaks[lines - 1]) + 1
        lines -= len(breaks)
        at += piece
        piece = min(2 * piece, _BLOCK)
    return stop


class _Lines:
    """Trims spans and tells their lines, stretch by stretch; they come in order, with little between them."""

    def __init__(self, data: Data, begin: int) -> None:
        self._data, self._at = data, begin
        self._line = 1 + sum(
            data[at : min(at + _BLOCK, begin)].count(b"\n") for at in range(0, begin, _BLOCK)
        )

    def placed(self, some: Sequence[tuple[Offsets, Offsets]], *, closed: bool) -> Spans:
        """Return the spans of elements that follow those of the last call."""
        start, end = (
            np.concatenate([np.empty(0, np.int64), *(one[side] for one in some)]) for side in (0, 1)
        )
        found: list[Spans] = []
        for first, last in _stretches(start, end):
            at = self._at
            block = read(self._data, at, int(end[last - 1]))
            none = np.zeros(last - first, np.int64)
            spans = trimmed(block, start[first:last] - at, end[first:last] - at, none)
            breaks = positions(block, b"\n")
            line = np.searchsorted(breaks, spans.start) + self._line
            found.append(Spans(spans.start + at, spans.end + at, line))
            self._line += len(breaks)
            self._at = int(end[last - 1])
        return replace(joined(found), closed=closed)


def _stretches(start: Offsets, end: Offsets) -> Iterator[tuple[int, int]]:
    """Group spans that follow one another into stretches of about a block."""
    first = 0
    while first < len(start):
        last = max(first + 1, int(np.searchsorted(end, start[first] + _BLOCK)))
        yield first, last
        first = last
