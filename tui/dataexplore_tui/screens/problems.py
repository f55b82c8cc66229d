"""What is wrong with the file: lines that are no rows, and rows with odd content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, WARN, line, shown

if TYPE_CHECKING:
    from dataexplore.dataset.dataset import Dataset

_LISTED = 2000


def problem_lines(dataset: Dataset) -> list[Text]:
    """Return the unreadable lines with their reasons, then the content problems with how to see them."""
    lines = [line((f"{len(dataset.unreadable):,} unreadable lines", STRONG)), Text()]
    for bad in dataset.unreadable[:_LISTED]:
        lines.append(line((f"  line {bad.line:>9,}  ", ACCENT), shown(bad.reason, WARN)))
        lines.append(line(" " * 18, shown(bad.preview, DIM)))
    if len(dataset.unreadable) > _LISTED:
        lines.append(line((f"  … {len(dataset.unreadable) - _LISTED:,} more", DIM)))
    if not dataset.unreadable:
        lines.append(line(("  every line of the file is a row", DIM)))
    lines += [Text(), line(("Rows with a problem", STRONG)), Text()]
    for name, rows in sorted(dataset.problems.items()):
        first = ", ".join(f"{row + 1:,}" for row in rows[:8].tolist())
        more = " …" if len(rows) > 8 else ""
        lines.append(
            line(shown(f"  {name:<24.24} ", WARN), f"{len(rows):>9,}", (f"  rows {first}{more}", DIM))
        )
    if not dataset.problems:
        lines.append(line(("  none found", DIM)))
    lines += [
        Text(),
        line(("See them in mode 1:  f  problems LIKE '%empty%'", DIM)),
    ]
    return lines
