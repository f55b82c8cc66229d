"""A box over the screen that scrolls and closes with Esc."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle, wrapped


class Overlay(ModalScreen[bool]):
    """Shows lines that its maker wrote; gives back whether Enter closed it."""

    DEFAULT_CSS = """
    Overlay { align: center middle; }
    Overlay Lines { width: 90%; max-width: 100; height: 90%; padding: 0 1; }
    Overlay Lines { border: round ansi_cyan; background: ansi_default; }
    Overlay.-narrow Lines { width: 100%; height: 1fr; margin-top: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss(False)", "close", id="overlay.close"),
        Binding("enter", "dismiss(True)", "go on, or close", id="overlay.enter"),
        Binding("j,down", "scroll(1)", "down", show=False, id="overlay.down"),
        Binding("k,up", "scroll(-1)", "up", show=False, id="overlay.up"),
        Binding("ctrl+d,pagedown,space", "scroll(10)", "page down", show=False, id="overlay.page_down"),
        Binding("ctrl+u,pageup", "scroll(-10)", "page up", show=False, id="overlay.page_up"),
    ]

    def __init__(self, title: str, lines: Sequence[Text], goes_on: str = "") -> None:
        super().__init__()
        self._title = title
        self._shown = lines
        self._goes_on = goes_on
        """What Enter does besides closing."""

    def compose(self) -> ComposeResult:
        """One block of lines."""
        block = Lines()
        block.MORE = "space"
        yield block

    def on_mount(self) -> None:
        """Fill it."""
        block = self.query_one(Lines)
        retitle(block, Text(self._title))
        go_on, close = (f"enter {self._goes_on} · ", "goes back") if self._goes_on else ("", "closes")
        block.border_subtitle = f"{go_on}j k scroll · esc {close}"
        block.flow(
            lambda width, height: [part for one in self._shown for part in wrapped(one, max(8, width))]
        )

    def action_scroll(self, count: int) -> None:
        """Scroll."""
        self.query_one(Lines).scroll_lines(count)
