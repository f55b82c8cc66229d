"""Tells an element that nothing closes from one that is sound, and where the next one begins after it."""

import json
import re

import numpy as np
import orjson

from dataexplore.dataset.brackets import Offsets
from dataexplore.dataset.filebytes import Data

WHITE = b" \t\r\n"
_NEAR = 1 << 8
"""Bytes before a bracket that are looked at for the line it stands on."""
_AHEAD = 1 << 12
"""Bytes after a bracket that are looked at for the first field."""
_FIELD = re.compile(rb'\{([ \t\r\n]*)("(?:[^"\\]|\\.)*")[ \t\r\n]*:')
# Numbers stay text: Python refuses those of thousands of digits.
_LOOSE = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)


class Beginnings:
    """What an element's opening brace looks like in one file, after the first of them.

    Where elements stand on lines of their own it is a line's indentation, else a comma or a line end, and the
    name of the first field. The name counts too where nested objects have the same indentation.
    """

    def __init__(self, data: Data, begin: int, first: int, *, named: bool) -> None:
        """Look at the brace at `first`; `named` lets the name count in any case."""
        self._data, self._begin = data, begin
        self.first = first
        """Where the first of them is."""
        before = data[max(begin, first - _NEAR) : first]
        indent = before[len(before.rstrip(b" \t")) :]
        alone = first - len(indent) == begin or before.endswith(b"\n" + indent)
        self._lead = b"\n" + indent if alone else b""
        field = _FIELD.match(data[first : first + _AHEAD])
        if not alone or (field and not indent and b"\n" in field[1]):
            named = True
        self._first = re.compile(
            rb"\{[ \t\r\n]*" + (re.escape(field[2]) + rb"[ \t\r\n]*:" if field and named else b'"')
        )
        self._known = field is not None

    def among(self, block: bytes, at: int, braces: Offsets) -> list[int]:
        """Return the offsets of those braces of the block at `at` that look like an element's."""
        if not self._known or not len(braces):
            return []
        buffer = np.frombuffer(block, np.uint8)
        last = buffer[braces - 1]
        if self._lead:
            line = braces - len(self._lead)
            worth = (line < 0) | ((buffer[np.maximum(line, 0)] == ord("\n")) & (last == self._lead[-1]))
        else:
            worth = (braces == 0) | np.isin(last, list(WHITE + b","))
        return [at + place for place in braces[worth].tolist() if self._fits(block, at, place)]

    def _fits(self, block: bytes, at: int, place: int) -> bool:
        if place < _NEAR or len(block) - place < _AHEAD:
            begin = max(self._begin, at + place - _NEAR)
            block, place = self._data[begin : at + place + _AHEAD], at + place - begin
        if self._lead:
            leads = block[max(0, place - len(self._lead)) : place] == self._lead
        else:
            before = block[max(0, place - _NEAR) : place]
            bare = before.rstrip(WHITE)
            leads = bare.endswith(b",") or b"\n" in before[len(bare) :]
        return leads and self._first.match(block, place) is not None


def is_whole(element: bytes) -> bool:
    """Tell whether all brackets and quotes of an element are closed, whatever else is wrong with it."""
    try:
        orjson.loads(element)
    except orjson.JSONDecodeError:
        return not _ends(element, anywhere=True)
    return True


def is_torn(beginning: bytes) -> bool:
    """Tell whether no JSON begins like this: reading it fails before its end."""
    return _ends(beginning, anywhere=False)


def _ends(part: bytes, *, anywhere: bool) -> bool:
    text = part.decode("utf-8", "replace").strip()
    try:
        _, end = _LOOSE.raw_decode(text)
    except json.JSONDecodeError as error:
        return anywhere or error.pos < len(text)
    except (RecursionError, ValueError):  # nested too deeply
        return False
    return end < len(text)
