"""One line at the bottom that asks for a text: a filter, a search, a file name."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

Answer = Callable[[str], bool]
"""Takes what was typed; False leaves the line open so that it can be mended."""


class Ask(Horizontal):
    """Hides the keys while it asks: Enter answers, Esc takes it back, up and down bring earlier answers."""

    DEFAULT_CSS = """
    Ask { layer: over; dock: bottom; height: 1; display: none; background: ansi_default; }
    Ask.-open { display: block; }
    Ask Label { width: auto; padding: 0 1; color: ansi_cyan; text-style: bold; }
    Ask Input { width: 1fr; height: 1; border: none; padding: 0; background: ansi_default; }
    Ask Input:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "back", show=False, id="ask.back"),
        Binding("up", "earlier(-1)", "earlier", show=False, id="ask.earlier"),
        Binding("down", "earlier(1)", "later", show=False, id="ask.later"),
    ]

    class Closed(Message):
        """The line is closed, answered or not."""

    def __init__(self) -> None:
        super().__init__(id="ask")
        self._answer: Answer = lambda text: True
        self._past: dict[str, list[str]] = {}
        self._asked = ""
        self._place = 0

    def compose(self) -> ComposeResult:
        """A name and an input."""
        yield Label("", markup=False)
        yield Input(compact=True)  # what is prefilled is selected: typing replaces it, an arrow keeps it

    def ask(self, name: str, answer: Answer, initial: str = "", example: str = "") -> None:
        """Open the line; `answer` gets what is typed."""
        self._asked, self._answer = name, answer
        self._place = len(self._past.setdefault(name, []))
        self.query_one(Label).update(name)
        field = self.query_one(Input)
        field.value, field.placeholder = initial, example
        self.add_class("-open")
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand over what was typed."""
        event.stop()
        if self._answer(event.value):
            past = self._past[self._asked]
            if event.value and event.value not in past[-1:]:
                past.append(event.value)
            self._close()

    def action_cancel(self) -> None:
        """Close without an answer."""
        self._close()

    def action_earlier(self, way: int) -> None:
        """Walk through what was answered before."""
        past = self._past.get(self._asked, [])
        self._place = max(0, min(len(past), self._place + way))
        field = self.query_one(Input)
        field.value = past[self._place] if self._place < len(past) else ""
        field.cursor_position = len(field.value)

    def _close(self) -> None:
        self.remove_class("-open")
        self.post_message(self.Closed())
        self.screen.query(".-home").first().focus()
