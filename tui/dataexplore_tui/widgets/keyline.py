"""The last line of the screen: the keys that are useful now."""

from collections.abc import Sequence

from dataexplore_tui.widgets.ink import ACCENT, DIM, line
from dataexplore_tui.widgets.lines import Lines
from rich.text import Text

Hint = tuple[str, str]
"""A key and what it does."""


class Keyline(Lines):
    """Shows as many hints as fit; help is always among them."""

    DEFAULT_CSS = "Keyline { height: 1; dock: bottom; }"

    def __init__(self) -> None:
        super().__init__(id="keyline")
        self._hints: Sequence[Hint] = ()

    def hint(self, hints: Sequence[Hint]) -> None:
        """Show other hints."""
        self._hints = hints
        self._lay_out()

    def on_resize(self) -> None:
        """Use the new width."""
        self._lay_out()

    def _lay_out(self) -> None:
        last = _hint(("?", "help"))
        text = Text(" ", end="")
        for one in map(_hint, self._hints):
            if text.cell_len + one.cell_len + 2 + last.cell_len > self.size.width:
                break
            text = line(text, one, "  ")
        self.update([line(text, last)])


def _hint(hint: Hint) -> Text:
    key, word = hint
    return line((key, ACCENT), " ", (word, DIM))
