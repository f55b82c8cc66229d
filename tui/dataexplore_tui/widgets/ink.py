"""The colours, and the one way by which text from data becomes text on the screen."""

from dataclasses import replace

from rich.style import Style
from rich.text import Text
from textual.theme import BUILTIN_THEMES

from dataexplore.text import visible, visible_lines

# The terminal's own sixteen colours: they follow the person's palette, light or dark, and cost a fifth of
# the bytes of true colours on a slow line.
THEME = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="dataexplore",
    primary="ansi_cyan",
    accent="ansi_cyan",
    variables=BUILTIN_THEMES["ansi-dark"].variables
    | {
        "border-blurred": "ansi_bright_black",
        "input-cursor-foreground": "ansi_black",
        "input-cursor-background": "ansi_cyan",
    },
)

PLAIN = Style.null()
DIM = Style(color="bright_black")
ACCENT = Style(color="cyan")
STRONG = Style(bold=True)
TITLE = Style(color="cyan", bold=True)
HERE = Style(color="cyan", bold=True, underline=True)
KEEP = Style(color="green", bold=True)
DROP = Style(color="red", bold=True)
WARN = Style(color="yellow")
ADDED = Style(color="green", underline=True)
REMOVED = Style(color="red", strike=True)
FOUND = Style(color="black", bgcolor="yellow")
CURSOR = Style(color="bright_white", bgcolor="color(238)")
CURSOR_AWAY = Style(color="bright_white", bgcolor="color(236)")


def shown(data: str, style: Style = PLAIN) -> Text:
    """Return text from data as one line that cannot move the cursor, act or hide."""
    return Text(visible(data), style, no_wrap=True, end="")


def squeezed(name: str, cells: int) -> str:
    """Return a name in so many characters, cut in its middle: names of a family differ at their ends."""
    name = visible(name)
    end = cells * 2 // 3
    return name if len(name) <= cells else f"{name[: cells - 1 - end]}…{name[len(name) - end :]}"


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
