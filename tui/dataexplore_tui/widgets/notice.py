"""One sentence to the person, above the keys for a while; it covers what is there and moves nothing."""

from rich.text import Text
from textual import events
from textual.timer import Timer

from dataexplore_tui.widgets.ink import line
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import wrapped

_SECONDS = 6.0
"""How long a line of it stays."""
_LINES = 4


class Notice(Lines):
    """Hidden while there is nothing to say; a long sentence takes the lines that it needs."""

    DEFAULT_CSS = """
    Notice { layer: over; dock: bottom; height: 1; margin-bottom: 1; }
    Notice { display: none; background: ansi_default; }
    """

    def __init__(self) -> None:
        super().__init__(id="notice")
        self._said = Text()
        self._fading: Timer | None = None

    def say(self, said: Text, *, hold: bool = False) -> None:
        """Show a sentence until the next one, or, unless it is held, for some seconds."""
        self._said = said
        lines = self._lay_out()
        if self._fading:
            self._fading.stop()
        self._fading = self.set_timer(_SECONDS * lines, self._fade) if lines and not hold else None

    def unsay(self, said: Text) -> None:
        """Take a sentence away, if it is still this one."""
        if self._said is said:
            self._fade()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the sentence out for the new width."""
        self._lay_out()

    def _fade(self) -> None:
        self.say(Text())

    def _lay_out(self) -> int:
        width = max(8, self.app.size.width - 2)
        lines = wrapped(self._said, width)[:_LINES] if self._said else []
        self.styles.height = max(1, len(lines))
        self.display = bool(lines)
        self.update([line(" ", one) for one in lines])
        return len(lines)
