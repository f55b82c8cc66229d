"""Records whose numbers leave as they came, however many digits they have."""

import json
import re

import orjson

from dataexplore.dataset.parse import Record

_LONG = re.compile(rb"[0-9.]{16}|[0-9][eE]")
"""Digits that a 64-bit number may not hold, or a number in another notation than it would be written in."""


def exact_record(raw: bytes, *, numbers: bool = False) -> Record:
    """Return a row's fields; a number that would change on the way to JSON keeps its own text.

    With `numbers` all numbers are Python's, whole ones of any size: for columns, which have no text for them.
    """
    if not _LONG.search(raw):
        record: Record = orjson.loads(raw)
        return record
    exact: Record = json.loads(raw) if numbers else json.loads(raw, parse_int=_whole, parse_float=_broken)
    return exact


def _whole(text: str) -> object:
    number = int(text)
    return number if -(2**63) <= number < 2**64 else orjson.Fragment(text)


def _broken(text: str) -> object:
    number = float(text)
    return number if orjson.dumps(number).decode() == text else orjson.Fragment(text)
