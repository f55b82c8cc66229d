"""What the six modes have in common: header, keys, messages, undo, leaving."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.widget import Widget

from dataexplore.errors import DataexploreError
from dataexplore.session.state import EMPTY, State
from dataexplore_tui.panes.header import MODES, Header
from dataexplore_tui.screens.talking import TalkingScreen
from dataexplore_tui.widgets.ask import Ask
from dataexplore_tui.widgets.keyline import Hint, Keyline
from dataexplore_tui.widgets.notice import Notice

if TYPE_CHECKING:
    from dataexplore.session.session import Session


class ModeScreen(TalkingScreen):
    """A screen that shows the session's state and changes it only through the session."""

    NUMBER: ClassVar[int]
    HINTS: ClassVar[tuple[Hint, ...]] = ()

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"app.mode({number})", f"{name} mode", show=False, id=f"mode.{name.lower()}")
          for number, name in enumerate(MODES, 1)),
        Binding("u", "undo", "undo the last act", id="act.undo"),
        Binding("ctrl+r", "redo", "redo what was undone", id="act.redo"),
        Binding("i", "report", "what is in the file, and what is wrong with it", id="show.report"),
        Binding("exclamation_mark", "report(True)", "what is wrong with the file", id="show.problems"),
        Binding("question_mark", "app.help", "help", id="show.help"),
        Binding("colon,ctrl+p", "app.command_palette", "every command by name", id="show.palette"),
        Binding("q", "app.leave", "leave; everything is saved, runs go on", id="leave"),
        Binding("ctrl+z", "app.suspend_process", "suspend; `fg` comes back", show=False, id="suspend"),
        Binding("escape", "back", "back", show=False, id="back"),
    ]  # fmt: skip

    state: var[State] = var(EMPTY, always_update=True, init=False)

    def compose(self) -> ComposeResult:
        """Header on top, keys at the bottom, the mode's own panes between."""
        yield Header(self.NUMBER)
        yield Keyline()
        yield Ask()
        yield Notice()
        yield from self.compose_panes()

    def compose_panes(self) -> Iterable[Widget]:
        """Yield the mode's panes."""
        raise NotImplementedError

    def session_opened(self, session: "Session") -> None:
        """All rows are read: show them."""

    def watch_state(self, state: State) -> None:
        """Pass the new state on to the panes."""
        self.show_state(state)
        self._show_counts()

    def show_state(self, state: State) -> None:
        """Hand the state to the mode's panes."""

    def on_mount(self) -> None:
        """Show what is known so far."""
        self.query_one(Keyline).hint(self.HINTS)
        self._show_counts()

    def on_screen_resume(self) -> None:
        """Another mode may have decided something meanwhile."""
        self.enter()

    def enter(self) -> None:
        """Take in the session's state; called whenever the mode comes on screen or the session arrives."""
        session = self.sitting.session
        if session is None:
            return
        self.session_opened(session)
        self.state = session.state
        for notice in self.sitting.notices:
            self.say(notice, warning=True)
        self.sitting.notices.clear()

    @classmethod
    def own_bindings(cls) -> list[BindingType]:
        """Return the mode's keys without those that all modes share."""
        kinds = cls.__mro__[: cls.__mro__.index(ModeScreen)]
        return [binding for kind in kinds for binding in vars(kind).get("BINDINGS", ())]

    def reading(self, text: str) -> None:
        """Show how far reading has come."""
        self.query_one(Header).set_counts(self.sitting.name, None, text)

    def attempt(
        self, act: Callable[["Session"], State | None], done: str = "", *, decides: bool = True
    ) -> bool:
        """Do something through the session, show the new state, or say in one sentence why not."""
        session = self.session
        if session is None:
            return False
        if decides and not session.dataset.keyed.ready:  # decisions hang on keys: waiting here would freeze
            self.background(
                "nothing can be decided until the rows' keys are made",
                lambda session, tell: session.dataset.keyed.value(),
                lambda keys: self.say("the rows' keys are made: decide away"),
            )
            return False
        try:
            state = act(session)
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return False
        if done:
            self.say(done)
        self.state = state or session.state
        return True

    def open_rows(self, condition: str, sort: str | None = None) -> None:
        """Show some rows in mode 1; Esc there comes back here."""
        if self.attempt(lambda session: session.show(condition, sort), decides=False):
            self.sitting.came_from = self.NUMBER
            self.open_mode(1)

    def open_mode(self, number: int) -> None:
        """Go to another mode."""
        self.run_worker(self.app.run_action(f"app.mode({number})"), group="mode")

    def action_undo(self) -> None:
        """Take the last act back."""
        what = self.state.undo
        if not what:
            self.say("nothing to undo")
        else:
            self.attempt(lambda session: session.undo(), f"undone: {what}")

    def action_redo(self) -> None:
        """Bring back what undo took."""
        what = self.state.redo
        if not what:
            self.say("nothing to redo")
        else:
            self.attempt(lambda session: session.redo(), f"redone: {what}")

    def action_report(self, at_wrong: bool = False) -> None:
        """Show what is in the file; a line of it opens its rows in mode 1."""
        from dataexplore_tui.screens.report import ReportScreen

        def chosen(condition: str | None) -> None:
            if condition:
                self.open_rows(condition)

        session = self.session
        if session is not None:
            self.app.push_screen(ReportScreen(session, at_wrong), chosen)

    def action_back(self) -> None:
        """Give up what has no answer yet; modes also close what is open."""
        self.give_up()

    def _show_counts(self) -> None:
        session = self.sitting.session
        if session is not None:
            self.query_one(Header).set_counts(self.sitting.name, session.state.counts)
        else:
            self.query_one(Header).set_counts(self.sitting.name, None, "reading …")
