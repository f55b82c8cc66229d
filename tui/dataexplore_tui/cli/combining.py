"""Signals made of other signals: what judges say together, and scores put right by near neighbours."""

from argparse import ArgumentParser, Namespace
from typing import Any

import numpy as np

from dataexplore.session.correcting import keep_correction
from dataexplore.session.scoring import judges, keep_consensus
from dataexplore.session.session import Session
from dataexplore.signals.consensus import HOWS, consensus
from dataexplore.text import short
from dataexplore_tui.cli.options import UsageError
from dataexplore_tui.cli.output import plural, table
from dataexplore_tui.cli.progress import ProgressLine

ABOUT = """\
--consensus makes one signal of several judges (--of, else of all judges): their
mean or their lowest score where they have one scale, or the mean of their ranks
on any. --correct puts a judge's scores right by those of a row's nearest
neighbours (after DS2): it takes for granted that near rows deserve like scores,
changes nothing where they do not, and needs vectors of the rows. Both are kept
in the workspace as signals of their own; no score of a judge is changed."""
KEYS = """\
  with --consensus: consensus {signal, how, of, scored}; with --correct:
  correction {signal, of, changed, informative (how far neighbours agree beyond
  chance), values, transition (share of rows of each value that the judge gave
  each value; null where too few rows are scored)}"""


def add_combining(parser: ArgumentParser) -> None:
    """Add the making of signals from signals."""
    parser.add_argument("--consensus", choices=HOWS, help="make one signal of several judges")
    parser.add_argument(
        "--of", metavar="S", action="append", default=[], help="a judge of it; may be repeated (all judges)"
    )
    parser.add_argument("--correct", metavar="S", help="put a judge's scores right by near neighbours")


def check_combining(arguments: Namespace) -> None:
    """Raise UsageError for options that do not fit together."""
    if arguments.of and not arguments.consensus:
        raise UsageError("--of names the judges of a --consensus: say which one")


def combined(arguments: Namespace, session: Session) -> dict[str, Any]:
    """Make and keep what is asked for."""
    found: dict[str, Any] = {}
    if arguments.consensus:
        for name in arguments.of:
            session.scores(name)  # raises with the nearest name
        among = [session.columns.signals[name] for name in arguments.of] or judges(session)
        if len(among) < 2:
            raise UsageError("a consensus takes two judges or more: name them with --of")
        made = keep_consensus(session, among, arguments.consensus, consensus(among, arguments.consensus))
        names = [one.name for one in among]
        found["consensus"] = {
            "signal": made.name, "how": arguments.consensus, "of": names, "scored": made.scored,
        }  # fmt: skip
    if arguments.correct:
        with ProgressLine("comparing near rows:") as progress:
            made, correction = keep_correction(session, arguments.correct, progress)
        matrix = correction.transition.matrix if correction.transition is not None else None
        found["correction"] = {
            "signal": made.name,
            "of": arguments.correct,
            "changed": len(correction.changed),
            "informative": round(correction.transition.informative, 4) if correction.transition else None,
            "values": correction.values.tolist(),
            "transition": None if matrix is None else np.round(matrix, 4).tolist(),
        }
    return found


def combined_lines(found: dict[str, Any]) -> list[str]:
    """Return what was made as lines."""
    lines = []
    if made := found.get("consensus"):
        of = short(", ".join(made["of"]), 200)
        lines.append(f"{made['signal']}: {made['how']} of {of}; {plural(made['scored'], 'row')} scored")
    if made := found.get("correction"):
        lines.append(f"{made['signal']}: {plural(made['changed'], 'score')} of {made['of']} changed")
        if made["transition"] is None:
            lines.append("too few rows have both a score and a vector to say how this judge errs")
        else:
            agree = f"{made['informative']:.2f} beyond chance"
            lines += ["", f"neighbours agree {agree}; rows of each value, and what the judge gives them:"]
            header = ("value", *(f"{value:g}" for value in made["values"]))
            rows = [
                (f"{value:g}", *line) for value, line in zip(made["values"], made["transition"], strict=True)
            ]
            lines += table(rows, header)
    return lines
