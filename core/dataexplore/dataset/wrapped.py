"""Turns one JSON object that holds all records, by name or under one name, into lines; their bytes stay."""

import re
from collections.abc import Iterable, Iterator

import orjson

from dataexplore.dataset.converted import Converter
from dataexplore.dataset.filebytes import Data, read
from dataexplore.dataset.holding import MEMBER, pointer_to
from dataexplore.dataset.nesting import Nesting
from dataexplore.dataset.spans import Spans, array_spans, nested_spans
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.text import short

_ID = "_id"
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(rb'[^",{}\[\]\s]+')
_NAME = 1 << 16
"""Bytes in which a member's name ends."""
_PIECE = 1 << 24
"""Bytes that are read together."""
_SHOWN = 200
"""Bytes of what is shown of something that is no row."""


def convert_wrapped(data: Data, begin: int, under: str, into: Converter) -> None:
    """Add a line per record of the object that begins at `begin`; records by name get the name as `_id`.

    `under` points to the records as `holding.wrapping` says, "" where the object holds them by name.
    """
    head = data[begin : begin + _PIECE]
    begin += len(head) - len(head.lstrip())
    if under:
        pointer, _, inner = under.partition("/*/")
        _Walk(data, into, inner).whole(begin, pointer)
    else:
        _by_name(data, begin, into)


def _by_name(data: Data, begin: int, into: Converter) -> None:
    column = _free_name(data, begin)
    nesting = Nesting(data, begin, 1)
    for line, text in _texts(data, nested_spans(data, begin, nesting)):
        name, value = _member(text)
        if value[:1] == b"{":
            rest = value[1:].lstrip()
            comma = b"" if rest.startswith(b"}") else b","
            into.add(_one_line(b'{"' + column.encode() + b'":' + name + comma + rest), line)
        else:
            into.damage.append(Unreadable(line, "no record", _preview(text)))
    if not nesting.closed:
        into.damage.append(Unreadable(_last_line(data), "cut off at end of file: the object is not closed"))


class _Walk:
    """Goes through the members of an object once, from first to last, and takes the records on its way."""

    def __init__(self, data: Data, into: Converter, inner: str) -> None:
        self._data, self._into, self._inner = data, into, inner
        self._at = 0
        self._line, self._counted = 1, 0

    def whole(self, begin: int, pointer: str) -> None:
        """Take the records at `pointer` in the object at `begin`, report what stands beside and after."""
        self._through(begin, pointer)
        if self._data[self._at : self._at + _PIECE].strip():
            reason = "what follows is no member of the object and is in no row"
            self._note(self._at, len(self._data), reason)

    def _through(self, begin: int, pointer: str) -> None:
        first, slash, rest = pointer[1:].partition("/")
        self._at = begin + 1
        while (found := self._next()) is not None:
            name, start = found
            kind = self._data[start : start + 1]
            here = pointer_to(name) == f"/{first}"
            if here and slash and kind == b"{":
                self._through(start, f"/{rest}")
            elif here and not slash and kind == b"[":
                self._at = self._elements(start)
            else:
                self._at = _end(self._data, start)
                reason = f"{short(name, 40)!r} stands beside the records and is in no row"
                self._note(start, self._at, reason)

    def _next(self) -> tuple[str, int] | None:
        """Return the next member's name and where its value begins; None where the object ends."""
        head = self._data[self._at : self._at + _NAME]
        bare = head.lstrip(b" \t\r\n,")
        self._at += len(head) - len(bare)
        found = MEMBER.match(bare)
        if found is None:
            self._at += bare.startswith(b"}")
            return None
        try:
            return str(orjson.loads(found[1])), self._at + found.end()
        except orjson.JSONDecodeError:
            return None

    def _elements(self, start: int) -> int:
        """Add the elements of the list at `start`; return where it ends."""
        nesting = Nesting(self._data, start, 1, alone=False)
        for line, text in _texts(self._data, nested_spans(self._data, start, nesting)):
            record = self._record(text, line) if self._inner else text
            if record:
                self._into.add(_one_line(record), line)
        if not nesting.closed:
            reason = "cut off at end of file: the list of records is not closed"
            self._into.damage.append(Unreadable(_last_line(self._data), reason))
        return nesting.end

    def _record(self, text: bytes, line: int) -> bytes:
        """Return the record that an element holds under a name; report the elements that hold none."""
        damage = self._into.damage
        members = dict(_member(own) for _, own in _texts(text, [array_spans(text, 0)]))
        record = members.pop(orjson.dumps(self._inner), b"")
        if record[:1] != b"{":
            damage.append(Unreadable(line, f"no record under {self._inner!r}", _preview(text)))
            return b""
        cut = members.get(b'"truncated_cells"', b"[]")
        if cut[1:-1].strip():
            damage.append(Unreadable(line, "the server cut cells of this row short", _preview(cut)))
        if members and not len(self._into):
            names = b", ".join(members).decode("utf-8", "replace")
            reason = f"{short(names, 80)} stand beside each record and are in no row"
            damage.append(Unreadable(line, reason))
        return record

    def _note(self, start: int, end: int, reason: str) -> None:
        """Report what is in no row, with the line on which it begins."""
        shown = self._data[start : min(end, start + _SHOWN)]
        start += len(shown) - len(shown.lstrip())
        self._line += _line_ends(self._data, self._counted, start)
        self._counted = start
        self._into.damage.append(Unreadable(self._line, reason, _preview(shown)))


