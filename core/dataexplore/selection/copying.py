"""Copies rows as lines, byte for byte as they stand in the source: whole runs of them at once."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.filebytes import Data, read
from dataexplore.dataset.spans import positions

_BLOCK = 1 << 23
"""Bytes of the source that are looked at together."""
_ROWS = 1 << 18
"""Rows whose places are looked up together."""
_AROUND = 2
"""Bytes beside a row that tell an ordinary line: a line end before it, one or CR and one after it."""
_WHITE = b" \t\r"
_STEP = 64
_LF, _CR = 10, 13

Rows = NDArray[np.int64]


def copy_rows(dataset: Dataset, rows: Rows, file: BinaryIO) -> None:
    """Write whole lines: the row, the white space around it, and the line end that it has or lacks.

    A line end is added only between two rows. An edited row is written as it was edited.
    """
    edits: Mapping[int, bytes] = dataset.edits
    edited = np.fromiter(edits, np.int64, len(edits))
    open_line = False
    for here in _blocks(dataset, rows):
        for piece in _pieces(dataset, here, np.isin(here, edited) if len(edited) else None):
            file.write(b"\n" + bytes(piece) if open_line else piece)
            open_line = piece[-1] != _LF


def copy_whole(dataset: Dataset, file: BinaryIO) -> None:
    """Write a source of which nothing is left out as it is, what stands between its rows included."""
    source = dataset.source
    for at in range(source.begin, source.size, _BLOCK):
        file.write(read(source.data, at, min(source.size, at + _BLOCK)))


def on_one_line(row: bytes) -> bytes:
    """Return a row that was printed over several lines: JSON has no raw line end inside a string."""
    return row.replace(b"\r", b" ").replace(b"\n", b" ")


def _blocks(dataset: Dataset, rows: Rows) -> Iterator[Rows]:
    """Group rows that lie within a block's length."""
    for at in range(0, len(rows), _ROWS):
        some = rows[at : at + _ROWS]
        start, first = dataset.spans.start[some], 0
        while first < len(some):
            last = max(first + 1, int(np.searchsorted(start, start[first] + _BLOCK)))
            yield some[first:last]
            first = last


def _pieces(dataset: Dataset, rows: Rows, edited: NDArray[np.bool_] | None) -> Iterator[bytes | memoryview]:
    """Yield the lines of rows: those that are ordinary and follow one another as one piece."""
    source = dataset.source
    start = dataset.spans.start[rows]
    end = start + dataset.spans.size[rows]
    begin = max(source.begin, int(start[0]) - 1)
    block = read(source.data, begin, min(source.size, int(end[-1]) + _AROUND))
    plain, tail = _ordinary(block, start - begin, end - begin)
    if edited is not None:
        plain &= ~edited
    follows = (rows[1:] == rows[:-1] + 1) & plain[1:] & plain[:-1] & (start[1:] == end[:-1] + tail[:-1])
    firsts = np.flatnonzero(np.concatenate(([True], ~follows)))
    lasts = np.append(firsts[1:], len(rows)) - 1
    view = memoryview(block)
    at = (start[firsts] - begin).tolist()
    stop = (end[lasts] + tail[lasts] - begin).tolist()
    for first, opened, closed in zip(firsts.tolist(), at, stop, strict=True):
        if plain[first]:
            yield view[opened:closed]
        else:
            yield _line(dataset, int(rows[first]))


def _ordinary(block: bytes, start: Rows, end: Rows) -> tuple[NDArray[np.bool_], Rows]:
    """Tell which rows are a line by themselves with nothing but a line end after it, and how long that is."""
    padded = np.frombuffer(block + bytes(_AROUND), np.uint8)
    one = padded[end] == _LF
    two = (padded[end] == _CR) & (padded[end + 1] == _LF)
    breaks = positions(block, b"\n")
    whole = np.searchsorted(breaks, start) == np.searchsorted(breaks, end)
    alone = (start == 0) | (padded[np.maximum(start - 1, 0)] == _LF)
    return (one | two) & whole & alone, np.where(two, 2, 1)


def _line(dataset: Dataset, row: int) -> bytes:
    """Return the line of one row, however it stands in the source."""
    data, begin = dataset.source.data, dataset.source.begin
    start, end = dataset.spans.bounds(row)
    content = dataset.raw(row)
    if b"\n" in content:
        content = on_one_line(content)
    return _before(data, start, begin) + content + _after(data, end)


def _before(data: Data, start: int, begin: int) -> bytes:
    """Return the white space at the start of a line."""
    found = b""
    while start > begin:
        piece = data[max(begin, start - _STEP) : start]
        white = piece[len(piece.rstrip(_WHITE)) :]
        found = white + found
        if len(white) < len(piece):
            return found if piece[: len(piece) - len(white)].endswith(b"\n") else b""
        start -= len(piece)
    return found


def _after(data: Data, end: int) -> bytes:
    """Return the white space up to the line end, and the line end; in an array just a line end."""
    found = b""
    while piece := data[end : end + _STEP]:
        rest = piece.lstrip(_WHITE)
        found += piece[: len(piece) - len(rest)]
        if rest:
            return found + b"\n" if rest.startswith(b"\n") else b"\n"
        end += len(piece)
    return found
