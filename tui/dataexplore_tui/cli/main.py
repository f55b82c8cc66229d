"""The command `dataexplore`: opens the screen, or runs one verb without it."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from dataexplore.dataset.memory import bound_memory
from dataexplore.dataset.naming import is_local
from dataexplore.errors import DataexploreError
from dataexplore.text import short, visible
from dataexplore_tui.cli.catalogue import VERBS
from dataexplore_tui.cli.files import add_names
from dataexplore_tui.cli.options import INTERRUPTED, REFUSED, Parser, UsageError
from dataexplore_tui.cli.output import say

_TRACEBACK = "DATAEXPLORE_TRACEBACK"
_ABOUT = """\
Opens FILE on screen: read rows, score, prune duplicates, select, tune.
Decisions are kept in a workspace beside the data; the file itself is never
written to. With a verb the same is done without a screen."""
_EPILOG = """\
verbs (a file that is named like one is opened as ./check):
{verbs}

dataexplore VERB --help says more about each. Data goes to stdout, progress and
messages to stderr; --json prints one object, with rows numbered from 0.

exit codes: 0 done, 1 problems found or a run that did not finish, 2 refused,
  with one line on stderr that says why"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 0 done, 1 problems found, 2 refused."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    bound_memory()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 still gets an answer
    try:
        code = _dispatch(given)
        sys.stdout.flush()
    except DataexploreError as error:
        say(str(error))
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        with suppress(OSError, ValueError):  # what is still buffered must not fail once more at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13  # as if ended by SIGPIPE, like any other program before `| head`
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as error:
        return _unexpected(error)
    return code


def _dispatch(given: list[str]) -> int:
    verb = VERBS.get(given[0]) if given else None
    if verb is not None:
        parser = Parser(f"dataexplore {verb.name}")
        module = verb.load()
        module.add_arguments(parser)
        return module.run(parser.parse_args(given[1:]))
    parser = _screen_parser()
    found = parser.parse_args(given)
    _check_names(found.file.names)
    from dataexplore_tui.cli.screen import open_screen

    return open_screen(found.file, found.workspace, found.python)


def _screen_parser() -> Parser:
    from dataexplore import __version__

    parser = Parser(
        "dataexplore",
        "dataexplore FILE ... [--workspace DIR] [--python INTERPRETER]\n       dataexplore VERB ...",
    )
    parser.description = _ABOUT
    parser.epilog = _EPILOG.format(
        verbs="\n".join(f"  {verb.name:<11} {verb.help}" for verb in VERBS.values())
    )
    add_names(parser, "*")
    parser.add_argument("--workspace", metavar="DIR", type=Path, help="where decisions are kept")
    parser.add_argument("--python", metavar="INTERPRETER", help="the Python that tunes, with its own torch")
    parser.add_argument("--version", action="version", version=f"dataexplore {__version__}")
    return parser


def _check_names(names: Sequence[str]) -> None:
    """Raise UsageError when nothing is named, or a word that is rather a verb than a file."""
    if not names:
        raise UsageError("name a file to open, or a verb (see dataexplore --help)")
    first = names[0]
    if first in VERBS or not first.isidentifier() or is_local(first):
        return
    from difflib import get_close_matches

    near = get_close_matches(first, VERBS, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(VERBS)}"
    raise UsageError(f"{short(first, 200)}: no such file, and no verb; {hint}")


def _unexpected(error: Exception) -> int:
    """Say what happened in one line; a traceback only on request, and never with the values in it."""
    if os.environ.get(_TRACEBACK):
        import traceback

        for line in "".join(traceback.format_exception(error)).rstrip("\n").split("\n"):
            sys.stderr.write(visible(line) + "\n")
    name = type(error).__name__
    if isinstance(error, MemoryError):
        say("the machine ran out of memory")
    elif isinstance(error, OSError) and error.strerror:
        say(f"{short(str(error.filename or name), 200)}: {error.strerror.lower()}")
    else:
        say(f"this should not happen: {name}: {short(str(error), 200)} ({_TRACEBACK}=1 shows where)")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
