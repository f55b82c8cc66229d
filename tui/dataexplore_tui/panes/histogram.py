"""A signal's histogram with a line that can be moved, and a second one beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

from dataexplore_tui.widgets.bars import brief, column
from dataexplore_tui.widgets.ink import ACCENT, DIM, KEEP, STRONG, WARN, line
from dataexplore_tui.widgets.lines import Lines

if TYPE_CHECKING:
    from dataexplore.signals.histogram import Histogram

_UNSCORED = 12
"""Cells on the right for the rows without a score."""


@dataclass(frozen=True)
class Beside:
    """A second signal, and what the line on the first one keeps of it."""

    name: str
    histogram: Histogram
    kept: NDArray[np.int64]
    """Rows of each bar that the line keeps."""
    unscored_kept: int


class HistogramPane(Lines):
    """Bars from the lowest score to the highest; what the line would keep is bright."""

    def __init__(self) -> None:
        super().__init__(id="histogram", classes="pane")
        self._histogram: Histogram | None = None
        self._at = 0
        self._beside: Beside | None = None

    def room(self, *, beside: bool) -> int:
        """Return how many bars fit, alone or two abreast."""
        width = (self.size.width - 1) // 2 if beside else self.size.width
        return max(8, (width - _UNSCORED - 2) // 2)

    def show_histogram(self, histogram: Histogram, at: int, beside: Beside | None = None) -> None:
        """Show a histogram with the line before bar `at`."""
        self._histogram, self._at, self._beside = histogram, at, beside
        self.flow(self._drawn)

    def _drawn(self, width: int, height: int) -> list[Text]:
        histogram, beside = self._histogram, self._beside
        if histogram is None or height < 5:
            return []
        if beside is None:
            return _bars(histogram, width, height, self._at)
        half = (width - 1) // 2
        sides = (_bars(histogram, half, height, self._at), _second(beside, half, height))
        return [line(_fitted(left, half), ("│", DIM), right) for left, right in zip(*sides, strict=True)]


def _fitted(text: Text, width: int) -> Text:
    text.truncate(width, pad=True)
    return text


def _slot(histogram: Histogram, width: int) -> int:
    return max(2, min(10, (width - _UNSCORED) // max(1, len(histogram.counts))))


def _bars(histogram: Histogram, width: int, height: int, at: int) -> list[Text]:
    height -= 3
    slot, numbers = _slot(histogram, width), histogram.counts.tolist()
    tallest = max(1, *numbers, histogram.unscored)
    bars = [column(number / tallest, height) for number in numbers]
    missing = column(histogram.unscored / tallest, height)
    lines = []
    for level in range(height):
        text = Text(end="")
        for place, one in enumerate(bars):
            text.append("┃" if place == at else " ", ACCENT)
            text.append(one[level] * (slot - 1), KEEP if place >= at else DIM)
        text.append("┃" if at >= len(bars) else " ", ACCENT)
        text.append("   " + missing[level] * 4, WARN)
        lines.append(text)
    styles = [STRONG if place >= at else DIM for place in range(len(numbers))]
    return [
        *lines,
        _numbers(numbers, styles, brief(histogram.unscored), slot),
        _values(histogram, slot),
        _legend(histogram),
    ]


def _second(beside: Beside, width: int, height: int) -> list[Text]:
    """Draw the second signal's bars: what the line on the first one keeps is full, the rest a shade."""
    histogram, kept, height = beside.histogram, beside.kept.tolist(), height - 3
    slot, numbers = _slot(histogram, width), histogram.counts.tolist()
    tallest = max(1, *numbers, histogram.unscored)
    drawn = [
        (*_stacked(number / tallest, part / tallest, height),)
        for number, part in zip([*numbers, histogram.unscored], [*kept, beside.unscored_kept], strict=True)
    ]
    lines = []
    for level in range(height):
        text = Text(end="")
        for bar in drawn[:-1]:
            sign, style = bar[level]
            text.append(" ").append(sign * (slot - 1), style)
        sign, style = drawn[-1][level]
        lines.append(text.append("    ").append(sign * 4, style))
    of_all = f" · {brief(int(beside.kept.sum()))} of {brief(histogram.scored)} kept"
    return [
        *lines,
        _numbers(kept, [STRONG if one else DIM for one in kept], brief(beside.unscored_kept), slot),
        _values(histogram, slot),
        line(" ", ("█", KEEP), (" kept ", DIM), ("░", DIM), (" not", DIM), (of_all, DIM)),
    ]


def _stacked(whole: float, part: float, height: int) -> list[tuple[str, Style]]:
    """Return a bar from top to bottom: its part in full, the rest of it shaded."""
    all_of_it, full = column(whole, height), column(part, height)
    return [
        (inner, KEEP) if inner != " " else ("░" if outer != " " else " ", DIM)
        for outer, inner in zip(all_of_it, full, strict=True)
    ]


def _numbers(numbers: list[int], styles: list[Style], unscored: str, slot: int) -> Text:
    text = Text(end="")
    for number, style in zip(numbers, styles, strict=True):
        words = f"{number:,}" if slot >= 8 else brief(number)
        room = slot if slot >= 5 else 0
        text.append(words[:room].rjust(room) if room else " " * slot, style)
    return text.append(f"    {unscored}", WARN)


def _values(histogram: Histogram, slot: int) -> Text:
    words = [f"{value:,.4g}" if abs(value) < 1000 else brief(value) for value in histogram.edges.tolist()]
    every = -(-(max(map(len, words), default=1) + 1) // slot)  # a label needs a space before it
    text = Text(end="")
    for place, word in enumerate(words):
        if place % every or place + every > len(words) > every:
            continue  # no room for the whole label
        text.append(word.rjust(slot) if every == 1 else f" {word}".ljust(slot * every), DIM)
    text.truncate(slot * len(histogram.edges), pad=True)
    return text.append("    unscored", WARN)


def _legend(histogram: Histogram) -> Text:
    kind = "exact values" if histogram.exact else f"{len(histogram.edges)} bins, the last takes the tail"
    return line((f" {kind}", DIM))
