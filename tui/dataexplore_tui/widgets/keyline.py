"""The last line of the screen: the keys that are useful now."""

from collections.abc import Sequence

from rich.text import Text

from dataexplore_tui.widgets.ink import ACCENT, DIM, line
from dataexplore_tui.widgets.lines import Lines

Hint = tuple[str, str]
"""A key and what it does."""


class Keyline(Lines):
    """Shows as many hints as fit; help is always among them."""

    DEFAULT_CSS = "Keyline { height: 1; dock: bottom; }"

    def __init__(self) -> None:
        super().__init__(id="keyline")

    def hint(self, hints: Sequence[Hint]) -> None:
        """Show other hints."""
        self.flow(lambda width, height: [_fitting(hints, width)])


def _fitting(hints: Sequence[Hint], width: int) -> Text:
    last = _hint(("?", "help"))
    text = Text(" ", end="")
    for one in map(_hint, hints):
        if text.cell_len + one.cell_len + 2 + last.cell_len > width:
            break
        text = line(text, one, "  ")
    return line(text, last)


def _hint(hint: Hint) -> Text:
    key, word = hint
    return line((key, ACCENT), " ", (word, DIM))
