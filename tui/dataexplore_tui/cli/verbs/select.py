"""`dataexplore select`: a subset by a filter, a recipe or a size, recorded as one act that can be undone."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np

from dataexplore.errors import ExportError
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED
from dataexplore.selection.export import write_rows
from dataexplore.selection.recipe import Recipe, named_recipe, read_recipe
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import Only, Random
from dataexplore.session.edits import recipe_changes, supposing
from dataexplore.session.session import Session
from dataexplore.text import short
from dataexplore_tui.cli.opened import reading, writing
from dataexplore_tui.cli.options import DONE, UsageError, add_file, add_force, positive, whole
from dataexplore_tui.cli.output import plural, put, put_json, say, table

_ABOUT = """\
Starts from all rows, lets each step decide, and writes the rows that are left
to OUT, byte for byte and in source order. Decisions made by hand stand against
every step; the edits of a recipe are made before the first. The steps are, in
this order: --where, then those of --recipe; --size sizes a recipe that ships
with the program, else it draws that many of the rows that are left.

Which rows count: those not dropped, like in `export` and `tune`. A threshold
keeps the rows at or above it and drops those below; rows without a score are
left undecided, so they stay and are counted in `undecided`. --where does the
same with rows that lack the score which it hangs on. --only-kept leaves them
out.

The outcome goes to the journal as one act, which `u` on the screen takes back;
--no-decide leaves the journal alone.

A recipe is a file that `export` wrote (TOML with [[step]] tables), or one of:
random, longest-1k."""
_KEYS = """\
keys: steps [{rule, rows left after it}], rows (in OUT), out, undecided (rows
  in OUT that no step decided), recorded"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `select` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    parser.add_argument(
        "--where", metavar="SQL", help='keep rows for which this holds, such as "score >= 4.5"'
    )
    parser.add_argument("--recipe", metavar="R", help="a recipe file or a name")
    parser.add_argument("--size", metavar="N", type=positive, help="how many rows")
    parser.add_argument("--seed", metavar="N", type=whole, default=0, help="for what is drawn at random (0)")
    parser.add_argument("-o", "--out", metavar="OUT", type=Path, required=True, help="the file to write")
    add_force(parser)
    parser.add_argument("--only-kept", action="store_true", help="leave out rows that no step decided")
    parser.add_argument(
        "--no-decide", action="store_true", help="write OUT, but record nothing in the journal"
    )


def run(arguments: Namespace) -> int:
    """Write the subset first, then record it, so that no failed write leaves decisions behind."""
    recipe = recipe_of(arguments.where, arguments.recipe, arguments.size, arguments.seed)
    opening = reading if arguments.no_decide else writing
    with opening(arguments.file, arguments.workspace) as session:
        found = _select(session, recipe, arguments)
    if arguments.json:
        put_json(found)
        return DONE
    put(table([(short(step["rule"], 100), step["rows"]) for step in found["steps"]], ("step", "rows left")))
    undecided = f", {found['undecided']:,} of them undecided" if found["undecided"] else ""
    put(["", f"{plural(found['rows'], 'row')} in {short(found['out'], 200)}{undecided}"])
    return DONE


def recipe_of(where: str | None, name: str | None, size: int | None, seed: int) -> Recipe:
    """Return the steps that the options ask for; raise UsageError when they ask for none."""
    if where is None and name is None and size is None:
        raise UsageError("there is nothing to select by; give --where, --recipe or --size")
    before: tuple[Rule, ...] = () if where is None else (Only(where),)
    if name is None:
        return Recipe((*before, *(() if size is None else (Random(size, seed),))))
    shipped = named_recipe(name, size, seed)
    if shipped is not None:
        return Recipe((*before, *shipped.rules), shipped.hand)
    read = read_recipe(Path(name))
    rules = (*before, *read.rules, *(() if size is None else (Random(size, seed),)))
    return Recipe(rules, read.hand, read.edits)


def _select(session: Session, recipe: Recipe, arguments: Namespace) -> dict[str, Any]:
    decisions, steps = session.replay(recipe, decide=False)
    wanted = decisions == KEEP if arguments.only_kept else decisions != DROP
    rows = np.flatnonzero(wanted)
    if session.dataset.source.changed():
        raise ExportError(f"{short(str(arguments.file), 200)}: has changed while it was read; try again")
    edited = supposing(session, recipe_changes(session.dataset, recipe.edits)).dataset
    write_rows(edited, rows, arguments.out, overwrite=arguments.force)
    if not arguments.no_decide:
        session.replay(recipe)
        say("recorded in the journal: `u` on the screen takes it back; --no-decide would only write the file")
    undecided = int(np.count_nonzero(decisions[rows] == UNDECIDED))
    if 0 < undecided < len(rows):
        say(f"{plural(undecided, 'row')} of {len(rows):,} decided by no step; --only-kept leaves them out")
    return {
        "steps": [{"rule": step.rule, "rows": step.rows} for step in steps],
        "rows": len(rows),
        "out": str(arguments.out),
        "undecided": undecided,
        "recorded": not arguments.no_decide,
    }
