"""`dataexplore select`: a subset by a filter, a recipe or a size, recorded as one act that can be undone."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np

from dataexplore.errors import ExportError
from dataexplore.journal.decision import DROP, KEEP, UNDECIDED
from dataexplore.selection.export import write_rows
from dataexplore.selection.recipe import Recipe, Sight
from dataexplore.selection.recipes.shipped import Shipped
from dataexplore.session.edits import recipe_changes, supposing
from dataexplore.session.running import run_recipe
from dataexplore.session.session import Session
from dataexplore.text import short
from dataexplore_tui.cli.choosing import LIST, add_steps, asks, choice, recipe_lines, recipes, wanted
from dataexplore_tui.cli.chosen import say_unfit, see, telling
from dataexplore_tui.cli.opened import reading, writing
from dataexplore_tui.cli.options import DONE, UsageError, add_file, add_force
from dataexplore_tui.cli.output import plural, put, put_json, say, table

_ABOUT = """\
Starts from all rows, lets each step decide, and writes the rows that are left
to OUT, byte for byte and in source order. Decisions made by hand stand against
every step; the edits of a recipe are made before the first. The steps are, in
this order: --where, --in, --not-in, --duplicates, those of --recipe,
--cluster-quota, --k-center; --size sizes a recipe that ships with the program,
else it draws that many of the rows that are left, last.

Which rows count: those not dropped, like in `export` and `tune`. A threshold
keeps the rows at or above it and drops those below; rows without a score are
left undecided, so they stay and are counted in `undecided`. --where does the
same with rows that lack the score which it hangs on. --only-kept leaves them
out.

--in and --not-in go by the rows of other files, byte for byte: `--in A B` takes
the rows of either, `--in A --in B` those of both, `--in A --not-in B` those of
A alone. Their keys are part of the recipe, which then needs no file.

The outcome goes to the journal as one act, which `u` on the screen takes back;
--no-decide leaves the journal alone.

A recipe is a file that `export` wrote (TOML with [[step]] tables), or one by
name: --recipes lists them. Beside the rows that are left after its steps stands
what its paper had."""
_KEYS = """\
keys: steps [{rule, rows left after it, paper: what that had}], rows (in OUT),
  out, undecided (rows in OUT that no step decided), recorded; of a recipe by
  name recipe {name, source, limits}; of --recipe list recipes [{name, does,
  settings, source}]"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `select` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_steps(parser)
    parser.add_argument("-o", "--out", metavar="OUT", type=Path, help="the file to write")
    add_force(parser)
    parser.add_argument("--only-kept", action="store_true", help="leave out rows that no step decided")
    parser.add_argument(
        "--no-decide", action="store_true", help="write OUT, but record nothing in the journal"
    )


def run(arguments: Namespace) -> int:
    """Write the subset first, then record it, so that no failed write leaves decisions behind."""
    if arguments.recipe == LIST:
        if arguments.json:
            put_json({"recipes": recipes()})
        else:
            put(recipe_lines())
        return DONE
    if not asks(arguments):
        raise UsageError("there is nothing to select by; give --where, --recipe or --size")
    if arguments.out is None:
        raise UsageError("name the file to write: -o OUT")
    named = wanted(arguments)
    opening = reading if arguments.no_decide else writing
    with opening(arguments.file, arguments.workspace) as session:
        found = _select(session, named, arguments)
    if arguments.json:
        put_json(found)
        return DONE
    put(_lines(found))
    return DONE


def _select(session: Session, named: Shipped | Recipe | None, arguments: Namespace) -> dict[str, Any]:
    if see(arguments, named, session) != Sight() and not arguments.no_decide:
        raise UsageError("the journal's rules go by the static encoder on prompts; add --no-decide")
    asked = choice(arguments, named, session)
    with telling(session, "choosing rows:"):
        ran = run_recipe(asked.recipe, session, session.by_hand)
    decisions, steps = ran.layers.covered, ran.steps
    say_unfit(session, asked.recipe.rules)
    wanted = decisions == KEEP if arguments.only_kept else decisions != DROP
    rows = np.flatnonzero(wanted)
    if session.dataset.source.changed():
        raise ExportError(f"{short(str(arguments.file), 200)}: has changed while it was read; try again")
    edited = supposing(session, recipe_changes(session.dataset, asked.recipe.edits)).dataset
    write_rows(edited, rows, arguments.out, overwrite=arguments.force)
    if not arguments.no_decide:
        session.replay(asked.recipe, ran=ran)
        say("recorded in the journal: `u` on the screen takes it back; --no-decide would only write the file")
    undecided = int(np.count_nonzero(decisions[rows] == UNDECIDED))
    if 0 < undecided < len(rows):
        say(f"{plural(undecided, 'row')} of {len(rows):,} decided by no step; --only-kept leaves them out")
    papers = (*asked.papers, *[""] * len(steps))
    found: dict[str, Any] = {
        "steps": [
            {"rule": step.rule, "rows": step.rows} | ({"paper": paper} if paper else {})
            for step, paper in zip(steps, papers, strict=False)  # steps by hand are of no paper
        ],
        "rows": len(rows),
        "out": str(arguments.out),
        "undecided": undecided,
        "recorded": not arguments.no_decide,
    }
    if (one := asked.shipped) is not None:
        found["recipe"] = {"name": one.name, "source": one.source, "limits": one.limits}
    return found


def _lines(found: dict[str, Any]) -> list[str]:
    steps = [(short(step["rule"], 100), step["rows"]) for step in found["steps"]]
    papers = [step.get("paper", "") for step in found["steps"]]
    if any(papers):
        beside = [(*step, paper) for step, paper in zip(steps, papers, strict=True)]
        lines = table(beside, ("step", "rows left", "in the paper"))
    else:
        lines = table(steps, ("step", "rows left"))
    undecided = f", {found['undecided']:,} of them undecided" if found["undecided"] else ""
    lines += ["", f"{plural(found['rows'], 'row')} in {short(found['out'], 200)}{undecided}"]
    if recipe := found.get("recipe"):
        lines += ["", f"{recipe['name']} ({recipe['source']}): {recipe['limits']}"]
    return lines
