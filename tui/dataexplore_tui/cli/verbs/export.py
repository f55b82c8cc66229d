"""`dataexplore export`: the rows as they were decided, and why the others are not among them."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from dataexplore.errors import ExportError
from dataexplore.selection.formats import format_of
from dataexplore.text import short
from dataexplore_tui.cli.opened import reading
from dataexplore_tui.cli.options import DONE, add_file
from dataexplore_tui.cli.output import put, put_json, table

_ABOUT = """\
Writes the rows that are not dropped (--only-kept: only those that are kept) to
OUT, byte for byte and in source order; OUT ending in .gz, .zst, .csv, .parquet
... is written as such. Beside it: dropped.jsonl, each dropped row with its
reason, and recipe.toml, which `select --recipe` replays (named after OUT when
the folder has those of another export). kept +
dropped + undecided + unreadable is every record of the file. The journal is
only read."""
_KEYS = """\
keys: kept, dropped, undecided, unreadable, rows (in OUT), out, dropped_out,
  recipe_out"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `export` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    parser.add_argument(
        "-o", "--out", metavar="OUT", type=Path, required=True, help="the file to write, or a folder"
    )
    parser.add_argument("--only-kept", action="store_true", help="leave out undecided rows")
    parser.add_argument("--format", metavar="F", help="what OUT's ending must mean: jsonl, json, csv ...")


def run(arguments: Namespace) -> int:
    """Write the files and say how many rows went where."""
    with reading(arguments.file, arguments.workspace) as session:
        written = str(format_of(session.dataset, arguments.out))
        if arguments.format not in (None, written, written.removesuffix(" array")):
            out, asked = short(str(arguments.out), 200), short(arguments.format, 40)
            raise ExportError(
                f"{out}: by its name this will be {written}, not {asked!r}; choose another ending"
            )
        done = session.export(arguments.out, only_kept=arguments.only_kept)
    found = {
        "kept": done.kept,
        "dropped": done.dropped,
        "undecided": done.undecided,
        "unreadable": done.unreadable,
        "rows": done.rows,
        "out": str(done.out),
        "dropped_out": str(done.dropped_out),
        "recipe_out": str(done.recipe_out),
    }
    if arguments.json:
        put_json(found)
        return DONE
    put(table([(name, found[name]) for name in ("kept", "dropped", "undecided", "unreadable")]))
    put(["", f"{done.rows:,} rows in {short(str(done.out), 200)}"])
    put([f"reasons in {short(str(done.dropped_out), 200)}", f"recipe in {short(str(done.recipe_out), 200)}"])
    return DONE
