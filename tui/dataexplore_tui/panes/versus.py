"""Whether the rows left are any better than as many random ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from dataexplore_tui.panes.rows import score_text
from dataexplore_tui.widgets.bars import brief
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, line, shown, squeezed
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.coverage.versus import Versus
    from dataexplore.selection.covering import Comparison, Side
    from dataexplore.session.composition import Composition

_VERDICTS = {"better": ("+", KEEP), "worse": ("-", DROP), "no different": ("=", DIM)}
_NOTHING = "Nothing is dropped yet: n makes a step, R lists recipes, b covers what is there with few."
_UNMEASURED = "v measures distances, clusters and repeats against five random subsets of this size."
_NAMES = ("max-min distance", "mean distance", "clusters", "that repeat")


class VersusPane(Lines):
    """The rows left beside random ones and all rows: figures at once, distances once they are measured."""

    def __init__(self) -> None:
        super().__init__(id="controls", classes="pane")
        self._figures: list[Text] = []
        self._answer = ""
        self._progress = ""

    def show_sides(self, sets: Sequence[Composition], signal: str, found: Comparison | None) -> None:
        """Show the figures side by side, and the answer under them."""
        left, _, full = sets
        retitle(self, Text(f"is it better than random {left.rows:,}?"))
        lines = [line((f"{'':<16}", DIM), *((f"{one.name:>11}", STRONG) for one in sets))]
        lines.append(_line("rows", [f"{one.rows:,}" for one in sets]))
        lines.append(_line("tokens, est.", [brief(one.tokens) for one in sets]))
        lines.append(_line("median response", [f"{one.median_chars:,.0f}" for one in sets]))
        if signal:
            lines.append(
                _line(f"mean {squeezed(signal, 11)}", [score_text(one.score) or "–" for one in sets])
            )
        if found is not None:
            lines += _measured(found)
            self._answer = f"{found.answer} {_spread(found.subset, found.random)}"
        elif left.rows == full.rows:
            self._answer = _NOTHING
        elif not left.rows:
            self._answer = "No row is left: u takes the last step back."
        else:
            self._answer = _UNMEASURED
        self._figures = lines
        self._show()

    def show_progress(self, text: str) -> None:
        """Say how far measuring is, where its answer will be."""
        self._progress = text
        self._show()

    def _show(self) -> None:
        told = shown(self._progress, DIM) if self._progress else shown(self._answer)
        self.flow(
            lambda width, height: [*self._figures, Text(), *wrapped(told, max(8, width)), Text(), *_keys()]
        )


def _measured(found: Comparison) -> list[Text]:
    distance, mean, clusters, repeat = found.versus
    sides = found.subset, found.full
    touched = [f"{round(side.coverage.touched * found.clusters):,}" for side in sides]
    drawn = f"{clusters.mean * found.clusters:,.0f}"
    repeats = [f"{side.coverage.repeated:,}" for side in sides]
    return [
        _versus(_NAMES[0], distance, f"{distance.subset:.3f}", f"{distance.mean:.3f}", "0"),
        _versus(_NAMES[1], mean, f"{mean.subset:.3f}", f"{mean.mean:.3f}", "0"),
        _versus(_NAMES[2], clusters, touched[0], drawn, touched[1]),
        _versus(_NAMES[3], repeat, repeats[0], f"{repeat.mean:,.0f}", repeats[1]),
    ]


def _versus(name: str, what: Versus, *figures: str) -> Text:
    sign, style = _VERDICTS[what.verdict]
    first, *others = figures
    return line(
        (f"{name:<16}", DIM), (f"{first:>9}", style), (f" {sign}", style), *(f"{one:>11}" for one in others)
    )


def _spread(subset: Side, random: Side) -> str:
    """Say how long the longer answers are: judges and metrics like them."""
    long = f"{subset.chars.high:,.0f} characters; at random {random.chars.high:,.0f}"
    return f"Of 10 answers one is longer than {long}."


def _keys() -> list[Text]:
    keys: tuple[tuple[str, str], ...] = (
        ("n", "new step"),
        ("R", "recipes of papers, by name"),
        ("b", "budget: k-center of what is left"),
        ("C", "coverage by size, languages, categories"),
        ("M", "arms: these rows and their controls as files"),
        ("w W", "write the rows not dropped, or the kept ones"),
        ("c y", "convert them; write them with a card"),
    )
    return [line((f"{key:<5}", ACCENT), (what, DIM)) for key, what in keys]


def _line(name: str, figures: Sequence[str], style: Style = DIM) -> Text:
    return line(shown(f"{name:<16.16}", style), *(f"{figure:>11}" for figure in figures))
