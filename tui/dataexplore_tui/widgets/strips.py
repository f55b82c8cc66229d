"""Turns one line of styled text into what Textual draws."""

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

_CONSOLE = Console(width=400, color_system="truecolor", force_terminal=True, _environ={})


def strip_of(text: Text, width: int, base: Style) -> Strip:
    """Return a strip of exactly `width` cells; longer text ends in an ellipsis."""
    if text.cell_len > width:
        text = text.copy()
        text.truncate(width, overflow="ellipsis")
    segments = [Segment(segment.text, segment.style) for segment in text.render(_CONSOLE) if segment.text]
    return Strip(list(Segment.apply_style(segments, base))).adjust_cell_length(width, base)


def wrapped(text: Text, width: int) -> list[Text]:
    """Break one line at words so that each part fits `width` cells."""
    if text.cell_len <= width:
        return [text]
    return [*text.wrap(_CONSOLE, max(1, width), tab_size=4)]
