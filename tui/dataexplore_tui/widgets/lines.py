"""Text laid out by its owner: redraws only the lines that changed, and only as far as they reach."""

from collections.abc import Sequence

from dataexplore_tui.widgets.strips import strip_of
from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Lines(Widget):
    """A block of one-line texts, scrolled by its owner."""

    DEFAULT_CSS = "Lines { width: 1fr; height: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 # Textual's word
        super().__init__(id=id, classes=classes)
        self._lines: list[Text] = []
        self._top = 0

    @property
    def top(self) -> int:
        """The first line on screen."""
        return self._top

    def update(self, lines: Sequence[Text], *, keep_place: bool = False) -> None:
        """Show other lines; the place is kept only when asked for."""
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
        index = self._top + y
        text = self._lines[index] if index < len(self._lines) else Text(end="")
        return strip_of(text, self.size.width, self.rich_style)

    def _last_top(self) -> int:
        return max(0, len(self._lines) - max(1, self.size.height))

    def _on_screen(self) -> list[Text]:
        return self._lines[self._top : self._top + self.size.height]

    def _redraw(self, before: list[Text]) -> None:
        after = self._on_screen()
        for y in range(max(len(before), len(after))):
            old = before[y] if y < len(before) else Text()
            new = after[y] if y < len(after) else Text()
            if old != new or old.style != new.style:
                reach = min(self.size.width, max(old.cell_len, new.cell_len))
                self.refresh(Region(0, y, reach, 1))
