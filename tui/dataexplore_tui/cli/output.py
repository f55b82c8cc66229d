"""What the verbs print: data on stdout, messages on stderr, everything from the data made visible."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dataexplore.text import visible


def put_json(found: Mapping[str, Any]) -> None:
    """Print one object on one line, in ASCII: no byte of the data can act on a terminal."""
    sys.stdout.write(json.dumps(found, allow_nan=False) + "\n")


def put(lines: Iterable[str]) -> None:
    """Print lines for people."""
    for line in lines:
        sys.stdout.write(visible(line) + "\n")


def say(message: str) -> None:
    """Print one line on stderr, after whatever progress is shown there."""
    sys.stderr.write(f"dataexplore: {visible(message)}\n")
    sys.stderr.flush()


def table(rows: Sequence[Sequence[object]], header: Sequence[str] = ()) -> list[str]:
    """Return the rows as aligned lines: numbers to the right, None as a dash."""
    cells = [[_cell(value) for value in row] for row in rows]
    right = [
        all(isinstance(row[place], int | float | None) for row in rows) for place in range(_columns(rows))
    ]
    shown = ([list(header)] if header else []) + cells
    widths = [max(_width(row[place]) for row in shown) for place in range(_columns(shown))]
    lines = []
    for row in shown:
        padded = []
        for place, cell in enumerate(row):
            room = " " * (widths[place] - _width(cell))
            padded.append(room + cell if place < len(right) and right[place] else cell + room)
        lines.append("  ".join(padded).rstrip())
    return lines


def plural(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _columns(rows: Sequence[Sequence[object]]) -> int:
    return len(rows[0]) if rows else 0


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    return visible(str(value))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) != 0 for char in text)
