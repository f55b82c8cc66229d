"""What the parsers of all verbs share: one-line refusals, common options, checked numbers."""

import math
import os
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, RawDescriptionHelpFormatter
from pathlib import Path
from typing import NoReturn

from dataexplore.errors import DataexploreError
from dataexplore.text import short
from dataexplore_tui.cli.files import add_names

DONE, PROBLEMS, REFUSED = 0, 1, 2
INTERRUPTED = 130
"""What a shell reports for a program that was ended by Ctrl-C."""


class UsageError(DataexploreError):
    """A command line that cannot be followed."""


class Parser(ArgumentParser):
    """Refuses in one sentence, and takes no shortened options: they would not stay stable."""

    def __init__(self, prog: str, usage: str | None = None) -> None:
        super().__init__(prog, usage, formatter_class=RawDescriptionHelpFormatter, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with argparse's own words."""
        raise UsageError(f"{short(message, 300)} (see {self.prog} --help)")


def add_file(parser: ArgumentParser, *, workspace: bool = True) -> None:
    """Add what every verb on a dataset takes; `workspace` is for those that keep or look up something."""
    add_names(parser, "+")
    if workspace:
        parser.add_argument(
            "--workspace",
            metavar="DIR",
            type=Path,
            help="where decisions, scores and jobs are kept (default: .dataexplore/FILE beside the data)",
        )
    add_json(parser)


def add_json(parser: ArgumentParser) -> None:
    """Add the switch from a table for people to one object for programs."""
    parser.add_argument("--json", action="store_true", help="print one JSON object; rows are numbered from 0")


def add_edits(parser: ArgumentParser, *, default: bool) -> None:
    """Add the choice between rows as they were edited and as the file has them."""
    parser.add_argument(
        "--edits",
        action=BooleanOptionalAction,
        default=default,
        help="take rows that were edited in the workspace as they were edited, or all as the file has them",
    )


def add_force(parser: ArgumentParser) -> None:
    """Add the leave to write over OUT."""
    parser.add_argument("--force", action="store_true", help="write over OUT if it is there already")


def finite(text: str) -> float:
    """Return a number that is neither infinite nor NaN."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ArgumentTypeError(f"{short(text, 40)!r} is not a number")
    return number


def whole(text: str) -> int:
    """Return a whole number from 0."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ArgumentTypeError(f"{short(text, 40)!r} is not a whole number from 0")
    return int(text)


def positive(text: str) -> int:
    """Return a whole number from 1."""
    number = whole(text)
    if number == 0:
        raise ArgumentTypeError("0 is too few, ask for at least 1")
    return number


def interpreter(name: str | None) -> str | None:
    """Return the whole path of an interpreter; links are kept, or it would leave its environment."""
    if name is None:
        return None
    from shutil import which

    found = which(name)
    if found is None:
        raise UsageError(f"--python: {short(name, 200)} is no program that can be run")
    return os.path.abspath(found)  # noqa: PTH100 # Path.resolve follows links, Path.absolute keeps ".."
