"""The application: opens the file behind the first screen, holds the modes, leaves."""

import gc
import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work
from textual.binding import BindingType
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import get_current_worker

from dataexplore.dataset.opening import Head
from dataexplore.errors import DataexploreError
from dataexplore.text import visible_lines
from dataexplore_tui.commands import Commands
from dataexplore_tui.panes.header import MODES
from dataexplore_tui.screens.catalogue import make_screen
from dataexplore_tui.screens.help import help_lines
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.widgets.guard import Guard
from dataexplore_tui.widgets.ink import THEME
from dataexplore_tui.widgets.typing import KeysInOrder

if TYPE_CHECKING:
    from dataexplore.session.session import Session

_GUARD = Guard()


class DataexploreApp(KeysInOrder):
    """A thin shell: the screens act, the session remembers."""

    TITLE = "dataexplore"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar[set[type[Commands]]] = {Commands}  # type: ignore[assignment] # Textual allows callables too
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 # Textual types it without ClassVar

    def __init__(self, head: Head, workspace: Path | None = None, python: str | None = None) -> None:
        super().__init__()
        self.sitting = Sitting(head, workspace, python=python)
        self.register_theme(THEME)
        self.theme = THEME.name
        self.failure: str | None = None
        """Why the program had to stop, for the command line to print."""

    async def on_mount(self) -> None:
        """Show the first rows, then read the others."""
        for number in range(1, len(MODES) + 1):
            self.add_mode(str(number), partial(make_screen, number, self.sitting))
        await self.switch_mode("1")
        gc.enable()
        # Reading competes for the interpreter: it begins when the first rows are on screen.
        self.screen.call_after_refresh(self._read)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let every line of every widget pass the guard last."""
        return [*super().get_line_filters(), _GUARD]

    def get_default_screen(self) -> Screen[None]:
        """Nothing is shown outside the modes."""
        return Screen(id="_default")

    @work(thread=True)
    def _read(self) -> None:
        from dataexplore.dataset.loading import LoadCancelledError
        from dataexplore.session.session import Session

        worker = get_current_worker()

        def progress(done: int, total: int) -> None:
            if not worker.is_cancelled:
                about = "" if done == total else "about "
                self.call_from_thread(self._reading, f"reading {done:,} of {about}{total:,} rows")

        try:
            head, folder = self.sitting.head, self.sitting.workspace
            session = Session.read(head, folder, progress, lambda: worker.is_cancelled)
        except LoadCancelledError:
            return
        except DataexploreError as error:
            self.call_from_thread(self._give_up, str(error))
            return
        if worker.is_cancelled:
            session.close(wait=False)
        else:
            self.call_from_thread(self._opened, session)
            session.dataset.table.check(lambda: worker.is_cancelled)

    def _reading(self, text: str) -> None:
        if isinstance(self.screen, ModeScreen):
            self.screen.reading(text)

    def _opened(self, session: "Session") -> None:
        self.sitting.opened(session)
        bad, odd = len(session.dataset.unreadable), len(session.dataset.problems)
        if bad:
            self.sitting.notices.append(f"{bad:,} lines are no rows: ! lists them with their reasons")
        elif odd:
            self.sitting.notices.append("some rows have odd content: ! says which")
        for screen in self.screen_stack:
            if isinstance(screen, ModeScreen):
                screen.enter()

    def _give_up(self, reason: str) -> None:
        self.failure = reason
        self.exit()

    def _handle_exception(self, error: Exception) -> None:
        # A file that was cut or rewritten while it is open: one sentence, and every decision is on disk.
        if isinstance(error, DataexploreError):
            self._give_up(str(error))
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual's own crash report prints locals: row text and API keys among them.
        self.bell()
        self._exit_renderables.append(Text("\n".join(visible_lines(traceback.format_exc()))))
        self._close_messages_no_wait()

    def action_mode(self, number: int) -> None:
        """Change mode."""
        self.switch_mode(str(number))

    def action_help(self) -> None:
        """Show the keys of this mode."""
        screen = self.screen
        if isinstance(screen, ModeScreen):
            name = type(screen).__name__.removesuffix("Screen")
            lines = help_lines(f"{screen.NUMBER} {name}", screen.own_bindings(), ModeScreen.BINDINGS)
            self.push_screen(Overlay("keys", lines))

    def action_help_quit(self) -> None:
        """Say how to leave when Ctrl-C is pressed: a hand on the wrong key must not end a sitting."""
        if isinstance(self.screen, ModeScreen):
            self.screen.say("q leaves; everything is saved, and runs go on")

    def action_leave(self) -> None:
        """Leave; every decision is already on disk."""
        self.workers.cancel_all()
        self.exit()

    def on_unmount(self) -> None:
        """Let the next writer in."""
        if self.sitting.session is not None:
            self.sitting.session.close(wait=False)
