"""The rows on a plane: where there are many, and which cluster, decision or score they have there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

from dataexplore.text import visible
from dataexplore_tui.widgets.dots import shaded
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, line
from dataexplore_tui.widgets.lines import Lines

if TYPE_CHECKING:
    from dataexplore.selection.rule import Mask
    from dataexplore.vectors.arrays import FloatMatrix, IntArray

MARKS = ("density", "cluster", "decision", "score")
_DRAWN = 200_000
"""Rows that are drawn at most: some thousand dots are on screen."""
_STEP = 0.125
"""Of the window, how far an arrow moves it."""
_ZOOM = 2**0.5
_CLOSEST = 1e-3
_MARGIN = 1.02
_HUES = tuple(
    Style(color=name)
    for name in ("cyan", "green", "yellow", "magenta", "blue", "red", "bright_cyan", "bright_magenta")
)
_LETTERS = (("·", DIM), ("K", KEEP), ("D", DROP))
_DIGITS = tuple(
    Style(color=name)
    for name in (
        "bright_black", "bright_black", "blue", "blue", "cyan", "cyan", "green", "green", "yellow", "yellow",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Window:
    """The part of the plane that is on screen."""

    x: float
    y: float
    """The middle."""
    width: float
    height: float

    @staticmethod
    def around(places: FloatMatrix) -> Window:
        """Return the window that shows every row with a vector."""
        low, high = np.nanmin(places, axis=0), np.nanmax(places, axis=0)
        middle, size = (low + high) / 2, np.maximum(high - low, 1e-6) * _MARGIN
        return Window(float(middle[0]), float(middle[1]), float(size[0]), float(size[1]))

    def moved(self, right: int, up: int) -> Window:
        """Return the window a step further."""
        return replace(self, x=self.x + right * _STEP * self.width, y=self.y + up * _STEP * self.height)

    def zoomed(self, way: int, most: Window) -> Window:
        """Return a closer or a wider window around the same middle, at most as wide as `most`."""
        width = self.width * _ZOOM**-way
        share = float(np.clip(width / most.width, _CLOSEST, 1))
        whole = most if share == 1 else self
        return Window(whole.x, whole.y, most.width * share, most.height * share)

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top, as numbers that a filter can repeat."""
        x, y, w, h = self.x, self.y, self.width / 2, self.height / 2
        left, right, bottom, top = (round(float(one), 6) for one in (x - w, x + w, y - h, y + h))
        return left, right, bottom, top

    def inside(self, places: FloatMatrix) -> Mask:
        """Return the rows that are in view."""
        left, right, bottom, top = self.sides
        x, y = places[:, 0], places[:, 1]
        with np.errstate(invalid="ignore"):
            found: Mask = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
        return found


@dataclass(frozen=True)
class Marked:
    """What the map says of each row."""

    by: str
    values: NDArray[Any]
    """Per row: a cluster, a decision, or a score; NaN and -1 are none."""
    low: float = 0.0
    high: float = 1.0
    """Scores from which, and to which, digits go from 0 to 9."""


