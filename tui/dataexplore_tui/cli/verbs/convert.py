"""`dataexplore convert`: all rows of a file in another schema or container."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from dataexplore.dataset.dataset import Dataset
from dataexplore.duplicates.groups import Groups
from dataexplore.selection.export import export_all
from dataexplore.selection.writing import preview
from dataexplore_tui.cli.opened import load
from dataexplore_tui.cli.options import DONE, PROBLEMS, add_edits, add_file
from dataexplore_tui.cli.output import put, put_json, say
from dataexplore_tui.cli.progress import ProgressLine
from dataexplore_tui.cli.wishes import (
    KEYS,
    WISHES,
    add_wishes,
    found_of,
    push_written,
    put_written,
    report_lines,
    wishes_of,
)

_ABOUT = f"""\
Writes all rows of FILE to OUT, whatever was decided on them; `export` writes
those that were kept. Rows that were edited in the workspace leave as they were
edited (--no-edits: as the file has them); the workspace is only read. OUT
ending in .gz, .zst, .csv, .parquet ... is written as such; without --to the
rows keep their fields, and as lines of JSON their bytes.

{WISHES}"""
_KEYS = f"""\
{KEYS},
  edited (of rows)

exit codes: 0 done; 1 a dry run found rows that do not fit; 2 refused"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `convert` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_edits(parser, default=True)
    add_wishes(parser)


def run(arguments: Namespace) -> int:
    """Write the file and say what became of the rows."""
    wishes = wishes_of(arguments)
    dataset = load(arguments.file, arguments.workspace, edits=arguments.edits)
    if arguments.dry_run:
        assert wishes.conversion is not None
        report = preview(dataset, np.arange(len(dataset)), wishes.conversion)
        put_json({"report": report.as_json()}) if arguments.json else put(report_lines(report))
        return PROBLEMS if report.unfit else DONE
    similar = wishes.split.similar if wishes.split else None
    groups = None if similar is None else _groups(dataset, similar)
    with ProgressLine("looking at rows") as progress:
        done = export_all(dataset, arguments.out, wishes, groups, progress)
    pushed = push_written(arguments, done.written)
    if done.notice:
        say(done.notice)
    if arguments.json:
        found = {
            "rows": done.rows,
            "unreadable": done.unreadable,
            "edited": done.edited,
            "out": str(done.out),
            "format": done.format,
        }
        put_json(found | found_of(done.written, pushed, done.notice))
    else:
        put_written(done.written, pushed)
    return DONE


def _groups(dataset: Dataset, similar: float) -> Groups:
    """Return the groups of similar rows; their vectors are kept nowhere."""
    from dataexplore.session.analysis import Analysis

    with TemporaryDirectory(prefix="dataexplore-") as folder:
        return Analysis(dataset, Path(folder)).groups(similar)
