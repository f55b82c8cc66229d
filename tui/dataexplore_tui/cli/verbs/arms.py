"""`dataexplore arms`: the kept rows and the controls they have to beat, as files ready for `tune`."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from dataexplore.selection.arm_files import SUMMARY, write_arms
from dataexplore.selection.arms import EQUAL, NAMES, Plan, arms
from dataexplore.text import short
from dataexplore_tui.cli.choosing import add_steps, wanted
from dataexplore_tui.cli.chosen import chosen_rows, telling
from dataexplore_tui.cli.opened import reading
from dataexplore_tui.cli.options import DONE, add_file, add_force, positive
from dataexplore_tui.cli.output import put, put_json, table

_ABOUT = """\
Writes one file per arm into a folder, each with the recipe that makes it again:
  kept        the rows that the options choose, as in `select`; without any,
              those that are not dropped in the workspace
  random      as many rows at random, from all rows; one file per seed
  stratified  as many at random, each cluster with its share; one file per seed
  longest     as many with the longest answers
  full        all rows
--equal tokens makes random, stratified and longest as many tokens long as the
kept rows instead. Nothing is recorded in the journal. Tune each of the files
with the same settings, and compare."""
_KEYS = """\
keys: folder, equal, arms [{name, file, recipe, rows, tokens (estimated),
  sha256, overlap with the first arm {rows, expected by chance, ratio}}]; the
  list is that of arms.json"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `arms` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_steps(parser)
    parser.add_argument("-o", "--out", metavar="FOLDER", type=Path, required=True, help="where the files go")
    parser.add_argument(
        "--arms",
        metavar="LIST",
        default=",".join(NAMES[:4]),
        help=f"which, with commas between: of {', '.join(NAMES)} (the first four)",
    )
    parser.add_argument("--seeds", metavar="N", type=positive, default=3, help="draws of a random arm (3)")
    parser.add_argument("--equal", choices=EQUAL, default=EQUAL[0], help="what arms have as much of (rows)")
    parser.add_argument("--only-kept", action="store_true", help="leave out rows that nothing decided")
    add_force(parser)


def run(arguments: Namespace) -> int:
    """Write the arms and print what each has."""
    named = wanted(arguments)
    names = tuple(name.strip() for name in arguments.arms.split(","))
    with reading(arguments.file, arguments.workspace) as session:
        rows, recipe, known = chosen_rows(arguments, named, session)
        plan = Plan(names, arguments.seeds, arguments.seed, arguments.equal, arguments.k)
        with telling(session, "choosing rows:"):
            made = arms(known, rows, recipe, plan)
        written = write_arms(known.dataset, made, arguments.out, overwrite=arguments.force)
    found = {
        "folder": str(arguments.out),
        "equal": arguments.equal,
        "arms": [one.as_json() for one in written],
    }
    if arguments.json:
        put_json(found)
        return DONE
    lines = [
        (one["name"], one["rows"], one["tokens"], one["overlap"]["rows"], one["overlap"]["expected"])
        for one in found["arms"]
    ]
    put(table(lines, ("arm", "rows", "tokens", f"in {names[0]}", "by chance")))
    put(["", f"{len(written)} arms in {short(str(arguments.out), 200)}, with recipes and {SUMMARY}"])
    return DONE
