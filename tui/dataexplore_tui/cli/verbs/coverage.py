"""`dataexplore coverage`: how well a subset covers the rows, and whether it is better than random."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from dataexplore.coverage.mix import Numbers, apart
from dataexplore.dataset.loading import open_dataset
from dataexplore.selection.covering import Comparison, Side, Wanted, compare
from dataexplore.selection.overlap import Overlap, overlap
from dataexplore.session.session import Session
from dataexplore.text import short
from dataexplore_tui.cli.choosing import add_steps, wanted
from dataexplore_tui.cli.chosen import chosen_rows, telling
from dataexplore_tui.cli.opened import reading
from dataexplore_tui.cli.options import DONE, UsageError, add_file, finite, positive
from dataexplore_tui.cli.output import put, put_json, say, table

_SHOWN = 4
_ABOUT = """\
Looks at the rows that the options choose, as in `select` (without any, at those
not dropped in the workspace), beside as many random rows and beside all rows.
Distances are 1 - cosine of the vectors, of every row to the nearest one of the
subset: their maximum and their mean. A subset is called better, or worse, only
where hardly any random one would be (1 of 20, by their mean and spread). Random
rows and those of the subset are taken in random order for the curve; `k-center`
is what that would pick there. Nothing is recorded."""
_KEYS = """\
keys: answer, versus [{measure, subset, random (one per seed), mean, spread,
  verdict}], subset, random and full {rows, tokens, max_distance, mean_distance,
  clusters_touched (share), repeated (rows), chars, score, categories, languages
  (shares)}, clusters, column, curve {subset, random, k-center: [{size, radius,
  mean}]}, overlap {rows, with, both, expected, ratio} with --overlap"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `coverage` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_steps(parser)
    parser.add_argument(
        "--only-kept", "--kept", action="store_true", help="leave out rows that nothing decided"
    )
    parser.add_argument("--seeds", metavar="N", type=positive, default=5, help="random subsets (5)")
    parser.add_argument(
        "--alike", metavar="T", type=finite, default=0.9, help="the cosine from which rows repeat (.9)"
    )
    parser.add_argument("--column", metavar="C", help="the field whose values are a category")
    parser.add_argument(
        "--overlap", metavar="OTHER", type=Path, help="a file with some of the rows: how many are shared"
    )


def run(arguments: Namespace) -> int:
    """Print the comparison."""
    named = wanted(arguments)
    if not 0 < arguments.alike <= 1:
        raise UsageError(f"--alike: a similarity lies above 0 and up to 1; {arguments.alike:g} does not")
    signal = arguments.signal[0] if arguments.signal else None
    asked = Wanted(arguments.seeds, arguments.seed, arguments.k, arguments.alike, signal, arguments.column)
    with reading(arguments.file, arguments.workspace) as session:
        rows, _, known = chosen_rows(arguments, named, session)
        shared = _shared(session, rows, arguments.overlap) if arguments.overlap else None
        with telling(session, "comparing rows:"):
            compared = compare(known, rows, asked)
        if unfit := known.analysis.warning():
            say(unfit)
    if arguments.json:
        put_json(_json(compared, shared))
    else:
        put(_lines(compared, shared, signal))
    return DONE


def _shared(session: Session, rows: np.ndarray[Any, np.dtype[np.int64]], other: Path) -> Overlap:
    there = session.dataset.rows_of(open_dataset(other).keys)
    if not (there >= 0).any():
        raise UsageError(f"{short(str(other), 200)}: none of its rows is in the dataset, byte for byte")
    return overlap(rows, there[there >= 0], len(session.dataset))


def _json(found: Comparison, shared: Overlap | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "answer": found.answer,
        "versus": [
            {
                "measure": one.measure,
                "subset": one.subset,
                "random": list(one.random),
                "mean": one.mean,
                "spread": one.spread,
                "verdict": one.verdict,
            }
            for one in found.versus
        ],
        **{side.name: _side(side) for side in (found.subset, found.random, found.full)},
        "clusters": found.clusters,
        "column": found.column,
        "curve": {name: [asdict(point) for point in points] for name, points in found.curves.items()},
    }
    if shared is not None:
        ratio = shared.ratio
        made["overlap"] = {
            "rows": shared.left,
            "with": shared.right,
            "both": shared.both,
            "expected": shared.expected,
            "spread": shared.spread,
            "ratio": None if ratio != ratio else ratio,
        }
    return made


def _side(side: Side) -> dict[str, Any]:
    covered = side.coverage
    return {
        "rows": covered.rows,
        "tokens": side.tokens,
        "max_distance": covered.radius,
        "mean_distance": covered.mean,
        "clusters_touched": covered.touched,
        "repeated": covered.repeated,
        "chars": _numbers(side.chars),
        "score": _numbers(side.score),
        "categories": side.categories,
        "languages": side.languages,
    }


def _numbers(numbers: Numbers | None) -> dict[str, Any] | None:
    if numbers is None:
        return None
    return {name: None if value != value else value for name, value in asdict(numbers).items()}


def _lines(found: Comparison, shared: Overlap | None, signal: str | None) -> list[str]:
    sides = (found.subset, found.random, found.full)
    rows: list[tuple[object, ...]] = [
        ("rows", *(side.coverage.rows for side in sides)),
        ("tokens", *(side.tokens for side in sides)),
        ("max-min distance", *(f"{side.coverage.radius:.3f}" for side in sides)),
        ("mean distance", *(f"{side.coverage.mean:.3f}" for side in sides)),
        (f"of {found.clusters:,} clusters", *(f"{side.coverage.touched:.1%}" for side in sides)),
        ("rows that repeat", *(side.coverage.repeated for side in sides)),
        ("median characters", *(f"{side.chars.median:,.0f}" for side in sides)),
        ("of 10 answers, one is longer than", *(f"{side.chars.high:,.0f}" for side in sides)),
    ]
    if signal is not None:
        rows.append((f"mean {signal}", *(side.score.mean if side.score else None for side in sides)))
    lines = table(rows, ("", "subset", "random", "full"))
    lines += ["", found.answer, ""]
    lines += _mix("languages", [side.languages for side in sides])
    if found.column is not None:
        lines += _mix(found.column, [side.categories or {} for side in sides])
    lines += ["", *_curve(found)]
    if shared is not None:
        lines += [
            "",
            f"{shared.both:,} rows shared with {shared.right:,} others; chance gives "
            f"{shared.expected:,.1f} ± {shared.spread:,.1f} ({shared.ratio:.2f} times)",
        ]
    return lines


def _mix(name: str, mixes: list[dict[str, float]]) -> list[str]:
    full = mixes[-1]
    named = zip(("subset", "random", "full"), mixes, strict=True)
    return [
        f"{short(name, 30)}, {side}: {_few(mix)}"
        + ("" if mix is full else f" (apart from full: {apart(mix, full):.1%})")
        for side, mix in named
    ]


def _few(mix: dict[str, float]) -> str:
    few = list(mix.items())[:_SHOWN]
    more = f", {len(mix) - _SHOWN:,} more" if len(mix) > _SHOWN else ""
    return ", ".join(f"{short(label, 30)} {share:.1%}" for label, share in few) + more


def _three(distance: float | None) -> str | None:
    return None if distance is None else f"{distance:.3f}"


def _curve(found: Comparison) -> list[str]:
    sizes = [point.size for point in found.curves["subset"]]
    by_size = {name: {point.size: point.radius for point in points} for name, points in found.curves.items()}
    rows = [(size, *(_three(by_size[name].get(size)) for name in by_size)) for size in sizes]
    return table(rows, ("size", *(f"{name}, max-min" for name in by_size)))
