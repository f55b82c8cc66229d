"""The two lines on top: the file, where its rows are, the six modes and the last message."""

from rich.text import Text
from textual.timer import Timer

from dataexplore.session.state import Counts
from dataexplore_tui.widgets.bars import brief
from dataexplore_tui.widgets.ink import (
    ACCENT,
    DIM,
    DROP,
    HERE,
    KEEP,
    STRONG,
    TITLE,
    WARN,
    across,
    line,
    shown,
)
from dataexplore_tui.widgets.lines import Lines

MODES = ("Rows", "Scores", "Duplicates", "Clusters", "Subset", "Runs")

_WIDE = 100
_SECONDS = 6.0
"""How long a message stays."""


class Header(Lines):
    """Always there, always true: keep + drop + undecided is every row."""

    DEFAULT_CSS = "Header { height: 2; dock: top }"

    def __init__(self, mode: int) -> None:
        super().__init__(id="header")
        self._mode = mode
        self._file = ""
        self._counts: Counts | None = None
        self._reading = ""
        self._message = Text()
        self._fading: Timer | None = None

    def set_counts(self, name: str, counts: Counts | None, reading: str = "") -> None:
        """Show the file and its counts, or how far reading has come while there are none."""
        self._file, self._counts, self._reading = name, counts, reading
        self._lay_out()

    def say(self, message: str, *, warning: bool = False) -> None:
        """Show one sentence until the next; it may hold text from data."""
        self._message = shown(message, WARN if warning else DIM)
        self._lay_out()
        if self._fading:
            self._fading.stop()
        self._fading = self.set_timer(_SECONDS, self._fade) if message else None

    def _fade(self) -> None:
        self._message = Text()
        self._lay_out()

    def _lay_out(self) -> None:
        self.flow(self._two_lines)

    def _two_lines(self, width: int, height: int) -> list[Text]:
        modes, message = self._modes(width), line(self._message, " ")
        if message.cell_len <= width - modes.cell_len - 1:
            second = across(modes, message, width)
        else:  # a message that does not fit beside the modes takes their line for a while
            second = line(" ", message)
        return [self._first(width), second]

    def _first(self, width: int) -> Text:
        counts = self._counts
        if counts is None:
            name = line(" ", ("dataexplore  ", TITLE) if width >= _WIDE else " ", shown(self._file, STRONG))
            return across(name, line((self._reading, DIM), " "), width)
        name = line(" ", ("dataexplore  ", TITLE), shown(self._file, STRONG), f"   {counts.rows:,} rows")
        numbers = line(
            ("keep ", KEEP), f"{counts.keep:,}   ", ("drop ", DROP), f"{counts.drop:,}   ",
            ("undecided ", DIM), f"{counts.undecided:,}   ",
            (f"~{brief(counts.kept_tokens)} tokens kept ", DIM),
        )  # fmt: skip
        if width < _WIDE or name.cell_len + numbers.cell_len >= width:
            name = line(" ", shown(self._file, STRONG), f"  {counts.rows:,}")
            numbers = line(
                ("K ", KEEP), f"{counts.keep:,}  ", ("D ", DROP), f"{counts.drop:,}  ",
                ("· ", DIM), f"{counts.undecided:,}  ", (f"~{brief(counts.kept_tokens)} tok ", DIM),
            )  # fmt: skip
        return across(name, numbers, width)

    def _modes(self, width: int) -> Text:
        text = Text(" ", end="")
        for number, mode in enumerate(MODES, 1):
            here = number == self._mode
            word = mode if width >= _WIDE or here else mode[:4] if mode == "Duplicates" else mode
            text.append(f"{number} ", ACCENT if here else DIM)
            text.append(word, HERE if here else DIM)
            text.append("  ")
        return text
