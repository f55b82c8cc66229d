"""`dataexplore export`: the rows as they were decided, and why the others are not among them."""

from argparse import ArgumentParser, Namespace
from typing import Any

from dataexplore.errors import ExportError
from dataexplore.selection.formats import converted_format, format_of
from dataexplore.selection.writing import Wishes
from dataexplore.session.publish import look, publish
from dataexplore.session.session import Session
from dataexplore.text import short
from dataexplore_tui.cli.opened import reading
from dataexplore_tui.cli.options import DONE, PROBLEMS, add_file
from dataexplore_tui.cli.output import put, put_json, say, table
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
Writes the rows that are not dropped (--only-kept: only those that are kept) to
OUT, byte for byte and in source order, edited rows with their new bytes; OUT
ending in .gz, .zst, .csv, .parquet ... is written as such. Beside it:
dropped.jsonl, each dropped row with its reason, and recipe.toml, which
`select --recipe` replays (named after OUT when the folder has those of another
export). kept + dropped + undecided + unreadable is every record of the file.
The journal is only read.

{WISHES}"""
_KEYS = f"""\
{KEYS},
  kept, dropped, undecided, edited (of rows), dropped_out, recipe_out

exit codes: 0 done; 1 a dry run found rows that do not fit; 2 refused"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `export` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_wishes(parser)
    parser.add_argument("--only-kept", action="store_true", help="leave out undecided rows")
    parser.add_argument("--format", metavar="F", help="what OUT's ending must mean: jsonl, json, csv ...")


def run(arguments: Namespace) -> int:
    """Write the files and say how many rows went where."""
    wishes = wishes_of(arguments)
    with reading(arguments.file, arguments.workspace) as session:
        _check_format(session, arguments, wishes)
        if arguments.dry_run:
            return _dry_run(session, arguments, wishes)
        with ProgressLine("looking at rows") as progress:
            done = publish(session, arguments.out, wishes, only_kept=arguments.only_kept, progress=progress)
    pushed = push_written(arguments, done.written, done.recipe_out)
    found: dict[str, Any] = {
        "kept": done.kept,
        "dropped": done.dropped,
        "undecided": done.undecided,
        "unreadable": done.unreadable,
        "edited": done.edited,
        "rows": done.rows,
        "out": str(done.out),
        "dropped_out": str(done.dropped_out),
        "recipe_out": str(done.recipe_out),
        "format": done.format,
    } | found_of(done.written, pushed, done.notice)
    if done.notice:
        say(done.notice)
    if arguments.json:
        put_json(found)
        return DONE
    counts = ("kept", "dropped", "undecided", "unreadable", *(("edited",) if done.edited else ()))
    put([*table([(name, found[name]) for name in counts]), ""])
    put_written(done.written, pushed)
    put([f"reasons in {short(str(done.dropped_out), 200)}", f"recipe in {short(str(done.recipe_out), 200)}"])
    return DONE


def _check_format(session: Session, arguments: Namespace, wishes: Wishes) -> None:
    form = converted_format if wishes.conversion else format_of
    written = str(form(session.dataset, arguments.out))
    if arguments.format not in (None, written, written.removesuffix(" array")):
        out, asked = short(str(arguments.out), 200), short(arguments.format, 40)
        raise ExportError(f"{out}: by its name this will be {written}, not {asked!r}; choose another ending")


def _dry_run(session: Session, arguments: Namespace, wishes: Wishes) -> int:
    assert wishes.conversion is not None
    report = look(session, wishes.conversion, only_kept=arguments.only_kept)
    if arguments.json:
        put_json({"report": report.as_json()})
    else:
        put(report_lines(report))
    return PROBLEMS if report.unfit else DONE
