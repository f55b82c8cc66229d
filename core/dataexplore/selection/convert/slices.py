"""Cuts JSON text into the texts of its members, so that each keeps its spelling."""

from collections.abc import Iterator
from json import JSONDecoder

_DECODER = JSONDecoder(parse_int=str, parse_float=str)
"""Only where a value ends is asked; Python refuses to make numbers of thousands of digits."""
_WHITE = " \t\r\n"


def items(text: str) -> list[str]:
    """Return the texts of the items of valid JSON that is an array; RecursionError for a very deep one."""
    return [value for _, value in _parts(text, named=False)]


def members(text: str) -> list[tuple[str, str]]:
    """Return names and texts of values of valid JSON that is an object; RecursionError if it is very deep."""
    return list(_parts(text, named=True))


def _parts(text: str, *, named: bool) -> Iterator[tuple[str, str]]:
    at, name = _skip(text, _skip(text, 0) + 1), ""
    while text[at] not in "]}":
        if named:
            name, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, at)
        yield name, text[at:end]
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at] in _WHITE:
        at += 1
    return at
