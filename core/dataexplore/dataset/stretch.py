"""Cuts a file into stretches of whole rows, each read by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Spans

_MOST, _LEAST = 1 << 24, 1 << 22
"""Bytes that are read together: more rows at once cost memory, fewer cost time."""
_WINDOW = 1 << 16


@dataclass(frozen=True)
class Stretch:
    """Bytes of a file in which some rows stand."""

    begin: int
    stop: int
    spans: Spans | None = None
    """Where the rows are, if that is known; otherwise each is a line."""


def stretches(source: Source, spans: Spans | None) -> Iterator[Stretch]:
    """Cut a file into stretches of whole rows."""
    size = max(_LEAST, min(_MOST, source.size // 8))
    if spans is None:
        at = source.begin
        while at < source.size:
            stop = _line_end(source, at + size)
            yield Stretch(at, stop)
            at = stop
        return
    first = 0
    while first < len(spans):
        begin = int(spans.start[first])
        last = max(first + 1, int(np.searchsorted(spans.end, begin + size)))
        some = Spans(spans.start[first:last], spans.end[first:last], spans.line[first:last])
        yield Stretch(begin, int(some.end[-1]), some)
        first = last


def _line_end(source: Source, at: int) -> int:
    """Return the offset after the first line end from `at` on."""
    window = _WINDOW
    while at < source.size:
        found = source.data[at : at + window].find(b"\n")
        if found >= 0:
            return at + found + 1
        at += window
        window = min(2 * window, _MOST)
    return source.size
