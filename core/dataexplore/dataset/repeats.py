"""Finds records that name a field twice: a parser keeps the last value and says nothing."""

import json
import mmap
from collections.abc import Sequence

import orjson

from dataexplore.dataset.parse import Record


def repeats(
    data: mmap.mmap | bytes,
    spans: Sequence[tuple[int, int]],
    records: Sequence[Record],
    names: Sequence[str],
) -> list[int]:
    """Return the places in `records` of those that name one of some fields twice; `spans` are their bytes.

    Counting the names in all bytes at once is cheap; only where there are too many is a record looked at.
    """
    if not records:
        return []
    region = data[spans[0][0] : spans[-1][1]]
    quoted = [
        text
        for name in names
        if region.count(text := orjson.dumps(name)) > sum(name in record for record in records)
    ]
    if not quoted:
        return []
    lines = (data[start:end] for start, end in spans)
    return [
        place
        for place, line in enumerate(lines)
        if any(line.count(text) > 1 for text in quoted) and _names_twice(line)
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
