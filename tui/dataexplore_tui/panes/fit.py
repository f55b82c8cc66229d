"""What a conversion would do, as lines of an overlay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, WARN, line, shown

if TYPE_CHECKING:
    from dataexplore.selection.convert.report import Reason, Report

_FIRST = 3
"""Rows that are named; more do not fit on a line of 80."""


def fit_lines(report: Report) -> list[Text]:
    """Return how many rows fit, why others do not, and what is written in another way."""
    form = f", written as {report.form}" if report.form else ""
    lines = [line((f"{report.fit:,} of {report.rows:,} rows fit", STRONG), f" {report.target}{form}")]
    if report.as_they_are:
        lines.append(line((f"{report.as_they_are:,} have that form already and stay as they are", DIM)))
    if report.reasons:
        lines += [Text(), line((f"{report.unfit:,} rows cannot be held and are left out", WARN))]
        lines += _listed(report.reasons.values())
        lines.append(line(("  they are listed, whole and with their reasons, in a file beside", DIM)))
    if report.notes:
        lines += [Text(), line(("written in another way", STRONG)), *_listed(report.notes.values())]
    if report.fit:
        lines += [
            Text(),
            line(("enter", ACCENT), " asks where to write; ", ("esc", ACCENT), " writes nothing"),
        ]
    return lines


def _listed(reasons: Iterable[Reason]) -> list[Text]:
    lines = []
    for one in sorted(reasons, key=lambda one: -one.rows):
        first = ", ".join(f"{row + 1:,}" for row in one.first[:_FIRST]) + (" …" if one.rows > _FIRST else "")
        lines.append(line(f"{one.rows:>9,}  ", shown(one.words), (f"  rows {first}", DIM)))
    return lines
