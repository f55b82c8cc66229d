"""A box over the screen that scrolls and closes with Esc."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle


class Overlay(ModalScreen[None]):
    """Shows lines that its maker wrote."""

    DEFAULT_CSS = """
    Overlay { align: center middle; }
    Overlay Lines { width: 90%; max-width: 100; height: 90%; padding: 0 1; }
    Overlay Lines { border: round ansi_cyan; background: ansi_default; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", "close", id="overlay.close"),
        Binding("j,down", "scroll(1)", "down", show=False, id="overlay.down"),
        Binding("k,up", "scroll(-1)", "up", show=False, id="overlay.up"),
        Binding("ctrl+d,pagedown,space", "scroll(10)", "page down", show=False, id="overlay.page_down"),
        Binding("ctrl+u,pageup", "scroll(-10)", "page up", show=False, id="overlay.page_up"),
    ]

    def __init__(self, title: str, lines: Sequence[Text]) -> None:
        super().__init__()
        self._title = title
        self._shown = lines

    def compose(self) -> ComposeResult:
        """One block of lines."""
        yield Lines()

    def on_mount(self) -> None:
        """Fill it."""
        block = self.query_one(Lines)
        retitle(block, Text(self._title))
        block.border_subtitle = "j k scroll · esc closes"
        block.update(self._shown)

    def action_scroll(self, count: int) -> None:
        """Scroll."""
        self.query_one(Lines).scroll_lines(count)
