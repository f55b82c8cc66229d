"""The options that `export` and `convert` share, and what they print of what was written."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from pathlib import Path
from typing import Any

from dataexplore.selection.card import Output
from dataexplore.selection.configs import TRAINERS
from dataexplore.selection.convert.conversion import Conversion
from dataexplore.selection.convert.report import Reason, Report
from dataexplore.selection.convert.roles import parse_roles
from dataexplore.selection.convert.targets import TARGETS
from dataexplore.selection.split import Split
from dataexplore.selection.writing import Wishes, Written
from dataexplore.text import short
from dataexplore_tui.cli.options import UsageError, add_force, finite, whole
from dataexplore_tui.cli.output import plural, put, table

WISHES = """\
--to converts rows: each row is read into turns and written as the target has
them, other fields beside them under their names. What a target cannot hold is
reported by reason; such rows are never dropped silently: the command is
refused, or with --skip-unfit they go to OUT.unfit.jsonl. --dry-run only
reports.

--split draws a validation set: OUT becomes OUT.train and OUT.validation, rows
with the same prompt on one side."""
KEYS = """\
keys: rows (written), unreadable, out, format, outputs [{split, out, rows}],
  report {to, form, rows, fit, as_they_are, unfit, reasons, notes}, unfit_out,
  card_out, config_out, pushed, notice"""


def add_wishes(parser: ArgumentParser) -> None:
    """Declare what goes for every way of writing rows."""
    parser.add_argument(
        "-o", "--out", metavar="OUT", type=Path, required=True, help="the file to write, or a folder"
    )
    add_force(parser)
    parser.add_argument("--to", metavar="TARGET", choices=TARGETS, help=", ".join(TARGETS))
    parser.add_argument(
        "--role",
        metavar="WORD=ROLE",
        action="append",
        default=[],
        help="who a word of the file's own stands for",
    )
    parser.add_argument(
        "--leave-out", metavar="FIELD", action="append", default=[], help="a field that does not come along"
    )
    parser.add_argument("--chosen-only", action="store_true", help="leave out rejected answers of pairs")
    parser.add_argument("--skip-unfit", action="store_true", help="leave out rows that TARGET cannot hold")
    parser.add_argument("--dry-run", action="store_true", help="report what would fit; write nothing")
    parser.add_argument("--split", metavar="SHARE", type=finite, help="share for validation, such as 0.05")
    parser.add_argument("--seed", metavar="N", type=whole, help="another split of the same share (0)")
    parser.add_argument(
        "--split-groups",
        metavar="S",
        type=finite,
        help="keep rows of this similarity on one side, such as 0.9",
    )
    parser.add_argument("--card", action="store_true", help="write a dataset card, README.md, beside OUT")
    parser.add_argument(
        "--config",
        metavar="TRAINER",
        choices=TRAINERS,
        help=f"write its configuration: {', '.join(TRAINERS)}",
    )
    parser.add_argument(
        "--push", metavar="ORG/NAME", help="add what was written to a dataset on the Hugging Face hub"
    )
    parser.add_argument(
        "--private",
        action=BooleanOptionalAction,
        default=True,
        help="whether a dataset that --push makes is private",
    )


def wishes_of(arguments: Namespace) -> Wishes:
    """Return what was asked for; raise UsageError for options that do nothing together."""
    given = {
        "--role": arguments.role,
        "--leave-out": arguments.leave_out,
        "--chosen-only": arguments.chosen_only,
        "--skip-unfit": arguments.skip_unfit,
        "--dry-run": arguments.dry_run,
    }
    idle = [name for name, value in given.items() if value]
    if arguments.to is None and idle:
        raise UsageError(f"{idle[0]} goes with --to")
    if arguments.split is None and (arguments.seed is not None or arguments.split_groups is not None):
        raise UsageError("--seed and --split-groups go with --split")
    if arguments.push and arguments.dry_run:
        raise UsageError("--dry-run writes nothing, so there is nothing to --push")
    if arguments.push:
        from dataexplore.selection.hub_push import check_name

        check_name(arguments.push)
    conversion = split = None
    if arguments.to:
        roles = parse_roles(arguments.role)
        conversion = Conversion(arguments.to, roles, tuple(arguments.leave_out), arguments.chosen_only)
    if arguments.split is not None:
        split = Split(arguments.split, arguments.seed or 0, arguments.split_groups)
    return Wishes(
        conversion, arguments.skip_unfit, split, arguments.card, arguments.config or "", arguments.force
    )


def push_written(arguments: Namespace, written: Written, recipe: Path | None = None) -> str | None:
    """Push what was written if that was asked for, without dropped and unfit rows; return the address."""
    if not arguments.push:
        return None
    from dataexplore.selection.hub_push import push

    files = {one.path.name: one.path for one in written.outputs}
    named = {"README.md": written.card_out, "recipe.toml": recipe}
    if written.config_out is not None:
        named[written.config_out.name] = written.config_out
    files |= {name: path for name, path in named.items() if path is not None}
    return push(files, arguments.push, private=arguments.private)


def found_of(written: Written, pushed: str | None, notice: str) -> dict[str, Any]:
    """Return what was written as JSON has it."""
    return {
        "outputs": [_output(one) for one in written.outputs],
        "report": written.report.as_json() if written.report else None,
        "unfit_out": _text(written.unfit_out),
        "card_out": _text(written.card_out),
        "config_out": _text(written.config_out),
        "pushed": pushed,
        "notice": notice,
    }


def put_written(written: Written, pushed: str | None) -> None:
    """Print what was written for people."""
    if written.report is not None:
        put([*report_lines(written.report), ""])
    for one in written.outputs:
        side = (
            "" if len(written.outputs) == 1 else f" for {'training' if one.split == 'train' else one.split}"
        )
        put([f"{plural(one.rows, 'row')}{side} in {short(str(one.path), 200)}"])
    for path, what in ((written.unfit_out, "rows left out"), (written.card_out, "card")):
        if path is not None:
            put([f"{what} in {short(str(path), 200)}"])
    if written.config_out is not None:
        put([f"configuration in {short(str(written.config_out), 200)}: {written.config_use}"])
    if pushed:
        put([f"pushed to {pushed}"])


def report_lines(report: Report) -> list[str]:
    """Return a report as a table: what fits, what does not and why, what is written in another way."""
    form = f" (as {report.form})" if report.form else ""
    stay = f", {report.as_they_are:,} of them as they are" if report.as_they_are else ""
    lines = [f"{report.fit:,} of {plural(report.rows, 'row')} fit {report.target}{form}{stay}"]
    for title, reasons in (("cannot be held", report.reasons), ("written in another way", report.notes)):
        if reasons:
            ranked = sorted(reasons.values(), key=lambda one: -one.rows)
            lines += ["", *table([_reason(one) for one in ranked], (title, "rows", "first"))]
    return lines


def _reason(one: Reason) -> tuple[str, int, str]:
    more = " …" if one.rows > len(one.first) else ""
    return short(one.words, 90), one.rows, ", ".join(f"{row + 1:,}" for row in one.first) + more


def _output(one: Output) -> dict[str, Any]:
    return {"split": one.split, "out": str(one.path), "rows": one.rows}


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
