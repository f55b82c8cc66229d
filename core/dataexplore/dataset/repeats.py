"""Finds records that name a field twice: a parser keeps the last value and says nothing."""

import json
from collections.abc import Sequence

import orjson

from dataexplore.dataset.parse import Record


def repeats(rows: Sequence[bytes], records: Sequence[Record], names: Sequence[str]) -> list[int]:
    """Return the places of rows (their bytes and records are given) that name one of some fields twice.

    Counting the names in all bytes at once is cheap; only where there are too many is a record looked at.
    """
    if not records:
        return []
    region = b"\n".join(rows)
    quoted = [
        text
        for name in names
        if region.count(text := orjson.dumps(name)) > sum(name in record for record in records)
    ]
    if not quoted:
        return []
    return [
        place
        for place, row in enumerate(rows)
        if any(row.count(text) > 1 for text in quoted) and _names_twice(row)
    ]


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
