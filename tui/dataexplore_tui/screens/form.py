"""A form over the screen: a line a field, figures below; Enter counts, Enter again goes ahead."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from dataexplore.errors import DataexploreError
from dataexplore_tui.widgets.ink import DIM, WARN, line, shown
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import wrapped

W = TypeVar("W")
"""What the fields ask for."""
F = TypeVar("F")
"""What was counted of it."""
Field = tuple[str, str, str]
"""A field's name, its words for people, and what to write in it."""


class Form(ModalScreen[W | None], Generic[W, F]):
    """Nothing is started that was not counted as it stands."""

    DEFAULT_CSS = """
    Form { align: center middle; }
    Form #form { width: 90%; max-width: 96; height: auto; max-height: 95%; padding: 0 1; }
    Form #form { border: round ansi_cyan; background: ansi_default; }
    Form Horizontal { height: 1; }
    Form Label { width: 16; color: ansi_cyan; }
    Form Input { width: 1fr; height: 1; border: none; padding: 0; background: ansi_default; }
    Form Input:focus { border: none; }
    Form #figures { height: 9; margin-top: 1; }
    Form.-narrow { align: center bottom; }
    Form.-narrow #form { width: 100%; }
    """

    TITLE_WORD: ClassVar[str]
    FIELDS: ClassVar[tuple[Field, ...]]
    FIRST: ClassVar[str]
    """What Enter does at first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="form.back"),
        Binding("down", "app.focus_next", "next field", show=False, id="form.next"),
        Binding("up", "app.focus_previous", "field before", show=False, id="form.previous"),
    ]

    def __init__(self, initial: dict[str, str]) -> None:
        super().__init__()
        self._initial = initial
        self._counted: dict[str, str] | None = None

    @abstractmethod
    def wanted(self, values: dict[str, str]) -> W:
        """Return what the fields ask for; raise DataexploreError naming the field that does not fit."""

    @abstractmethod
    def count(self, wanted: W) -> F:
        """Count it; this runs in a thread."""

    @abstractmethod
    def told(self, found: F) -> list[Text]:
        """Return what was counted as lines."""

    def compose(self) -> ComposeResult:
        """One line per field, then the figures."""
        with Vertical(id="form"):
            for name, words, hint in self.FIELDS:
                with Horizontal():
                    yield Label(words, markup=False)
                    yield Input(
                        self._initial.get(name, ""), placeholder=hint, id=f"field-{name}", compact=True
                    )
            yield Lines(id="figures")

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.query_one("#form").border_title = self.TITLE_WORD
        self.query_one("#form").border_subtitle = "enter counts, then starts · ↑↓ fields · esc back"
        self._tell(shown(self.FIRST, DIM))
        self.query_one(Input).focus()

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: self.query_one(f"#field-{name}", Input).value.strip() for name, _, _ in self.FIELDS}

    def on_input_submitted(self) -> None:
        """Count, or go ahead with what was counted."""
        values = self.values
        try:
            wanted = self.wanted(values)
        except DataexploreError as error:
            self._tell(shown(str(error), WARN))
            return
        if values == self._counted:
            self.dismiss(wanted)
            return
        self._tell(line(("counting …", DIM)))
        self.run_worker(lambda: self._count(wanted, values), thread=True, exclusive=True)

    def _count(self, wanted: W, values: dict[str, str]) -> None:
        try:
            found = self.count(wanted)
        except DataexploreError as error:
            self.app.call_from_thread(self._tell, shown(str(error), WARN))
        else:
            self.app.call_from_thread(self._show, found, values)

    def _show(self, found: F, values: dict[str, str]) -> None:
        self._counted = values
        self._tell(*self.told(found))

    def _tell(self, *lines: Text) -> None:
        self.query_one("#figures", Lines).flow(
            lambda width, height: [part for one in lines for part in wrapped(one, width)]
        )