def _end(data: Data, start: int) -> int:
    """Return where the value that begins at `start` ends."""
    if data[start : start + 1] in (b"{", b"["):
        nesting = Nesting(data, start, 1, alone=False)
        for _ in nesting.elements(_PIECE, _PIECE):
            pass
        return nesting.end
    size = _NAME
    while True:
        part = data[start : start + size]
        found = _STRING.match(part) or _SCALAR.match(part)
        if found and (found.end() < len(part) or start + size >= len(data)):
            return start + found.end()
        if start + size >= len(data):
            return len(data)
        size *= 2


def _texts(data: Data, some: Iterable[Spans]) -> Iterator[tuple[int, bytes]]:
    """Yield each span's line and bytes, read many at a time."""
    for spans in some:
        if not len(spans):
            continue
        first = int(spans.start[0])
        block = read(data, first, int(spans.end[-1]))
        places = (spans.line.tolist(), (spans.start - first).tolist(), (spans.end - first).tolist())
        for line, start, end in zip(*places, strict=True):
            yield line, block[start:end]


def _member(text: bytes) -> tuple[bytes, bytes]:
    found = MEMBER.match(text)
    return (found[1], text[found.end() :]) if found else (b"", text)


def _free_name(data: Data, begin: int) -> str:
    """Return a name for the column of names that no record has."""
    name = _ID
    while _holds(data, begin, b'"' + name.encode() + b'"'):
        name = "_" + name
    return name


def _holds(data: Data, begin: int, wanted: bytes) -> bool:
    more = len(wanted) - 1
    return any(wanted in data[at : at + _PIECE + more] for at in range(begin, len(data), _PIECE))


def _last_line(data: Data) -> int:
    bare = data[max(0, len(data) - _NAME) :]
    return 1 + _line_ends(data, 0, len(data) - len(bare) + len(bare.rstrip()))


def _line_ends(data: Data, begin: int, end: int) -> int:
    return sum(data[at : min(at + _PIECE, end)].count(b"\n") for at in range(begin, end, _PIECE))


def _one_line(record: bytes) -> bytes:
    """JSON has no raw line end inside a string, so one in a record only separates its parts."""
    return record.replace(b"\r", b" ").replace(b"\n", b" ")


def _preview(value: bytes) -> str:
    return short(value[:_SHOWN].decode("utf-8", "replace"), 80)
