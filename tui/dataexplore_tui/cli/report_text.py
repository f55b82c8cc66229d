"""A report as lines for people, 80 columns wide."""

from collections.abc import Sequence
from textwrap import wrap

from dataexplore.dataset.dataset import Dataset
from dataexplore.report.language_names import language_name
from dataexplore.report.lengths import Spread
from dataexplore.report.report import Finding, Report, percent
from dataexplore.text import short
from dataexplore_tui.cli.output import plural, table
from dataexplore_tui.cli.places import places
from dataexplore_tui.cli.report_json import roles

_LISTED = 20
_LANGUAGES = 8
_WIDTH = 70
_NAME = 30
"""Characters of a finding's name: with two places a line stays below 80 columns."""
_MORE = "and {:,} more; --json lists all"


def as_lines(dataset: Dataset, report: Report, edited: int = 0) -> list[str]:
    """Return what `check` prints; `edited` rows are other ones in the workspace."""
    blocks = [
        table(_summary(dataset, report, edited)),
        _unreadable(report),
        _findings(dataset, report, "problem", report.of_kind("problem")),
        _secrets(dataset, report),
        _empty(report),
        _repeats(report),
        _lengths(report),
        _findings(dataset, report, "answers (by how they begin)", report.of_kind("refusal")),
        _languages(report),
    ]
    return [line for block in blocks if block for line in ("", *block)][1:]


def _summary(dataset: Dataset, report: Report, edited: int) -> list[tuple[str, object]]:
    lines: list[tuple[str, object]] = [
        ("file", short(str(dataset.path), 200)),
        ("format", f"{dataset.format}, {bytes_text(report.size)}"),
        ("rows", f"{report.rows:,}"),
    ]
    if edited:
        how = ", counted as edited" if dataset.edits else " in the workspace; --edits counts them as edited"
        lines.append(("edited", plural(edited, "row") + how))
    mixed = len(report.schemas) > 1
    for place, (schema, rows) in enumerate(report.schemas[:_LISTED]):
        meanings = ", ".join(f"{role}: {name}" for role, name in roles(schema).items())
        said = f"{schema.kind} ({short(meanings, 200)})" if meanings else schema.kind
        lines += _folded("" if place else "schema", f"{rows:>9,} {said}" if mixed else said)
    if len(report.schemas) > _LISTED:
        lines.append(("", _MORE.format(len(report.schemas) - _LISTED)))
    lines += _folded("fields", _some(report.fields))
    problems, secrets = report.of_kind("problem"), report.of_kind("secret")
    verdict = [
        plural(len(report.unreadable), "unreadable line"),
        plural(len(problems), "kind") + " of problem",
        plural(sum(len(one.rows) for one in secrets), "secret"),
    ]
    lines.append(("found", ", ".join(verdict)))
    return lines


def _folded(name: str, text: str) -> list[tuple[str, str]]:
    """Break a long line at spaces; its parts stand below one another."""
    parts = wrap(text, _WIDTH, drop_whitespace=False, break_on_hyphens=False) or [""]
    return [("" if place else name, part if not place else part.lstrip()) for place, part in enumerate(parts)]


def _some(names: Sequence[str]) -> str:
    listed = short(", ".join(short(name, 40) for name in names[:_LISTED]), 400)
    more = len(names) - _LISTED
    return f"{listed}, {_MORE.format(more)}" if more > 0 else listed


def _unreadable(report: Report) -> list[str]:
    bad = report.unreadable
    if not bad:
        return []
    room = max(len(f"{one.line:,}") for one in bad[:_LISTED])
    rows = [
        (f"{number:>{max(4, room)}}", part)
        for one in bad[:_LISTED]
        for number, part in _folded(f"{one.line:,}", short(one.reason, 200))
    ]
    lines = table(rows, (f"{'line':>{max(4, room)}}", "unreadable because"))
    return [*lines, _MORE.format(len(bad) - _LISTED)] if len(bad) > _LISTED else lines


def _findings(dataset: Dataset, report: Report, title: str, findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    rows = [
        (short(one.name, _NAME), len(one.rows), percent(len(one.rows), report.rows), places(dataset, one))
        for one in findings[:_LISTED]
    ]
    lines = table(rows, (title, "rows", "  share", "first"))
    return [*lines, _MORE.format(len(findings) - _LISTED)] if len(findings) > _LISTED else lines


def _secrets(dataset: Dataset, report: Report) -> list[str]:
    found = report.of_kind("secret")
    if not found:
        return []
    rows = [
        (one.name, len(one.rows), ", ".join(dict.fromkeys(one.starts[:3])), places(dataset, one))
        for one in found
    ]
    return table(rows, ("looks like a secret", "rows", "starts", "first"))


def _empty(report: Report) -> list[str]:
    rows = [(short(name, _NAME), count, percent(count, report.rows)) for name, count in report.empty.items()]
    return table(rows, ("blank field", "rows", "  share")) if rows else []


def _repeats(report: Report) -> list[str]:
    rows = [
        (one.what, one.rows, percent(one.rows, report.rows), one.groups, one.largest if one.groups else None)
        for one in report.repeats
    ]
    return table(rows, ("exact repeats of a", "rows", "  share", "groups", "largest"))


def _lengths(report: Report) -> list[str]:
    spreads = {**report.lengths, "whole, in tokens": report.tokens}
    heads = ("least", "5 %", "median", "mean", "95 %", "99 %", "most")
    rows = [heads, *(_spread(one) for one in spreads.values())]
    wide = [max(len(row[place]) for row in rows) for place in range(len(heads))]
    padded = [[f"{cell:>{width}}" for cell, width in zip(row, wide, strict=True)] for row in rows]
    lines = table([(name, *row) for name, row in zip(("characters", *spreads), padded, strict=True)])
    how = f"counted with {short(report.counted_by, 40)}" if report.exact else report.counted_by
    over = f"{plural(report.over, 'row')} of more than {report.max_tokens:,}"
    return [*lines, f"tokens {how}; {over}: {percent(report.over, report.rows).strip()}"]


def _spread(one: Spread) -> tuple[str, ...]:
    figures = (one.least, one.p5, one.median, round(one.mean), one.p95, one.p99, one.most)
    return tuple(f"{figure:,}" if figure < 10**7 else f"{figure / 10**6:,.1f}M" for figure in figures)


def _languages(report: Report) -> list[str]:
    found = report.languages
    if not found.labels:
        return []
    size = len(found.sample)
    rows = [(language_name(label), count, percent(count, size)) for label, count in found.counts[:_LANGUAGES]]
    of = "all rows" if size == report.rows else f"a sample of {size:,}"
    lines = table(rows, ("language", "rows", "  share"))
    lines[0] += f"  of {of}, by {found.by}"
    more = len(found.counts) - _LANGUAGES
    rest = [_MORE.format(more)] if more > 0 else []
    return [*lines, *rest, found.note] if found.note else [*lines, *rest]


def bytes_text(size: int) -> str:
    """Return a file's size as a person says it."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return plural(size, "byte")
