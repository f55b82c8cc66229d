"""`dataexplore duplicates`: groups of rows that ask, or answer, nearly the same."""

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np

from dataexplore.duplicates.curve import Curve
from dataexplore.duplicates.diameter import diameter, written_diameter
from dataexplore.duplicates.edges import Edges
from dataexplore.duplicates.groups import Groups
from dataexplore.duplicates.kinds import KINDS, kinds_named
from dataexplore.duplicates.linkage import LINKAGES
from dataexplore.session.analysis import FLOOR, Analysis
from dataexplore.vectors.encoder import STATIC
from dataexplore.workspace.location import make_folder
from dataexplore_tui.cli.encoding import add_encoding, say_shared, shared_found
from dataexplore_tui.cli.leakage import put_leaks
from dataexplore_tui.cli.opened import load
from dataexplore_tui.cli.options import DONE, UsageError, add_edits, add_file, finite, positive, whole
from dataexplore_tui.cli.output import plural, put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine

_ROWS_SHOWN = 8
_CURVE = tuple(np.round(np.arange(0.5, 1.0001, 0.05), 2).tolist())
_ABOUT = """\
Rows that are alike at the threshold are joined into groups. Three kinds of
alike: exact, the same text apart from case and white space; lexical, the share
of character 5-grams in common; semantic, the cosine of the rows' vectors. The
same text is part of every kind. Vectors and pairs are kept in the workspace,
so that the next look is quick. Nothing is dropped here: `dataexplore select`
with a duplicates step does that.

Thresholds mean something else to every kind and every encoder. With the
shipped one .9 finds small changes of wording; look at the groups near the
threshold before you trust it. A group is chained where two of its rows are
joined only through others; --linkage splits such groups.

With --against, no groups: the rows that are like a prompt of another file,
such as the one you test with."""
_KEYS = """\
keys: edited (rows), kind, encoder, field, warning, meaning (of the threshold
  with this encoder), shared [{text, place, rows}], threshold, linkage, groups,
  duplicates (rows beyond one per group), rows_left, seconds (encoding
  included), exact (false when pairs may be missing), pairs {exact, lexical,
  semantic}, curve [{threshold, groups, duplicates, rows_left}], largest
  [{rows, lowest, highest, chained, diameter}]
keys with --against: edited, kind, encoder, field, threshold, prompts, leaked
  (rows), prompts_leaked, by_kind, exact, seconds, rows [{row, prompt,
  similarity, kind}]"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `duplicates` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_edits(parser, default=True)
    parser.add_argument(
        "--kind",
        choices=(*KINDS, "all"),
        help="how rows may be alike (semantic; all with --against)",
    )
    parser.add_argument(
        "--threshold",
        metavar="T",
        type=finite,
        help="the similarity from which rows are alike (.9 with the shipped encoder, as "
        "usual with another one; .8 for lexical alone)",
    )
    parser.add_argument(
        "--leave", metavar="N", type=positive, help="take the lowest threshold that leaves N rows or more"
    )
    parser.add_argument(
        "--linkage",
        choices=LINKAGES,
        default="single",
        help="split chained groups: rows around a centre, or all alike (single: do not)",
    )
    add_encoding(parser)
    parser.add_argument(
        "--against", metavar="PROMPTS", type=Path, help="list the rows that are like a prompt of this file"
    )
    parser.add_argument(
        "--top", metavar="N", type=whole, default=20, help="groups or leaks to list, the largest first (20)"
    )


def run(arguments: Namespace) -> int:
    """Print how many rows repeat others and the largest groups, or which rows are test prompts."""
    kinds = kinds_named(arguments.kind or ("all" if arguments.against else "semantic"))
    asked = arguments.threshold
    if asked is not None and not 0 < asked <= 1:
        raise UsageError(f"--threshold: a similarity lies above 0 and up to 1; {asked:g} does not")
    if arguments.against and (arguments.leave or arguments.linkage != "single"):
        raise UsageError("--against finds no groups: leave --leave and --linkage away")
    dataset = load(arguments.file, arguments.workspace, edits=arguments.edits)
    vectors = make_folder(dataset.path, arguments.workspace) / "vectors"
    analysis = Analysis(
        dataset,
        vectors,
        arguments.encoder,
        arguments.field,
        strip=not arguments.keep_shared,
        kinds=kinds,
    )
    threshold = _usual(analysis) if asked is None else asked
    if arguments.against:
        put_leaks(arguments, analysis, threshold, len(dataset.edits))
        return DONE
    began = time.perf_counter()
    with ProgressLine("comparing rows:") as progress:
        edges = analysis.edges(min(FLOOR, threshold), progress)
    counts = analysis.curve(edges.floor or FLOOR)
    if arguments.leave:
        threshold = counts.leaving(arguments.leave).threshold
    groups = analysis.groups(threshold, arguments.linkage)
    seconds = time.perf_counter() - began
    texts = analysis.texts()
    say_shared(texts)
    warning = analysis.warning() if "semantic" in kinds else ""
    if warning:
        say(warning)
    if not edges.exact:
        say("so many rows are compared approximately: some pairs may be missing")
    if not edges.complete:
        say("too many pairs to keep: groups are whole, but a group's lowest similarity may be too high")
    largest = range(min(arguments.top, len(groups)))
    found = {
        "edited": len(dataset.edits),
        "kind": arguments.kind or "semantic",
        "encoder": arguments.encoder if "semantic" in kinds else None,
        "field": arguments.field,
        "warning": warning,
        "meaning": analysis.typical().sentence(threshold) if "semantic" in kinds else "",
        "shared": shared_found(texts),
        "threshold": groups.threshold,
        "linkage": arguments.linkage,
        "groups": len(groups),
        "duplicates": groups.duplicates,
        "rows_left": groups.rows_left,
        "seconds": round(seconds, 3),
        "exact": edges.exact,
        "pairs": edges.count(),
        "curve": _curve(counts),
        "largest": [_group(groups, number, edges, analysis) for number in largest],
    }
    if arguments.json:
        put_json(found)
    else:
        put(_lines(found))
    return DONE


def _curve(counts: Curve) -> list[dict[str, Any]]:
    steps = [step for step in _CURVE if step >= counts.floor - 1e-9]
    return [vars(left) for left in counts.over(steps)]


def _usual(analysis: Analysis) -> float:
    """Return the threshold that is taken where none is named."""
    if analysis.kinds == ("lexical",):
        return 0.8
    other = "semantic" in analysis.kinds and analysis.encoder != STATIC
    return analysis.typical().threshold if other else 0.9


def _group(groups: Groups, number: int, edges: Edges, analysis: Analysis) -> dict[str, Any]:
    rows, lowest = groups[number], float(groups.lowest[number])
    if groups.chained[number] or not edges.complete:
        if "semantic" in analysis.kinds:
            lowest_of_all = diameter(analysis.vectors(), rows)
        else:
            lowest_of_all = written_diameter(analysis.texts().column.gather(rows).to_list())
    else:
        lowest_of_all = lowest
    return {
        "rows": rows.tolist(),
        "lowest": round(lowest, 4),
        "highest": round(float(groups.highest[number]), 4),
        "chained": bool(groups.chained[number]),
        "diameter": round(min(lowest, lowest_of_all), 4),
    }


def _lines(found: dict[str, Any]) -> list[str]:
    counts = ", ".join([plural(found["groups"], "group"), plural(found["duplicates"], "duplicate")])
    alike = "the same" if found["kind"] == "exact" else f">= {found['threshold']:g}"
    by = found["kind"] if found["kind"] != "semantic" else found["encoder"]
    lines = [
        f"{counts}, {found['rows_left']:,} rows left at {found['field']} {alike} "
        f"({by}, {found['seconds']:.1f} s)"
    ]
    if found["meaning"]:
        lines.append(found["meaning"])
    if found["largest"]:
        rows = [(len(one["rows"]), _span(one), _members(one["rows"])) for one in found["largest"]]
        lines += ["", *table(rows, ("size", "similarity", "rows (from 1)"))]
    if len(found["largest"]) < found["groups"]:
        lines.append(f"and {found['groups'] - len(found['largest']):,} more; --top N lists more")
    return lines


def _span(group: dict[str, Any]) -> str:
    low, high = f"{group['lowest']:.2f}", f"{group['highest']:.2f}"
    chained = f", chained: {group['diameter']:.2f} at its ends" if group["chained"] else ""
    return (low if low == high else f"{low} to {high}") + chained


def _members(rows: list[int]) -> str:
    more = f" and {len(rows) - _ROWS_SHOWN:,} more" if len(rows) > _ROWS_SHOWN else ""
    return " ".join(str(row + 1) for row in rows[:_ROWS_SHOWN]) + more
