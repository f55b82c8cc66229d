"""Turns one line of styled text into what Textual draws."""

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

_CONSOLE = Console(width=400, color_system="truecolor", force_terminal=True, _environ={})


def strip_of(text: Text, width: int, base: Style) -> Strip:
    """Return a strip of exactly `width` cells; longer text ends in an ellipsis."""
    if text.cell_len > width:
        text = text.copy()
        text.truncate(width, overflow="ellipsis")
    segments = [Segment(segment.text, segment.style) for segment in text.render(_CONSOLE) if segment.text]
    # Neighbours of one style become one segment: each costs its colours anew on the line to the terminal.
    joined = Segment.simplify(Segment.apply_style(segments, base))
    return Strip(joined).adjust_cell_length(width, base)


def retitle(widget: Widget, title: Text, subtitle: Text | None = None) -> None:
    """Set a border's title when it is another one: Textual draws the whole widget again for it."""
    content = Content.from_rich_text(title)
    if widget.border_title != content.markup:
        widget.border_title = title
    if subtitle is not None and widget.border_subtitle != Content.from_rich_text(subtitle).markup:
        widget.border_subtitle = subtitle


def wrapped(text: Text, width: int) -> list[Text]:
    """Break one line at words so that each part fits `width` cells."""
    if text.cell_len <= width:
        return [text]
    return [*text.wrap(_CONSOLE, max(1, width), tab_size=4, no_wrap=False)]
