"""A score against the length of the answer, or its mean in each cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from dataexplore_tui.panes.rows import score_text
from dataexplore_tui.widgets.bars import bar, brief
from dataexplore_tui.widgets.dots import shaded
from dataexplore_tui.widgets.ink import ACCENT, DIM, KEEP, line, shown
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.signals.against import Mean, Spread

_LABEL = 7
"""Cells of a score beside the plane."""


class AgainstPane(Lines):
    """Whether a judge likes long answers, or some topics."""

    def __init__(self) -> None:
        super().__init__(id="against", classes="pane")
        self._dots: tuple[Spread, int, int, list[str]] | None = None

    def show_spread(self, name: str, spread: Spread | None, at: float) -> None:
        """Show rows by length, to the right, and score, upwards."""
        if spread is None:
            retitle(self, line(shown(name), " against length"), Text(""))
            self.update([line((" no row has a score and a length", DIM))])
            return
        rank = "" if spread.spearman is None else f" (Spearman {spread.spearman:.3f})".replace("0.", ".", 1)
        retitle(self, line(shown(name), f" against length{rank}"), Text("y by cluster"))
        self.flow(lambda width, height: self._plane(spread, at, width, height))

    def show_clusters(self, name: str, means: Sequence[Mean], terms: Sequence[Sequence[str]]) -> None:
        """Show the clusters with the highest and the lowest means."""
        retitle(self, line(shown(name), f" in {len(means):,} clusters"), Text("y against length"))
        self.flow(lambda width, height: _means(means, terms, width, height))

    def _plane(self, spread: Spread, at: float, width: int, height: int) -> list[Text]:
        wide, high = width - _LABEL, height - 1
        if wide < 8 or high < 2:
            return []
        labels, values = _labels(spread, high), _values(spread, high)
        lines = [
            line((f"{labels.get(place, ''):>{_LABEL - 1}} ", DIM), (dots, KEEP if value >= at else DIM))
            for place, (dots, value) in enumerate(zip(self._dots_of(spread, wide, high), values, strict=True))
        ]
        return [*lines, _lengths(spread, wide)]

    def _dots_of(self, spread: Spread, wide: int, high: int) -> list[str]:
        """Return the plane, counted once: a moved threshold changes its colours alone."""
        known = self._dots
        if known is None or known[0] is not spread or known[1:3] != (wide, high):
            known = (spread, wide, high, shaded(spread.counts(2 * wide, 4 * high)))
            self._dots = known
        return known[3]

    def show_progress(self, text: str) -> None:
        """Say how far looking has come."""
        if text:
            self.update([line(" ", shown(text, DIM))])


def _values(spread: Spread, high: int) -> list[float]:
    """Return the score in the middle of each line."""
    shares = [(high - place - 0.5) / high for place in range(high)]
    if spread.bands:
        return [spread.values[int(share * len(spread.values))] for share in shares]
    low, top = spread.values
    return [low + share * (top - low) for share in shares]


def _labels(spread: Spread, high: int) -> dict[int, str]:
    """Return the score of the lines that lie in the middle of a band, or at the ends."""
    if not spread.bands:
        ends = (spread.values[1], spread.values[0])
        return dict(zip((0, high - 1), (_number(one) for one in ends), strict=True))
    count = len(spread.values)
    places = {
        int((count - 1 - one + 0.5) / count * high): _number(spread.values[one]) for one in range(count)
    }
    return places if count <= high else {place: word for place, word in places.items() if place % 2 == 0}


def _number(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else brief(value)


def _lengths(spread: Spread, wide: int) -> Text:
    """Return lengths under the places where they lie; steps to the right are so many times as long."""
    low, high = spread.lengths
    floor = min(low, 0.0)
    shares = np.linspace(0, 1, max(2, min(5, wide // 12)))
    span = np.log1p(high - floor) - np.log1p(low - floor)
    lengths = np.expm1(np.log1p(low - floor) + shares * span) + floor
    words = [f"{round(one):,}" if abs(one) < 10_000 else brief(one) for one in lengths.tolist()]
    words[-1] = f"{words[-1]} characters"
    text, last = " " * _LABEL, wide - len(words[-1])
    for share, word in zip(shares.tolist()[:-1], words, strict=False):
        if int(share * wide) + len(word) < last:
            text = text.ljust(_LABEL + int(share * wide)) + word
    return line((text.ljust(_LABEL + last) + words[-1], DIM))


def _means(means: Sequence[Mean], terms: Sequence[Sequence[str]], width: int, height: int) -> list[Text]:
    if not means:
        return [line((" no scored row is in a cluster", DIM))]
    top = height - 2
    lowest, highest = means[: top // 2], means[max(top // 2, len(means) - (top - top // 2)) :]
    low, high = means[0].mean, means[-1].mean
    span = (high - low) or 1.0
    heading = line((f" {'mean':>5}  {'':<10}{'rows':>7}  cluster", DIM))

    def drawn(one: Mean) -> Text:
        share = (one.mean - low) / span
        numbers = f" {score_text(one.mean) if abs(one.mean) >= 10 else f'{one.mean:.2f}':>5}  "
        name = line((f"{one.cluster:>4} ", DIM), shown(" · ".join(terms[one.cluster])))
        return line(numbers, (bar(max(share, 0.02), 9), ACCENT), (f" {one.rows:>7,} ", DIM), name)

    between = len(means) - len(lowest) - len(highest)
    rest = [line((f" … {between:,} between", DIM))] if between else []
    return [heading, *map(drawn, reversed(highest)), *rest, *map(drawn, reversed(lowest))]
