"""A signal's histogram with a line that can be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.widgets.bars import brief, column
from dataexplore_tui.widgets.ink import ACCENT, DIM, KEEP, STRONG, WARN, line
from dataexplore_tui.widgets.lines import Lines

if TYPE_CHECKING:
    from dataexplore.signals.histogram import Histogram

_UNSCORED = 12
"""Cells on the right for the rows without a score."""


class HistogramPane(Lines):
    """Bars from the lowest score to the highest; what the line would keep is bright."""

    def __init__(self) -> None:
        super().__init__(id="histogram", classes="pane")
        self._histogram: Histogram | None = None
        self._at = 0

    @property
    def room(self) -> int:
        """How many bars fit."""
        return max(8, (self.size.width - _UNSCORED) // 2)

    def show_histogram(self, histogram: Histogram, at: int) -> None:
        """Show a histogram with the line before bar `at`."""
        self._histogram, self._at = histogram, at
        self.flow(self._bars)

    def _bars(self, width: int, height: int) -> list[Text]:
        histogram = self._histogram
        height -= 3
        if histogram is None or height < 2:
            return []
        count = len(histogram.counts)
        slot = max(2, min(10, (width - _UNSCORED) // max(1, count)))
        tallest = max(1, int(histogram.counts.max(initial=1)), histogram.unscored)
        bars = [column(number / tallest, height) for number in histogram.counts.tolist()]
        missing = column(histogram.unscored / tallest, height)
        lines = [self._level(bars, missing, level, slot) for level in range(height)]
        return [*lines, self._numbers(slot), self._values(slot), self._legend()]

    def _level(self, bars: list[list[str]], missing: list[str], level: int, slot: int) -> Text:
        text = Text(end="")
        for place, one in enumerate(bars):
            text.append("┃" if place == self._at else " ", ACCENT)
            text.append(one[level] * (slot - 1), KEEP if place >= self._at else DIM)
        text.append("┃" if self._at >= len(bars) else " ", ACCENT)
        text.append("   " + missing[level] * 4, WARN)
        return text

    def _numbers(self, slot: int) -> Text:
        histogram = self._histogram
        assert histogram is not None
        text = Text(end="")
        for place, number in enumerate(histogram.counts.tolist()):
            words = f"{number:,}" if slot >= 8 else brief(number)
            room = slot if slot >= 5 else 0
            text.append(
                words[:room].rjust(room) if room else " " * slot, STRONG if place >= self._at else DIM
            )
        text.append(f"    {brief(histogram.unscored)}", WARN)
        return text

    def _values(self, slot: int) -> Text:
        histogram = self._histogram
        assert histogram is not None
        words = [f"{value:,.4g}" if abs(value) < 1000 else brief(value) for value in histogram.edges.tolist()]
        every = -(-(max(map(len, words), default=1) + 1) // slot)  # a label needs a space before it
        text = Text(end="")
        for place, word in enumerate(words):
            if place % every or place + every > len(words) > every:
                continue  # no room for the whole label
            text.append(word.rjust(slot) if every == 1 else f" {word}".ljust(slot * every), DIM)
        text.truncate(slot * len(histogram.edges), pad=True)
        text.append("    unscored", WARN)
        return text

    def _legend(self) -> Text:
        histogram = self._histogram
        assert histogram is not None
        kind = "exact values" if histogram.exact else f"{len(histogram.edges)} bins, the last takes the tail"
        return line((f" {kind} · {histogram.scored:,} scored, {histogram.unscored:,} not", DIM))
