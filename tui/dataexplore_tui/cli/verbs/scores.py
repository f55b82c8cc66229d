"""`dataexplore scores`: signals, their values, ratings from elsewhere and what a threshold keeps."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from dataexplore.session.session import Session
from dataexplore.signals.agreement import agreements
from dataexplore.signals.histogram import histogram
from dataexplore.signals.imports import Ratings
from dataexplore.signals.signal import Scores, Signal
from dataexplore.text import short
from dataexplore_tui.cli.combining import (
    ABOUT,
    KEYS,
    add_combining,
    check_combining,
    combined,
    combined_lines,
)
from dataexplore_tui.cli.opened import reading, writing
from dataexplore_tui.cli.options import DONE, UsageError, add_file, finite
from dataexplore_tui.cli.output import plural, put, put_json, say, table

_ABOUT = f"""\
Every numeric field is a signal; so are ratings imported from another file and
what is computed (response_chars, tokens). Without --signal it lists the
signals. With it, it counts the rows at each value: exact values where there
are at most 24, else bins by their lower edge (the last one takes the long
tail). Unscored rows are never a low score: they count apart, and no threshold
keeps them. Nothing is decided here; `select` does that.

--agreement compares each pair of signals over the rows that both have scored:
the share of equal scores, Cohen's kappa with quadratic weights (both take one
scale for granted) and Spearman's correlation of the ranks (on any scale). A
judge that agrees with the length rates the length.

--import keeps the numeric columns of a JSONL, JSON, CSV or Parquet file in the
workspace, matched by its column `row` (from 0), by `key` (16 hex digits) or by
a field that both files share.

{ABOUT}"""
_KEYS = f"""\
keys: with --signal: signal, scored, unscored, kept (rows >= T, null without
  --at), at, exact, values {{value: rows}}; without: signals [{{name, origin,
  scored, unscored, min, max, mean}}]; with --agreement: agreement [{{first,
  second, rows, exact, kappa, spearman, one_scale}}], null for what the rows
  cannot tell;
  with --import also: matched, unmatched (lines of the file),
  rated (rows), columns;
{KEYS}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `scores` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    parser.add_argument(
        "--import", metavar="F", type=Path, dest="ratings", help="ratings to keep in the workspace"
    )
    parser.add_argument(
        "--on", metavar="COLUMN", default="row", help="row, key or a shared field (default: row)"
    )
    parser.add_argument("--signal", metavar="S", help="the signal to count")
    parser.add_argument("--agreement", action="store_true", help="how far each two signals agree")
    add_combining(parser)
    parser.add_argument("--at", metavar="T", type=finite, help="count the rows with a score of at least T")


def run(arguments: Namespace) -> int:
    """Import what is to be imported, then print the signals or one of them."""
    if arguments.at is not None and arguments.signal is None:
        raise UsageError("--at needs --signal: name the signal that the threshold is for")
    if arguments.agreement and arguments.signal is not None:
        raise UsageError("--agreement is of all signals: leave --signal out")
    check_combining(arguments)
    makes = arguments.ratings or arguments.consensus or arguments.correct
    opening = writing if makes else reading
    with opening(arguments.file, arguments.workspace) as session:
        found: dict[str, Any] = {}
        rows = len(session.dataset)
        if arguments.ratings:
            found |= _imported(session.import_scores(arguments.ratings, arguments.on))
        found |= combined(arguments, session)
        if arguments.signal is not None:
            signal = _signal(session, arguments.signal)
            found |= _one(signal.name, signal.scores, arguments.at)
        elif arguments.agreement:
            found["agreement"] = [asdict(one) for one in agreements(session.columns.signals.values())]
        else:
            found["signals"] = [_summary(signal) for signal in session.columns.signals.values()]
    if arguments.json:
        put_json(found)
        return DONE
    if arguments.ratings:
        lines, names = plural(found["matched"], "line"), short(", ".join(found["columns"]), 200)
        rated = f"{found['rated']:,} of {plural(rows, 'row')} rated"
        say(f"{lines} matched a row, {found['unmatched']:,} did not; {rated}: {names}")
    put(combined_lines(found))
    if arguments.consensus or arguments.correct:
        return DONE
    if arguments.agreement:
        put(_agreement_lines(found["agreement"]))
    else:
        put(_one_lines(found) if arguments.signal is not None else _list_lines(found["signals"]))
    return DONE


def _signal(session: Session, name: str) -> Signal:
    session.scores(name)  # raises with the nearest name
    return session.columns.signals[name]


def _imported(ratings: Ratings) -> dict[str, Any]:
    lines = {"matched": ratings.matched, "unmatched": ratings.unmatched}
    return {**lines, "rated": ratings.rated, "columns": list(ratings.columns)}


def _one(name: str, scores: Scores, at: float | None) -> dict[str, Any]:
    bars = histogram(scores)
    return {
        "signal": name,
        "scored": bars.scored,
        "unscored": bars.unscored,
        "at": at,
        "kept": bars.at_least(at) if at is not None else None,
        "exact": bars.exact,
        "values": {
            _number(edge): count
            for edge, count in zip(bars.edges.tolist(), bars.counts.tolist(), strict=True)
        },
    }


def _summary(signal: Signal) -> dict[str, Any]:
    known = signal.scores[~np.isnan(signal.scores)]
    low, high, mean = (
        (float(known.min()), float(known.max()), float(known.mean())) if len(known) else (None,) * 3
    )
    return {
        "name": signal.name,
        "origin": signal.origin,
        "scored": signal.scored,
        "unscored": signal.unscored,
        "min": low,
        "max": high,
        "mean": mean,
    }


def _number(value: float) -> str:
    """Return a value as a person writes it: 7 and 4.5, and never two values alike."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _list_lines(signals: list[dict[str, Any]]) -> list[str]:
    names = ("name", "origin", "scored", "unscored", "min", "max", "mean")
    return table(
        [[short(str(one["name"]), 60), *(one[name] for name in names[1:])] for one in signals], names
    )


def _agreement_lines(found: list[dict[str, Any]]) -> list[str]:
    def shown(one: dict[str, Any]) -> list[str | int]:
        figures = [one[name] for name in ("exact", "kappa", "spearman")]
        exact, *others = ["-" if figure is None else figure for figure in figures]
        share = exact if isinstance(exact, str) else f"{exact:.1%}"
        rest = [figure if isinstance(figure, str) else f"{figure:.3f}" for figure in others]
        return [short(one["first"], 40), short(one["second"], 40), one["rows"], share, *rest]

    return table([shown(one) for one in found], ("first", "second", "rows", "exact", "kappa", "spearman"))


def _one_lines(found: dict[str, Any]) -> list[str]:
    rows = found["scored"] + found["unscored"]
    lines = table([(value, count) for value, count in found["values"].items()], ("value", "rows"))
    lines.append("")
    lines += table([("scored", found["scored"]), ("unscored", found["unscored"])])
    if found["kept"] is not None:
        share = f"{found['kept'] / rows:.1%}" if rows else "none"
        lines.append(
            f"{plural(found['kept'], 'row')} ({share}) at {short(found['signal'], 60)} >= {found['at']:g}"
        )
    return lines
