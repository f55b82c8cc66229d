"""Cuts the bytes of a stretch into rows."""

import io
from collections.abc import Sequence
from typing import overload

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.filebytes import read
from dataexplore.dataset.source import Source
from dataexplore.dataset.spans import Offsets, Spans, positions, trimmed
from dataexplore.dataset.stretch import Stretch


class Rows(Sequence[bytes]):
    """The bytes of the rows of a stretch; each is cut out when it is asked for."""

    def __init__(self, block: bytes, begin: int, spans: Spans, lines: int, *, alone: bool) -> None:
        self._block, self._begin = block, begin
        self.spans = spans
        """Where the rows stand in the file."""
        self.lines = lines
        """Line ends in the stretch."""
        self.block = block if alone else None
        """The same rows with nothing but a line end after each; None where there is more between them."""

    def __len__(self) -> int:
        return len(self.spans)

    def some(self, places: NDArray[np.int64]) -> list[bytes]:
        """Cut out several at once."""
        starts, ends = self.spans.start[places] - self._begin, self.spans.end[places] - self._begin
        block = self._block
        return [block[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        start, end = int(self.spans.start[place]), int(self.spans.end[place])
        return self._block[start - self._begin : end - self._begin]


def rows_of(source: Source, stretch: Stretch) -> tuple[Rows, pl.Series | None]:
    """Cut a stretch into rows; also return them as text, where that is known already."""
    begin = stretch.begin
    block = read(source.data, begin, stretch.stop)
    if stretch.spans is not None:
        return Rows(block, begin, stretch.spans, 0, alone=False), None
    ended = block.endswith(b"\n")
    texts = _lines_of(block)
    if texts is not None:
        ends = np.cumsum(texts.str.len_bytes().to_numpy().astype(np.int64) + 1) - 1
        starts = np.concatenate(([0], ends[:-1] + 1))
        if _are_rows(block, starts, ends):
            spans = Spans(starts + begin, ends + begin, np.arange(1, len(starts) + 1))
            return Rows(block, begin, spans, len(starts) - 1 + ended, alone=True), texts
    breaks = positions(block, b"\n")
    ends = breaks if ended else np.append(breaks, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1))
    spans = trimmed(block, starts, ends, np.arange(1, len(starts) + 1)).moved(begin)
    return Rows(block, begin, spans, len(breaks), alone=False), None


def _are_rows(block: bytes, starts: Offsets, ends: Offsets) -> bool:
    """Tell whether lines are the whole block, and each looks like an object with no space around it."""
    if not len(ends) or ends[-1] + block.endswith(b"\n") != len(block) or not (starts < ends).all():
        return False
    buffer = np.frombuffer(block, np.uint8)
    return bool(
        (buffer[ends[:-1]] == ord("\n")).all()
        and (buffer[starts] == ord("{")).all()
        and (buffer[ends - 1] == ord("}")).all()
    )


def _lines_of(block: bytes) -> pl.Series | None:
    """Split a block into lines of text; None where it is not all UTF-8."""
    try:
        return pl.scan_lines(io.BytesIO(block)).collect().to_series()
    except pl.exceptions.ComputeError:
        return None
