"""One text after another over the whole screen, each given a verdict, with nothing on it that tells."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore_tui.screens.help import keys_of
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.talking import TalkingScreen
from dataexplore_tui.widgets.ask import Ask
from dataexplore_tui.widgets.ink import ACCENT, WARN, line
from dataexplore_tui.widgets.keyline import Keyline
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.notice import Notice

if TYPE_CHECKING:
    from dataexplore.signals.blind import Sheet


class Reading(Lines):
    """The text."""

    MORE = "space"
    can_focus = True


class SheetScreen(TalkingScreen):
    """Walks over a sheet: skip, back, undo, what was skipped again, leave."""

    DEFAULT_CSS = """
    SheetScreen { layers: base over; background: $background; color: $foreground; }
    SheetScreen #given { height: 1; dock: bottom; margin-bottom: 2; }
    SheetScreen Reading { padding: 0 1; }
    """
    NAME: ClassVar[str]
    GIVEN: ClassVar[str]
    """What is given to each: score, vote."""
    WHY: ClassVar[str]
    """Why something is not shown."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "go through what was skipped", id="sheet.again"),
        Binding("space,pagedown", "scroll(10)", "the text: further down", id="sheet.page_down"),
        Binding("pageup", "scroll(-10)", "the text: further up", id="sheet.page_up"),
        Binding("j,down,right_square_bracket", "scroll(1)", "a line down", id="sheet.down"),
        Binding("k,up,left_square_bracket", "scroll(-1)", "a line up", id="sheet.up"),
        Binding("u", "undo", "take back what was given last", id="sheet.undo"),
        Binding("question_mark", "keys", "help", id="sheet.help"),
    ]

    @property
    @abstractmethod
    def sheet(self) -> Sheet:
        """Where the person is."""

    @abstractmethod
    def take_back(self) -> bool:
        """Take back what was given last; False when nothing was."""

    @abstractmethod
    def show(self) -> None:
        """Show what the person is at, or the end."""

    def compose(self) -> ComposeResult:
        """The text, what is given to it, the keys."""
        yield Keyline()
        yield Ask()
        yield Notice()
        yield Lines(id="given")
        yield Reading(classes="pane -home")

    def on_mount(self) -> None:
        """Show the first one without."""
        self.query_one(Reading).focus()
        self.show()

    def action_skip(self) -> None:
        """Go on without."""
        if self.sheet.row is not None:
            self.sheet.skip()
            self.show()

    def action_back(self) -> None:
        """Go back by one."""
        self.sheet.back()
        self.show()

    def action_undo(self) -> None:
        """Take back what was given last."""
        try:
            undone = self.take_back()
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return
        self.say(
            f"the {self.GIVEN} is taken back" if undone else f"no {self.GIVEN} was given since you came here"
        )
        self.show()

    def action_again(self) -> None:
        """Go to the first one without."""
        if self.sheet.again():
            self.show()

    def action_scroll(self, count: int) -> None:
        """Scroll the text."""
        self.query_one(Reading).scroll_lines(count)

    def action_keys(self) -> None:
        """Show the keys."""
        bindings = [*type(self).__dict__.get("BINDINGS", ()), *SheetScreen.BINDINGS]
        lines = [line((f"  {key:<20}", ACCENT), what) for key, what in keys_of(bindings)]
        self.app.push_screen(Overlay(self.NAME, [line((f" {self.WHY}", WARN)), Text(), *lines]))

    def action_leave(self) -> None:
        """Leave; what was given is kept."""
        self.dismiss()
