"""The threshold of duplicates as a line that a mark moves on, with what it leaves."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, line

_LENGTH = 16


def slider(
    threshold: float, floor: float, groups: int, rows_left: int, share: float | None, width: int
) -> Text:
    """Return the line; what does not fit into `width` cells is left out, the last thing first.

    `share` are the rows that have another one so near, None while that is not known.
    """
    at = round((threshold - floor) / max(1e-9, 1 - floor) * (_LENGTH - 1))
    before, after = "─" * at, "─" * (_LENGTH - 1 - at)
    text = line((f" {_digits(floor)} ├{before}", DIM), ("┃", ACCENT), (f"{after}┤ 1", DIM))
    text = line(text, (f"  >= {_digits(threshold)}", STRONG))
    for part in _parts(groups, rows_left, share):
        if text.cell_len + part.cell_len > width:
            break
        text = line(text, part)
    return text


def _parts(groups: int, rows_left: int, share: float | None) -> Iterator[Text]:
    yield line("  rows left ", (f"{rows_left:,}", STRONG))
    if share is not None:
        yield line((f"  {share:.1%} have a twin", DIM))
    yield line((f"  {groups:,} groups", DIM))


def _digits(number: float) -> str:
    """Return a similarity with two decimals, or the four that it has."""
    return f"{number:.2f}" if round(number, 2) == number else f"{number:.4f}"
