"""What is in a file as lines: some only say something, others lead to rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore.report.language_names import language_name
from dataexplore.report.report import percent
from dataexplore.text import short
from dataexplore_tui.widgets.ink import ACCENT, DIM, PLAIN, STRONG, WARN, line, shown

if TYPE_CHECKING:
    from rich.style import Style

    from dataexplore.dataset.dataset import Dataset
    from dataexplore.report.report import Finding, Kind, Report

_LISTED = 500
"""Unreadable lines on screen; `check --json` lists all."""
_FIRST = 6
_WIDTH = 30


@dataclass(frozen=True)
class Entry:
    """One line, and the rows that it leads to: as many of them are named as fit."""

    text: Text
    finding: Finding | None = None
    bad: bool = False
    """Whether it says of a line that it is no row."""


class Entries:
    """The lines of a report, for a list."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def line(self, index: int, width: int) -> Text:
        """Return one line."""
        entry = self._entries[index]
        return entry.text if entry.finding is None else _with_rows(entry.text, entry.finding, width)

    def finding(self, index: int) -> Finding | None:
        """Return what a line leads to."""
        return self._entries[index].finding if 0 <= index < len(self._entries) else None

    @property
    def first_wrong(self) -> int:
        """The first line that says what is wrong, 0 when nothing is."""
        places = (place for place, one in enumerate(self._entries) if one.bad or one.finding is not None)
        return next(places, 0)


def entries(dataset: Dataset, problems: Sequence[Finding], report: Report | None) -> Entries:
    """Return what is known: the lines that are no rows and the problems at once, the rest with the report."""
    made = [*_unreadable(dataset), *_section("Problems", problems, len(dataset), WARN)]
    if report is not None:
        made += [*_findings(report), *_lengths(report), *_languages(report)]
    return Entries([*_summary(dataset), *made])


def _summary(dataset: Dataset) -> Iterator[Entry]:
    yield _plain("rows", f"{len(dataset):,}")
    yield _plain("format", dataset.format)
    for kind, rows in dataset.kinds.items():
        yield _plain("schema", f"{kind}  {rows:,}" if len(dataset.kinds) > 1 else kind)
    yield _plain("fields", ", ".join(dataset.table.fields[:40]))


def _plain(name: str, value: str) -> Entry:
    return Entry(line((f" {name:<9}", DIM), shown(value)))


def _unreadable(dataset: Dataset) -> Iterator[Entry]:
    bad, (kind, whole) = dataset.unreadable, _held_in(dataset.format)
    yield from _heading(f"{len(bad):,} unreadable {kind}s")
    for one in bad[:_LISTED]:
        yield Entry(line((f"   line {one.line:>9,}  ", ACCENT), shown(one.reason, WARN)), bad=True)
        yield Entry(line(" " * 19, shown(one.preview, DIM)))
    if len(bad) > _LISTED:
        yield Entry(line((f"   and {len(bad) - _LISTED:,} more; `check --json` lists all", DIM)))
    if not bad:
        yield Entry(line((f"   every {kind} of the {whole} is a row", DIM)))


def _held_in(format_: str) -> tuple[str, str]:
    """Return what a row is in a file of some format, and what it is a part of."""
    if format_.endswith("jsonl"):
        return "line", "file"
    return ("element", "array") if format_.endswith("json array") else ("record", "file")


def _findings(report: Report) -> Iterator[Entry]:
    sections: tuple[tuple[str, tuple[Kind, ...], Style], ...] = (
        ("What looks like a secret", ("secret",), WARN),
        ("Exact repeats", ("repeat",), PLAIN),
        ("Blank fields", ("empty",), PLAIN),
        ("Answers, by how they begin", ("refusal",), PLAIN),
    )
    for title, kinds, style in sections:
        yield from _section(title, report.of_kind(*kinds), report.rows, style)


def _section(title: str, findings: Sequence[Finding], rows: int, style: Style) -> Iterator[Entry]:
    yield from _heading(title)
    for one in findings:
        yield _found(one, one.name, percent(len(one.rows), rows), style)
    if not findings:
        yield Entry(line(("   none", DIM)))


def _found(finding: Finding, name: str, part: str, style: Style) -> Entry:
    count = f"{len(finding.rows):>10,} {part:>8}"
    return Entry(line(shown(f"   {short(name, _WIDTH):<{_WIDTH}}", style), count), finding)


def _with_rows(text: Text, finding: Finding, width: int) -> Text:
    first = [f" {row + 1:,}" for row in finding.rows[:_FIRST].tolist()]
    for some in range(len(first), 0, -1):
        more = " …" if some < len(finding.rows) else ""
        named = line(text, (f"  row{'s' * (len(finding.rows) > 1)}{','.join(first[:some])}{more}", DIM))
        if named.cell_len <= width:
            return named
    return text


def _lengths(report: Report) -> Iterator[Entry]:
    names = ("least", "5 %", "median", "95 %", "99 %", "most")
    yield from _heading("Lengths in characters")
    yield Entry(line((f"   {'':<17}" + "".join(f"{name:>8}" for name in names), DIM)))
    spreads = {**report.lengths, "whole, in tokens": report.tokens}
    for name, one in spreads.items():
        figures = (one.least, one.p5, one.median, one.p95, one.p99, one.most)
        yield Entry(line(f"   {name:<17}", *(f"{figure:>8,}" for figure in figures)))
    yield Entry(line(shown(f"   tokens {'by ' if report.exact else ''}{report.counted_by}", DIM)))
    for finding in report.of_kind("long"):
        yield _found(finding, finding.name, percent(len(finding.rows), report.rows), PLAIN)


def _languages(report: Report) -> Iterator[Entry]:
    found = report.languages
    whole = len(found.sample)
    of = "all rows" if whole == report.rows else f"a sample of {whole:,} rows"
    yield from _heading(f"Languages of {of}")
    for finding in report.of_kind("language"):
        name = language_name(finding.name.removeprefix("language "))
        yield _found(finding, name, percent(len(finding.rows), whole), PLAIN)
    yield Entry(line(shown(f"   {found.note or f'told by {found.by}'}", DIM)))


def _heading(text: str) -> Iterator[Entry]:
    yield Entry(Text(end=""))
    yield Entry(line((f" {text}", STRONG)))
