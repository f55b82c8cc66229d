"""`dataexplore check`: what is in a file and what is wrong with it."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset
from dataexplore.text import short
from dataexplore_tui.cli.options import DONE, PROBLEMS, add_json
from dataexplore_tui.cli.output import put, put_json, table
from dataexplore_tui.cli.progress import ProgressLine

_SHOWN = 20
_ABOUT = """\
Counts the rows of a dataset, tells its format and schema, and lists the lines
that are no rows, with the reason of each, and the rows with odd content: empty
or missing text, control or invisible characters. Makes no workspace."""
_KEYS = """\
keys: path, rows, format, schema, roles {meaning: field}, fields,
  empty {text field: rows}, unreadable [{line, reason}], problems {name: rows};
  lines count from 1, as `sed -n Np` does
exit codes: 0 nothing to report, 1 unreadable lines or problems, 2 refused"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `check` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    parser.add_argument("file", metavar="FILE", type=Path, help="the dataset; it is never written to")
    add_json(parser)


def run(arguments: Namespace) -> int:
    """Print what was found; 1 when something is wrong."""
    with ProgressLine("reading rows") as progress:
        dataset = open_dataset(arguments.file, progress)
    found = report(dataset)
    if arguments.json:
        put_json(found)
    else:
        put(_lines(found))
    return PROBLEMS if found["unreadable"] or found["problems"] else DONE


def report(dataset: Dataset) -> dict[str, Any]:
    """Return what the verb prints."""
    schema = asdict(dataset.schema)
    kind = schema.pop("kind")
    texts = [name for name in dataset.schema.text_fields if name in dataset.frame.columns]
    return {
        "path": str(dataset.path),
        "rows": len(dataset),
        "format": dataset.format,
        "schema": kind,
        "roles": {role: name for role, name in schema.items() if name},
        "fields": dataset.frame.columns,
        "empty": {name: int((dataset.frame[name].cast(str) == "").sum()) for name in texts},
        "unreadable": [{"line": bad.line, "reason": bad.reason} for bad in dataset.unreadable],
        "problems": {name: len(rows) for name, rows in dataset.problems.items()},
    }


def _lines(found: dict[str, Any]) -> list[str]:
    roles = ", ".join(f"{role}: {name}" for role, name in found["roles"].items())
    bad = found["unreadable"]
    summary: list[tuple[str, object]] = [
        ("file", short(found["path"], 200)),
        ("rows", f"{found['rows']:,}"),
        ("format", found["format"]),
        ("schema", f"{found['schema']} ({short(roles, 200)})" if roles else found["schema"]),
        ("fields", short(", ".join(found["fields"]), 200)),
        ("unreadable", f"{len(bad):,}"),
        ("problems", f"{len(found['problems']):,}"),
    ]
    lines = table(summary)
    if bad:
        lines += [
            "",
            *table([(one["line"], short(one["reason"], 120)) for one in bad[:_SHOWN]], ("line", "reason")),
        ]
        if len(bad) > _SHOWN:
            lines.append(f"and {len(bad) - _SHOWN:,} more; --json lists all")
    if found["problems"]:
        problems = [(short(name, 80), count) for name, count in found["problems"].items()]
        lines += ["", *table(problems, ("problem", "rows"))]
    return lines
