"""A list of any length with a cursor: draws only the lines on screen, and after a key only two of them."""

from typing import ClassVar, Protocol

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dataexplore_tui.widgets.ink import CURSOR, CURSOR_AWAY
from dataexplore_tui.widgets.strips import strip_of


class Source(Protocol):
    """What a picker shows: any number of lines, drawn when they are needed."""

    def __len__(self) -> int:
        """Return the number of lines."""
        ...

    def line(self, index: int, width: int) -> Text:
        """Return one line, at most `width` cells of which are shown."""
        ...


class Nothing:
    """A source without lines."""

    def __len__(self) -> int:
        return 0

    def line(self, index: int, width: int) -> Text:
        """There are none."""
        raise IndexError(index)


class Picker(Widget, can_focus=True):
    """Shows a `Source` and moves a cursor over it; at the edge it scrolls by half a page."""

    DEFAULT_CSS = "Picker { width: 1fr; height: 1fr; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False, id="move.down"),
        Binding("k,up", "move(-1)", "up", show=False, id="move.up"),
        Binding("g,home", "edge(-1)", "first", show=False, id="move.first"),
        Binding("G,end", "edge(1)", "last", show=False, id="move.last"),
        Binding("ctrl+d", "page(0.5)", "half a page down", show=False, id="move.half_down"),
        Binding("ctrl+u", "page(-0.5)", "half a page up", show=False, id="move.half_up"),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False, id="move.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False, id="move.page_up"),
    ]

    class Moved(Message):
        """The cursor is on another line."""

        def __init__(self, picker: "Picker", index: int) -> None:
            super().__init__()
            self.picker = picker
            self.index = index

        @property
        def control(self) -> "Picker":
            """The picker, for selectors in handlers."""
            return self.picker

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 # Textual's word
        super().__init__(id=id, classes=classes)
        self.source: Source = Nothing()
        self.cursor = 0
        self._top = 0
        self._placeholder = Text(end="")

    def placehold(self, text: Text) -> None:
        """Say why there are no lines yet."""
        self._placeholder = text
        if not len(self.source):
            self.redraw(0)

    @property
    def top(self) -> int:
        """The first line on screen."""
        return self._top

    def show(self, source: Source, cursor: int = 0) -> None:
        """Show another source with the cursor on one of its lines."""
        self.source = source
        self.cursor = max(0, min(cursor, len(source) - 1))
        if not self._visible(self.cursor):
            self._top = self._centred(self.cursor)
        self._top = max(0, min(self._top, len(source) - self.size.height))
        self.refresh()
        self.post_message(self.Moved(self, self.cursor))

    def to(self, index: int) -> None:
        """Put the cursor on a line; nothing happens when it is there already."""
        index = max(0, min(index, len(self.source) - 1))
        if index == self.cursor or not len(self.source):
            return
        before, self.cursor = self.cursor, index
        if self._visible(index):
            self.redraw(before)
            self.redraw(index)
        else:
            self._top = self._centred(index)
            self.refresh()
        self.post_message(self.Moved(self, index))

    def redraw(self, index: int) -> None:
        """Draw one line again because what it shows has changed."""
        if self._visible(index):
            self.refresh(Region(0, index - self._top, self.size.width, 1))

    def action_move(self, count: int) -> None:
        """Move the cursor by some lines."""
        self.to(self.cursor + count)

    def action_edge(self, way: int) -> None:
        """Go to the first or the last line."""
        self.to(0 if way < 0 else len(self.source) - 1)

    def action_page(self, pages: float) -> None:
        """Move by a part of the height."""
        self.to(self.cursor + int(pages * max(2, self.size.height)))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        index, width, base = self._top + y, self.size.width, self.rich_style
        if y == 0 and not len(self.source):
            return strip_of(self._placeholder, width, base)
        if index >= len(self.source):
            return Strip.blank(width, base)
        if index == self.cursor:
            base += CURSOR if self.has_focus else CURSOR_AWAY
        return strip_of(self.source.line(index, width), width, base)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor on screen."""
        if not self._visible(self.cursor):
            self._top = self._centred(self.cursor)

    def on_hide(self, event: events.Hide) -> None:
        """Keep the keys while a narrow screen shows the record instead: the list moves on under it."""
        event.prevent_default()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move three lines with the wheel."""
        event.stop()
        self.to(self.cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move three lines back with the wheel."""
        event.stop()
        self.to(self.cursor - 3)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is."""
        offset = event.get_content_offset(self)
        if offset is not None and self._top + offset.y < len(self.source):
            self.to(self._top + offset.y)

    def _visible(self, index: int) -> bool:
        return self._top <= index < self._top + max(1, self.size.height)

    def _centred(self, index: int) -> int:
        height = max(1, self.size.height)
        return max(0, min(index - height // 2, len(self.source) - height))
