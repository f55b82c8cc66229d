"""Opens the screen: a file that is refused is refused before the terminal is touched."""

import gc
import sys
from pathlib import Path

from dataexplore.dataset.opening import open_head
from dataexplore_tui.cli.options import DONE, REFUSED, UsageError, interpreter
from dataexplore_tui.cli.output import say


def open_screen(file: Path, workspace: Path | None = None, python: str | None = None) -> int:
    """Show a dataset until the person leaves; only what the first paint needs is imported."""
    gc.disable()  # nothing that is imported becomes garbage; the app turns it on again after the first paint
    head = open_head(file)
    python = interpreter(python)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the screen needs a terminal; in scripts use a verb, such as `dataexplore check FILE`"
        )
    from dataexplore_tui.app import DataexploreApp

    app = DataexploreApp(head, workspace, python)
    app.run()
    if app.failure:
        say(app.failure)
        return REFUSED
    return app.return_code or DONE
