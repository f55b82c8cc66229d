"""Text laid out by its owner: redraws only the lines that changed, and only as far as they reach."""

from collections.abc import Callable, Sequence

from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from dataexplore_tui.widgets.ink import DIM
from dataexplore_tui.widgets.strips import strip_of

Maker = Callable[[int, int], Sequence[Text]]
"""Makes lines for a width and a height."""


class Lines(Widget):
    """A block of one-line texts, scrolled by its owner."""

    DEFAULT_CSS = "Lines { width: 1fr; height: 1fr; }"

    MORE = ""
    """The key that shows the rest, named on the last line while there is any; empty where nothing scrolls."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 # Textual's word
        super().__init__(id=id, classes=classes)
        self._lines: list[Text] = []
        self._top = 0
        self._make: Maker | None = None

    @property
    def top(self) -> int:
        """The first line on screen."""
        return self._top

    def flow(self, make: Maker, *, keep_place: bool = False) -> None:
        """Show lines that depend on the size, now and after every change of it."""
        self._make = make
        if self.size.width:
            self._replace(make(self.size.width, self.size.height), keep_place)
        elif not keep_place:
            self._top = 0

    def on_resize(self, event: events.Resize) -> None:
        """Make the lines anew for the new size."""
        if self._make is not None:
            self._replace(self._make(self.size.width, self.size.height), keep_place=True)
        self.refresh()

    def update(self, lines: Sequence[Text], *, keep_place: bool = False) -> None:
        """Show other lines; the place is kept only when asked for."""
        self._make = None
        self._replace(lines, keep_place)

    def _replace(self, lines: Sequence[Text], keep_place: bool) -> None:
        before = self._on_screen()
        self._lines = list(lines)
        self._top = min(self._top, self._last_top()) if keep_place else 0
        self._redraw(before)

    def scroll_lines(self, count: int) -> bool:
        """Move by some lines; False when there is nothing more that way."""
        top = max(0, min(self._top + count, self._last_top()))
        if top == self._top:
            return False
        before = self._on_screen()
        self._top = top
        self._redraw(before)
        return True

    @property
    def hidden_below(self) -> int:
        """Lines that do not fit below."""
        return max(0, len(self._lines) - self._top - self.size.height)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        on_screen = self._on_screen()
        text = on_screen[y] if y < len(on_screen) else Text(end="")
        return strip_of(text, self.size.width, self.rich_style)

    def _last_top(self) -> int:
        return max(0, len(self._lines) - max(1, self.size.height))

    def _on_screen(self) -> list[Text]:
        lines = self._lines[self._top : self._top + self.size.height]
        if self.MORE and self.hidden_below and lines:
            # A line of its own instead of the border's subtitle: setting that draws the whole block again.
            lines[-1] = Text(f"▾ {self.hidden_below + 1:,} more lines  {self.MORE}", DIM, end="")
        return lines

    def _redraw(self, before: list[Text]) -> None:
        after = self._on_screen()
        for y in range(max(len(before), len(after))):
            old = before[y] if y < len(before) else Text()
            new = after[y] if y < len(after) else Text()
            if old != new or old.style != new.style:
                reach = min(self.size.width, max(old.cell_len, new.cell_len))
                self.refresh(Region(0, y, reach, 1))
