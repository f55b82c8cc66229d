"""Opens the screen: a file that is refused is refused before the terminal is touched."""

import gc
import os
import sys
from pathlib import Path

from dataexplore.dataset.naming import PIPED
from dataexplore_tui.cli.files import Files, open_files
from dataexplore_tui.cli.options import DONE, REFUSED, UsageError, interpreter
from dataexplore_tui.cli.output import say

_TERMINAL = "/dev/tty"


def open_screen(files: Files, workspace: Path | None = None, python: str | None = None) -> int:
    """Show a dataset until the person leaves; only what the first paint needs is imported."""
    gc.disable()  # nothing that is imported becomes garbage; the app turns it on again after the first paint
    piped = PIPED in files.names
    keyboard = _keyboard() if piped and not sys.stdin.isatty() else None
    _, head = open_files(files)
    python = interpreter(python)
    if keyboard is not None:
        os.dup2(keyboard, 0)  # what was piped in is read; from here on fd 0 is the person's keys
        os.close(keyboard)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise _no_terminal()
    from dataexplore_tui.app import DataexploreApp

    app = DataexploreApp(head, workspace, python)
    app.run()
    if app.failure:
        say(app.failure)
        return REFUSED
    return app.return_code or DONE


def _keyboard() -> int:
    """Open the terminal that the program was started from; raise UsageError when there is none."""
    if sys.stdout.isatty():
        try:
            return os.open(_TERMINAL, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            raise _no_terminal() from None
    raise _no_terminal()


def _no_terminal() -> UsageError:
    return UsageError("the screen needs a terminal; in scripts use a verb, such as `dataexplore check FILE`")
