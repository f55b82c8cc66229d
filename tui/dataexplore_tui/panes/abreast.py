"""Two texts side by side where there is room for two columns, else one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from dataexplore_tui.widgets.ink import ACCENT, DIM, line, shown, shown_lines
from dataexplore_tui.widgets.strips import wrapped

TWO_COLUMNS = 100
"""Cells from which on two answers stand side by side."""
_LONGEST = 20_000
"""Characters of one text that are laid out."""


def abreast(left: tuple[Text, str], right: tuple[Text, str], width: int) -> list[Text]:
    """Return two headed texts as lines of at most `width` cells."""
    if width < TWO_COLUMNS:
        return [*_column(*left, width), Text(end=""), *_column(*right, width)]
    half = (width - 3) // 2
    one, other = _column(*left, half), _column(*right, half)
    lines = []
    for at in range(max(len(one), len(other))):
        cell = one[at].copy() if at < len(one) else Text(end="")
        cell.truncate(half, pad=True)
        lines.append(line(cell, (" │ ", DIM), other[at] if at < len(other) else Text(end="")))
    return lines


def said_lines(said: Sequence[tuple[str, str]], width: int) -> list[Text]:
    """Return the turns before the answer, each under who speaks; a single one is the prompt."""
    lines: list[Text] = []
    for role, text in said:
        lines.append(line(shown(role, ACCENT) if len(said) > 1 else ("prompt", ACCENT)))
        lines += block(text, width)
    return lines


def block(text: str, width: int) -> list[Text]:
    """Return a text from data, indented and cut where it is very long."""
    lines = [
        line("  ", part) for raw in shown_lines(text[:_LONGEST]) for part in wrapped(raw, max(8, width - 2))
    ]
    if len(text) > _LONGEST:
        lines.append(line((f"  … {len(text) - _LONGEST:,} more characters", DIM)))
    return lines


def _column(heading: Text, text: str, width: int) -> list[Text]:
    said = block(text, width) if text.strip() else [line(("  said nothing", DIM))]
    return [*wrapped(heading, width), *said]
