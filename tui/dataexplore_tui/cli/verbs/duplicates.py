"""`dataexplore duplicates`: groups of rows that ask, or answer, nearly the same."""

import time
from argparse import ArgumentParser, Namespace
from typing import Any

from dataexplore.duplicates.groups import Groups
from dataexplore.session.analysis import FLOOR, Analysis
from dataexplore.vectors.encoder import STATIC
from dataexplore.workspace.location import make_folder
from dataexplore_tui.cli.opened import load
from dataexplore_tui.cli.options import DONE, UsageError, add_edits, add_file, finite, whole
from dataexplore_tui.cli.output import plural, put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine

_ROWS_SHOWN = 8
_ABOUT = """\
Rows whose vectors have a cosine of at least the threshold, or whose text is
the same apart from case and white space, are joined into groups. Vectors are
kept in the workspace, so that the next look is quick. Nothing is dropped here:
`dataexplore select --recipe` with a duplicates step does that.

Thresholds mean something else to every encoder. With the shipped one .9 finds
small changes of wording; look at the groups near the threshold before you
trust it. A group is chained where two of its rows are joined only through
others."""
_KEYS = """\
keys: edited (rows), encoder, field, threshold, groups, duplicates (rows beyond
  one per group), rows_left, seconds (encoding included), exact (false when an
  approximate index was used), largest [{rows, lowest, highest, chained}]"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `duplicates` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_edits(parser, default=True)
    parser.add_argument(
        "--threshold", metavar="T", type=finite, default=0.9, help="the cosine from which rows are alike (.9)"
    )
    parser.add_argument(
        "--field", choices=("prompt", "response"), default="prompt", help="what is compared (prompt)"
    )
    parser.add_argument(
        "--encoder",
        metavar="E",
        default=STATIC,
        help="static, or a sentence-transformers folder or id (static)",
    )
    parser.add_argument(
        "--top", metavar="N", type=whole, default=20, help="groups to list, the largest first (20)"
    )


def run(arguments: Namespace) -> int:
    """Print how many rows repeat others, and the largest groups."""
    if not 0 < arguments.threshold <= 1:
        raise UsageError(
            f"--threshold: a similarity lies above 0 and up to 1; {arguments.threshold:g} does not"
        )
    dataset = load(arguments.file, arguments.workspace, edits=arguments.edits)
    vectors = make_folder(dataset.path, arguments.workspace) / "vectors"
    analysis = Analysis(dataset, vectors, arguments.encoder, arguments.field)
    began = time.perf_counter()
    with ProgressLine("comparing rows:") as progress:
        edges = analysis.edges(min(FLOOR, arguments.threshold), progress)
        groups = analysis.groups(arguments.threshold)
    seconds = time.perf_counter() - began
    if not edges.complete:
        say("too many pairs to keep: groups are whole, but a group's lowest similarity may be too high")
    found = {
        "edited": len(dataset.edits),
        "encoder": arguments.encoder,
        "field": arguments.field,
        "threshold": groups.threshold,
        "groups": len(groups),
        "duplicates": groups.duplicates,
        "rows_left": groups.rows_left,
        "seconds": round(seconds, 3),
        "exact": edges.exact,
        "largest": [_group(groups, number) for number in range(min(arguments.top, len(groups)))],
    }
    if arguments.json:
        put_json(found)
    else:
        put(_lines(found))
    return DONE


def _group(groups: Groups, number: int) -> dict[str, Any]:
    return {
        "rows": groups[number].tolist(),
        "lowest": round(float(groups.lowest[number]), 4),
        "highest": round(float(groups.highest[number]), 4),
        "chained": bool(groups.chained[number]),
    }


def _lines(found: dict[str, Any]) -> list[str]:
    counts = ", ".join([plural(found["groups"], "group"), plural(found["duplicates"], "duplicate")])
    lines = [
        f"{counts}, {found['rows_left']:,} rows left at {found['field']} >= {found['threshold']:g} "
        f"({found['encoder']}, {found['seconds']:.1f} s)"
    ]
    if found["largest"]:
        rows = [(len(one["rows"]), _span(one), _members(one["rows"])) for one in found["largest"]]
        lines += ["", *table(rows, ("size", "similarity", "rows (from 1)"))]
    if len(found["largest"]) < found["groups"]:
        lines.append(f"and {found['groups'] - len(found['largest']):,} more; --top N lists more")
    return lines


def _span(group: dict[str, Any]) -> str:
    low, high = f"{group['lowest']:.2f}", f"{group['highest']:.2f}"
    return (low if low == high else f"{low} to {high}") + (", chained" if group["chained"] else "")


def _members(rows: list[int]) -> str:
    more = f" and {len(rows) - _ROWS_SHOWN:,} more" if len(rows) > _ROWS_SHOWN else ""
    return " ".join(str(row + 1) for row in rows[:_ROWS_SHOWN]) + more
