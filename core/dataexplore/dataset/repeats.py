"""Finds records that name a field twice: a parser keeps the last value and says nothing."""

import json
import re
from collections.abc import Sequence

import orjson

from dataexplore.dataset.parse import Record

REPEATED = "repeated field"
"""What the problem is called."""
_BEFORE = (b" :", b"\t:", b"\n:", b"\r:")
_APART = re.compile(rb'"[ \t\r\n]+:')
"""The end of a name with white space before its colon."""
_ESCAPED = re.compile(rb'\\+"[ \t\r\n]+:')
"""The same where a text has it, or where a name ends in backslashes."""


def repeats(rows: Sequence[bytes], records: Sequence[Record]) -> list[int]:
    """Return the places of rows (their bytes and records are given) that name a field twice, at any depth.

    Counting what looks like a name in all bytes at once is cheap; only where there are more than the records
    have is a row read once more.
    """
    if not records or _named(b"\n".join(rows)) <= _at_least(list(records)):
        return []
    return [
        place
        for place, (row, record) in enumerate(zip(rows, records, strict=True))
        if _named(row) > _at_least(record) and _names_twice(row)
    ]


def _named(row: bytes) -> int:
    """Return how many names there are in JSON, or more: text may look like one."""
    escaped = row.count(b'\\":') - row.count(b'\\\\":')
    apart = len(_APART.findall(row)) if any(white in row for white in _BEFORE) else 0
    if apart:
        apart -= sum(found[:2] != b"\\\\" for found in _ESCAPED.findall(row))
    return row.count(b'":') - escaped + apart


def _at_least(value: object) -> int:
    """Return how many names there are in a parsed value, or fewer: one may end in a backslash."""
    try:
        text = orjson.dumps(value)
    except orjson.JSONEncodeError:  # it reads deeper nesting than it writes
        return 0
    return text.count(b'":') - text.count(b'\\":')


def _names_twice(line: bytes) -> bool:
    found = False

    def watch(pairs: list[tuple[str, object]]) -> None:
        nonlocal found
        found = found or len({name for name, _ in pairs}) < len(pairs)

    try:
        json.loads(line, object_pairs_hook=watch)
    except (ValueError, RecursionError):
        return False
    return found
