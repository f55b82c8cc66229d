"""The colours, and the one way by which text from data becomes text on the screen."""

from rich.style import Style
from rich.text import Text
from textual.theme import Theme

from dataexplore.text import visible, visible_lines

THEME = Theme(
    name="dataexplore",
    primary="#7aa2f7",
    secondary="#7aa2f7",
    accent="#7aa2f7",
    foreground="#d5d8df",
    background="#15171c",
    surface="#15171c",
    panel="#1e222b",
    success="#8fce6a",
    warning="#e5b567",
    error="#f07a86",
    dark=True,
)

PLAIN = Style.null()
DIM = Style(color="#7d8594")
ACCENT = Style(color="#7aa2f7")
STRONG = Style(bold=True)
TITLE = Style(color="#7aa2f7", bold=True)
KEEP = Style(color="#8fce6a", bold=True)
DROP = Style(color="#f07a86", bold=True)
WARN = Style(color="#e5b567")
ADDED = Style(color="#8fce6a", underline=True)
REMOVED = Style(color="#f07a86", strike=True)
FOUND = Style(color="#15171c", bgcolor="#e5b567")
CURSOR = Style(bgcolor="#2c3446")
CURSOR_AWAY = Style(bgcolor="#222731")


def shown(data: str, style: Style = PLAIN) -> Text:
    """Return text from data as one line that cannot move the cursor, act or hide."""
    return Text(visible(data), style, no_wrap=True, end="")


def shown_lines(data: str, style: Style = PLAIN) -> list[Text]:
    """Return text from data line by line, each as `shown` makes it."""
    return [Text(line, style, end="") for line in visible_lines(data)]


def line(*parts: tuple[str, Style] | str | Text) -> Text:
    """Join words of the program's own and already shown text into one line."""
    joined = Text(no_wrap=True, end="")
    for part in parts:
        if isinstance(part, Text):
            joined.append_text(part)
        elif isinstance(part, str):
            joined.append(part)
        else:
            joined.append(*part)
    return joined


def across(left: Text, right: Text, width: int) -> Text:
    """Put one text at the left end of a line and one at the right; the left one gives way."""
    room = max(0, width - right.cell_len - 1)
    whole = left.copy()
    whole.truncate(room, overflow="ellipsis", pad=True)
    whole.append(" ")
    return whole.append_text(right)
