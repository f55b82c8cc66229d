"""Reads CSV and TSV as the csv module does, and turns each row into a line of JSON."""

import csv
import io
import mmap
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from operator import methodcaller
from typing import NamedTuple

import orjson

from dataexplore.dataset.converted import Converter
from dataexplore.dataset.schema import TEXT_NAMES
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?")
"""A number as JSON writes it, short enough to be exact; 007 and +1 are text."""
_SAID = re.compile(rb'"?sep=([,;\t|])"?\r?\n')
_HEADER = "repeats the header"
_FIELD = 1 << 26
"""A field that is longer has a quote that nobody closed."""
_RESUMED = 100
"""So often reading goes on after a quote that was never closed."""


class _Row(NamedTuple):
    """The cells of a row, or why there are none."""

    line: int
    """Where it begins, or where what is wrong with it does; lines count from 1."""
    first: int
    after: int
    """The lines that it takes."""
    cells: Sequence[str]
    reason: str = ""


class _Lines:
    """Finds the bytes of lines that are asked for in rising order."""

    def __init__(self, data: mmap.mmap | bytes, begin: int, line: int = 1) -> None:
        self._data, self._at, self._line = data, begin, line

    def start(self, line: int) -> int:
        """Return the offset at which a line begins, the length of the data past its end."""
        while self._line < line:
            self._at = self._data.find(b"\n", self._at) + 1 or len(self._data)
            self._line += 1
        return self._at

    def of(self, row: _Row) -> bytes:
        """Return the bytes of a row."""
        start = self.start(row.first)
        return self._data[start : self.start(row.after)]


def convert_delimited(data: mmap.mmap | bytes, begin: int, tabs: bool, shown: str, into: Converter) -> None:
    """Add a line of JSON per row; a row that does not fit the header is reported with its line."""
    with _long_fields():
        begin, line, separator = _beginning(data, begin, tabs)
        header = next(_rows(data, begin, separator, line), None)
        if header is None or header.reason or not any(name.strip() for name in header.cells):
            why = f" ({header.reason})" if header and header.reason else ""
            if data.find(b"\n", begin) < 0 <= data.find(b"\r", begin):
                why = "; its lines end in CR, which `tr '\\r' '\\n'` converts"
            raise InputRefusedError(f"{shown}: its first line names no columns{why}")
        lines = _Lines(data, begin, line)
        if _broken(lines.of(header)):
            raise InputRefusedError(f"{shown}: its first line is not UTF-8; convert it with `iconv -t UTF-8`")
        names = _names(header, into)
        numeric = _numeric(data, begin, separator, names)
        for row in _rows(data, begin, separator, line):
            if row.first == header.first:
                continue
            reason, own = row.reason, b""
            if not reason and len(row.cells) != len(names):
                reason = f"expected {len(names)} fields, got {len(row.cells)}"
            if not reason:
                cells = (
                    [_number(cell) if place in numeric else cell for place, cell in enumerate(row.cells)]
                    if numeric
                    else row.cells
                )
                if row.cells == header.cells:
                    into.flag(_HEADER, (0,))
                try:
                    into.add(orjson.dumps(dict(zip(names, cells, strict=True))), row.line)
                    continue
                except TypeError:  # half a surrogate: what a byte that is no UTF-8 was decoded to
                    reason = _broken(own := lines.of(row))
            into.damage.append(Unreadable(row.line, reason, _preview(own or lines.of(row))))


def _rows(data: mmap.mmap | bytes, at: int, separator: str, line: int = 1) -> Iterator[_Row]:
    """Parse all rows; after a quote that is never closed, go on with the line after it."""
    for attempt in count(1):
        resume = yield from _run(data, at, line, separator)
        if resume is None:
            return
        at, line = resume
        if attempt == _RESUMED:
            yield _Row(line, line, line + 1, (), "not read from here on: too many quotes are never closed")
            return


