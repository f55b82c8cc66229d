"""The two lines on top: the file, where its rows are, and the six modes."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from dataexplore.session.state import Counts
from dataexplore_tui.widgets.bars import brief
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, HERE, KEEP, STRONG, TITLE, across, line, shown
from dataexplore_tui.widgets.lines import Lines

MODES = ("Rows", "Scores", "Duplicates", "Clusters", "Subset", "Runs")


class Header(Lines):
    """Always there, always true: keep + drop + undecided is every row."""

    DEFAULT_CSS = "Header { height: 2; dock: top }"

    def __init__(self, mode: int) -> None:
        super().__init__(id="header")
        self._mode = mode
        self._file = ""
        self._counts: Counts | None = None
        self._reading = ""

    def set_counts(self, name: str, counts: Counts | None, reading: str = "") -> None:
        """Show the file and its counts, or how far reading has come while there are none."""
        self._file, self._counts, self._reading = name, counts, reading
        self.flow(lambda width, height: [self._first(width), self._second(width)])

    def _first(self, width: int) -> Text:
        """Leave out whole parts until the rest fits; the file's name is cut last."""
        forms = list(self._forms())
        left, right = next((form for form in forms if _cells(*form) <= width), forms[-1])
        return across(left, right, width)

    def _forms(self) -> Iterator[tuple[Text, Text]]:
        title, name, counts = line(" ", ("dataexplore  ", TITLE)), shown(self._file, STRONG), self._counts
        if counts is None:
            yield line(title, name), line((self._reading, DIM), " ")
            yield line(" ", name), line((self._reading, DIM), " ")
            return
        rows = f"   {counts.rows:,} rows"
        words = line(
            ("keep ", KEEP), f"{counts.keep:,}   ", ("drop ", DROP), f"{counts.drop:,}   ",
            ("undecided ", DIM), f"{counts.undecided:,} ",
        )  # fmt: skip
        tokens = (f"  ~{brief(counts.kept_tokens)} tokens kept ", DIM)
        letters = line(
            ("K ", KEEP), f"{counts.keep:,}  ", ("D ", DROP), f"{counts.drop:,}  ",
            ("· ", DIM), f"{counts.undecided:,} ",
        )  # fmt: skip
        yield line(title, name, rows), line(words, tokens)
        yield line(" ", name, rows), line(words, tokens)
        yield line(" ", name, rows), words
        yield line(" ", name, rows), letters
        yield line(" ", name), letters

    def _second(self, width: int) -> Text:
        whole = self._modes(MODES)
        here = [mode if number == self._mode else "" for number, mode in enumerate(MODES, 1)]
        return whole if whole.cell_len <= width else self._modes(here)

    def _modes(self, words: Sequence[str]) -> Text:
        text = Text(" ", end="")
        for number, word in enumerate(words, 1):
            here = number == self._mode
            style = HERE if here else DIM
            text = line(text, (f"{number} ", ACCENT if here else DIM), (word, style), "  " if word else "")
        return text


def _cells(left: Text, right: Text) -> int:
    return left.cell_len + 3 + right.cell_len
