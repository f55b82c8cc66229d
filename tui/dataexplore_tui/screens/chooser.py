"""A list over the screen, of which one line is chosen; under it stands more about that line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Picker, Source
from dataexplore_tui.widgets.strips import retitle, wrapped

More = Callable[[int], Sequence[Text]]
"""Says more about a line."""


class Chooser(ModalScreen[int | None]):
    """Gives back the number of the line, None when it was closed."""

    DEFAULT_CSS = """
    Chooser { align: center middle; }
    Chooser Vertical {
        width: 90%; max-width: 110; height: 90%; border: round ansi_cyan; background: ansi_default;
    }
    Chooser Picker { height: 1fr; }
    Chooser Lines { height: 8; padding: 0 1; border-top: solid ansi_bright_black; }
    Chooser.-narrow Vertical { width: 100%; height: 1fr; margin-top: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "choose the line", id="chooser.choose"),
        Binding("escape,q,question_mark", "dismiss(None)", "close", id="chooser.close"),
    ]

    KEYS: ClassVar[str] = "enter chooses · esc goes back"

    def __init__(self, title: Text, source: Source, more: More) -> None:
        super().__init__()
        self._title = title
        self._source = source
        self._more = more

    def compose(self) -> ComposeResult:
        """A list and what is said of one of its lines."""
        with Vertical():
            yield Picker()
            yield Lines()

    def on_mount(self) -> None:
        """Fill the list."""
        retitle(self.query_one(Vertical), self._title, Text(self.KEYS))
        picker = self.query_one(Picker)
        picker.show(self._source)
        picker.focus()

    @on(Picker.Moved)
    def _moved(self) -> None:
        here = self.query_one(Picker).cursor
        if not len(self._source):
            return
        lines = self._more(here)
        self.query_one(Lines).flow(
            lambda width, height: [part for one in lines for part in wrapped(one, max(8, width))]
        )

    def action_choose(self) -> None:
        """Give back the line under the cursor."""
        self.dismiss(self.query_one(Picker).cursor if len(self._source) else None)
