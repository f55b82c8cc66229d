"""What a screen says and asks, and what it computes behind the person's back."""

from collections.abc import Callable
from concurrent.futures import CancelledError
from functools import partial
from threading import get_ident
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text
from textual.screen import Screen
from textual.worker import NoActiveWorker, Worker, get_current_worker

from dataexplore.errors import DataexploreError
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.widgets.ask import Answer, Ask
from dataexplore_tui.widgets.ink import DIM, WARN, shown
from dataexplore_tui.widgets.notice import Notice
from dataexplore_tui.widgets.picker import Picker

if TYPE_CHECKING:
    from dataexplore.session.session import Session

T = TypeVar("T")
Progress = Callable[[int, int], None]
_BACKGROUND = "background"
_TELLING = 0.05
"""Seconds between two words about progress: each makes the work wait for the screen."""


class TalkingScreen(Screen[None]):
    """A screen with a line that says something and one that asks."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self.sitting = sitting
        self._hint = Text()

    @property
    def session(self) -> "Session | None":
        """The session; None, with a word to the person, while the file is still read."""
        if self.sitting.session is None:
            self.say("still reading the file: a moment", warning=True)
        return self.sitting.session

    def say(self, message: str, *, warning: bool = False, hold: bool = False) -> None:
        """Show one sentence for a while, or until the next; it may hold text from data."""
        self.query_one(Notice).say(shown(message, WARN if warning else DIM), hold=hold)

    def ask(self, name: str, answer: Answer, initial: str = "", *, hint: str = "", example: str = "") -> None:
        """Ask for one line of text; the hint stays until it is answered."""
        self._hint = shown(hint, DIM)
        self.query_one(Notice).say(self._hint, hold=True)
        self.query_one(Ask).ask(name, answer, initial, example)

    def on_ask_closed(self) -> None:
        """The hint has done its work."""
        self.query_one(Notice).unsay(self._hint)

    def background(
        self,
        what: str,
        compute: Callable[["Session", Progress], T],
        then: Callable[[T], object],
        show: Callable[[str], object] | None = None,
    ) -> None:
        """Compute in a thread what takes a second or so, then show it unless it was cancelled meanwhile.

        Telling progress also asks whether to go on: cancelled work ends there. `show` is where progress is
        said, if it has a place of its own.
        """
        session = self.session
        if session is None:
            return
        show = show or self.show_progress
        show(f"{what} …")
        screens_own = get_ident()

        def work() -> None:
            worker = get_current_worker()
            told = 0.0

            def unless_cancelled(act: Callable[..., object], *given: object) -> None:
                if not worker.is_cancelled:
                    act(*given)

            def on_screen(act: Callable[..., object], *given: object) -> None:
                if not worker.is_cancelled:  # asked again on the other side: a key may come first
                    self.app.call_from_thread(unless_cancelled, act, *given)

            def progress(done: int, total: int) -> None:
                nonlocal told
                if get_ident() == screens_own:
                    return  # the screen does some of the session's work itself, and waits for nobody
                if _worker_here(worker).is_cancelled:
                    raise CancelledError
                if monotonic() - told > _TELLING:
                    told = monotonic()
                    on_screen(show, f"{what}: {done:,} of {total:,}")

            try:
                result = compute(session, progress)
            except CancelledError:
                return
            except DataexploreError as error:
                on_screen(show, "")
                on_screen(partial(self.say, str(error), warning=True))
            else:
                on_screen(finished, result)

        def finished(result: T) -> None:
            show("")
            then(result)

        self.run_worker(work, thread=True, exclusive=True, group=what, name=_BACKGROUND)

    def give_up(self) -> bool:
        """End what is computed in the background; False when there is nothing."""
        working = [
            one for one in self.workers if one.node is self and one.name == _BACKGROUND and one.is_running
        ]
        for one in working:
            one.cancel()
        if working:
            self.show_progress("given up")
        return bool(working)

    def show_progress(self, text: str) -> None:
        """Show how far a background computation has come: where its answer will be, if nothing is there."""
        home = self.query(".-home").first()
        if isinstance(home, Picker) and not len(home.source):
            home.placehold(shown(f" {text}", DIM))
        else:
            self.say(text)


def _worker_here(otherwise: Worker[object]) -> Worker[object]:
    """Return the worker of this thread: work that another one has begun may be told of here."""
    try:
        return get_current_worker()
    except NoActiveWorker:  # a thread of a pool
        return otherwise