def _run(
    data: mmap.mmap | bytes, at: int, line: int, separator: str
) -> Generator[_Row, None, tuple[int, int] | None]:
    reader = csv.reader(_decoded(data, at), delimiter=separator, strict=True)
    after = line
    while True:
        first = after
        try:
            cells = next(reader)
        except StopIteration:
            return None
        except csv.Error as error:
            after, reason = line + reader.line_num, str(error)
            if "unexpected end" not in reason and "larger than field limit" not in reason:
                yield _Row(first, first, after, (), _phrase(reason))
                continue
            lines = _Lines(data, at, line)
            begin = lines.start(first)
            quote = _opening(data[begin : lines.start(after)]) + begin
            opened = first + data[begin:quote].count(b"\n")
            yield _Row(opened, first, opened + 1, (), "the quote that opens here is never closed")
            return data.find(b"\n", quote) + 1 or len(data), opened + 1
        after = line + reader.line_num
        if cells:
            yield _Row(first, first, after, cells)


def _decoded(data: mmap.mmap | bytes, at: int) -> Iterator[str]:
    """Yield lines, split at LF alone; a byte that is no UTF-8 becomes half a surrogate."""
    file = data if isinstance(data, mmap.mmap) else io.BytesIO(data)
    file.seek(at)
    return map(methodcaller("decode", "utf-8", "surrogateescape"), iter(file.readline, b""))


def _opening(region: bytes) -> int:
    """Return where the quote is that is still open at the end; two in a row inside quotes are one of text."""
    quotes = [match.start() for match in re.finditer(b'"', region)]
    last = len(quotes) - 1
    while last >= 2 and quotes[last - 1] == quotes[last] - 1:
        last -= 2
    return quotes[last] if quotes else 0


def _phrase(reason: str) -> str:
    if "new-line" in reason:
        return "a carriage return in a field without quotes"
    return "text after a closing quote" if "expected after" in reason else short(reason, 80)


def _beginning(data: mmap.mmap | bytes, begin: int, tabs: bool) -> tuple[int, int, str]:
    """Return where the header begins, its line, and the separator: the comma, or what is there instead."""
    end = data.find(b"\n", begin) + 1 or len(data)
    first = data[begin:end]
    if said := _SAID.fullmatch(first):  # the line by which Excel is told
        return end, 2, said[1].decode()
    marks = "\t" if tabs else ",;\t|"
    return begin, 1, next((mark for mark in marks if mark.encode() in first), marks[0])


def _names(header: _Row, into: Converter) -> list[str]:
    """Return a name of its own for each column, and report those that had none."""
    names: dict[str, None] = {}
    made = []
    for place, name in enumerate(header.cells, 1):
        own = name if name.strip() else f"column_{place}"
        for number in count(2):
            if own not in names and (own == name or own not in header.cells):
                break
            own = f"{name.strip() or 'column'}_{number}"
        if own != name:
            made.append(f"{short(name, 30)!r} is {short(own, 40)!r}")
        names[own] = None
    if made:
        reason = f"columns without a name of their own: {short(', '.join(made), 200)}"
        into.damage.append(Unreadable(header.line, reason, short(",".join(header.cells), 80)))
    return list(names)


def _numeric(data: mmap.mmap | bytes, begin: int, separator: str, names: list[str]) -> set[int]:
    """Return the columns whose cells, empty ones apart, are all numbers; fields that are read stay text."""
    open_ = {place for place, name in enumerate(names) if name not in TEXT_NAMES}
    seen: set[int] = set()
    rows = _rows(data, begin, separator)
    next(rows, None)
    for row in rows:
        if not open_:
            break
        if len(row.cells) != len(names):
            continue
        for place in tuple(open_):
            if cell := row.cells[place]:
                (seen.add if _NUMBER.fullmatch(cell) else open_.discard)(place)
    return open_ & seen


def _number(cell: str) -> orjson.Fragment | None:
    return orjson.Fragment(cell) if cell else None


def _broken(own: bytes) -> str:
    try:
        own.decode()
    except UnicodeDecodeError as error:
        return f"not UTF-8 at byte {error.start + 1}"
    return ""


def _preview(own: bytes) -> str:
    return short(own[:200].decode("utf-8", "replace").rstrip("\r\n"), 80)


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let fields be long; the limit is one for the whole program, so it is put back."""
    before = csv.field_size_limit(_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)
