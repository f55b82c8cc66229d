"""A report as one object for programs; its keys stay."""

from dataclasses import asdict, fields
from typing import Any

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.schema import Schema
from dataexplore.report.lengths import Spread
from dataexplore.report.report import Finding, Kind, Report
from dataexplore_tui.cli.places import file_of, files_of


def as_object(dataset: Dataset, report: Report, edited: int = 0) -> dict[str, Any]:
    """Return what `check --json` prints; `edited` rows are other ones in the workspace."""
    languages = report.languages
    return {
        "path": str(dataset.path),
        "format": dataset.format,
        "bytes": report.size,
        "rows": report.rows,
        "files": [{"path": str(path), "rows": rows} for path, rows in files_of(dataset)],
        "edited": edited,
        "edits_counted": bool(dataset.edits),
        "schema": dataset.schema.kind,
        "roles": roles(dataset.schema),
        "schemas": [{"schema": one.kind, "roles": roles(one), "rows": rows} for one, rows in report.schemas],
        "fields": list(report.fields),
        "bad": report.bad,
        "unreadable": [{"line": bad.line, "reason": bad.reason} for bad in report.unreadable],
        "problems": _counts(report, "problem"),
        "secrets": _counts(report, "secret"),
        "empty": dict(report.empty),
        "repeats": {
            one.what: {"rows": one.rows, "groups": one.groups, "largest": one.largest}
            for one in report.repeats
        },
        "lengths": {name: _spread(one) for name, one in report.lengths.items()},
        "tokens": {
            "counted_by": report.counted_by,
            "exact": report.exact,
            **_spread(report.tokens),
            "total": report.tokens.total,
            "max_length": report.max_tokens,
            "over": report.over,
        },
        "refusals": _counts(report, "refusal"),
        "languages": {
            "by": languages.by,
            "sample": len(languages.sample),
            "seed": report.seed,
            "counts": dict(languages.counts),
        },
        "findings": [_finding(dataset, one) for one in report.findings],
    }


def roles(schema: Schema) -> dict[str, str]:
    """Return the fields of a schema by what they mean."""
    meanings = ((one.name, getattr(schema, one.name)) for one in fields(schema))
    return {name: field for name, field in meanings if name != "kind" and isinstance(field, str) and field}


def _counts(report: Report, kind: Kind) -> dict[str, int]:
    return {one.name: len(one.rows) for one in report.findings if one.kind == kind}


def _spread(lengths: Spread) -> dict[str, int | float]:
    figures: dict[str, int | float] = asdict(lengths)
    del figures["total"]
    return figures


def _finding(dataset: Dataset, finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "name": finding.name,
        "rows": len(finding.rows),
        "first_file": str(file_of(dataset, int(finding.rows[0]))),
        "first_line": dataset.spans.line_of(int(finding.rows[0])),
        "at": finding.rows.tolist(),
    }