class MapPane(Lines):
    """Density as dots; a letter, a digit or a colour says what is there."""

    def __init__(self) -> None:
        super().__init__(id="map", classes="pane -home")
        self.can_focus = True

    def show_map(self, places: FloatMatrix, window: Window, marked: Marked) -> None:
        """Show what is in the window; of very many rows evenly taken ones."""
        rows = np.flatnonzero(window.inside(places))
        rows = rows[:: -(-len(rows) // _DRAWN) or 1]
        self.flow(lambda width, height: _drawn(places[rows], marked, rows, window, width, height))


def _drawn(
    places: FloatMatrix, marked: Marked, rows: IntArray, window: Window, width: int, height: int
) -> Sequence[Text]:
    if width < 2 or height < 2:
        return []
    left, right, bottom, top = window.sides
    x = np.clip((places[:, 0] - left) / (right - left) * width * 2, 0, width * 2 - 1).astype(np.int64)
    y = np.clip((top - places[:, 1]) / (top - bottom) * height * 4, 0, height * 4 - 1).astype(np.int64)
    cell = (y // 4) * width + x // 2
    counts = np.bincount(y * width * 2 + x, minlength=height * 4 * width * 2)
    dots = shaded(counts.reshape(height * 4, width * 2))
    values = marked.values[rows]
    if marked.by == "decision":
        return _lettered(cell, values.astype(np.int64), width, height)
    if marked.by == "score":
        return _scored(dots, cell, values.astype(np.float64), marked, width, height)
    if marked.by == "cluster":
        return _clustered(dots, cell, values.astype(np.int64), width, height)
    return [line((row, ACCENT)) for row in dots]


def _commonest(cell: IntArray, label: IntArray, cells: int) -> IntArray:
    """Return the commonest label of each cell, -1 of an empty one."""
    most = int(label.max(initial=0)) + 1
    codes, counts = np.unique(cell * most + label, return_counts=True)
    found = np.full(cells, -1, np.int64)
    order = np.argsort(counts, kind="stable")
    found[codes[order] // most] = codes[order] % most
    return found


def _lettered(cell: IntArray, label: IntArray, width: int, height: int) -> list[Text]:
    """Draw decisions as letters: in each cell the one that is rarest in view of those that are there."""
    found = np.full(width * height, -1)
    for decision in np.argsort(-np.bincount(label, minlength=len(_LETTERS)), kind="stable").tolist():
        found[cell[label == decision]] = decision
    signs = [(" ", DIM), *_LETTERS]
    return [_row([signs[one + 1] for one in row]) for row in found.reshape(height, width).tolist()]


def _scored(
    dots: list[str], cell: IntArray, score: NDArray[np.float64], marked: Marked, width: int, height: int
) -> list[Text]:
    """Draw the mean score of each cell as a digit, 9 the highest; unscored rows are dots."""
    scored = ~np.isnan(score)
    count = np.bincount(cell[scored], minlength=width * height)
    total = np.bincount(cell[scored], score[scored], minlength=width * height)
    span = (marked.high - marked.low) or 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.clip((total / count - marked.low) / span * 10, 0, 9)
    digits = np.where(count > 0, np.nan_to_num(level), -1).astype(np.int64).reshape(height, width)
    return [
        _row(
            [
                (str(one), _DIGITS[one]) if one >= 0 else (sign, DIM)
                for one, sign in zip(row, drawn, strict=True)
            ]
        )
        for row, drawn in zip(digits.tolist(), dots, strict=True)
    ]


def _clustered(dots: list[str], cell: IntArray, label: IntArray, width: int, height: int) -> list[Text]:
    """Draw dots in the colour of the commonest cluster, and the numbers of the largest at their middles."""
    found = _commonest(cell[label >= 0], label[label >= 0], width * height).reshape(height, width)
    signs = [
        [(sign, _HUES[one % len(_HUES)] if one >= 0 else DIM) for one, sign in zip(row, drawn, strict=True)]
        for row, drawn in zip(found.tolist(), dots, strict=True)
    ]
    order = np.argsort(label, kind="stable")
    clusters, starts = np.unique(label[order], return_index=True)
    members = dict(zip(clusters.tolist(), np.split(cell[order], starts[1:]), strict=True))
    members.pop(-1, None)
    taken = np.zeros((height, width + 1), bool)
    for cluster in sorted(members, key=lambda one: -len(members[one])):
        name = str(cluster)
        at_y, at_x = (int(np.median(part)) for part in divmod(members[cluster], width))
        at_x = max(0, min(at_x - len(name) // 2, width - len(name)))
        around = taken[max(0, at_y - 1) : at_y + 2, max(0, at_x - 1) : at_x + len(name) + 1]
        if not around.any():
            taken[at_y, at_x : at_x + len(name)] = True
            style = _HUES[cluster % len(_HUES)] + STRONG + Style(reverse=True)
            for place, letter in enumerate(name):
                signs[at_y][at_x + place] = (letter, style)
    return [_row(row) for row in signs]


def _row(signs: list[tuple[str, Style]]) -> Text:
    """Join the signs of a line; neighbours of one style become one span."""
    text = Text(no_wrap=True, end="")
    start = 0
    for place in range(1, len(signs) + 1):
        if place == len(signs) or signs[place][1] is not signs[start][1]:
            text.append("".join(sign for sign, _ in signs[start:place]), signs[start][1])
            start = place
    return text


def legend(marked: Marked, name: str) -> str:
    """Say what the signs mean."""
    return {
        "density": "more dots: more rows",
        "cluster": "colour: the commonest cluster there; number: a cluster's middle",
        "decision": "K kept, D dropped, · undecided: the rarest in view of those there",
        "score": f"{visible(name)}, mean of the rows there: 0 is {marked.low:.3g}, 9 is {marked.high:.3g}",
    }[marked.by]
