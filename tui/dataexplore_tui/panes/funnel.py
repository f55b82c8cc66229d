"""The funnel, and the subset beside its controls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.panes.rows import score_text
from dataexplore_tui.widgets.bars import brief
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, line, shown, squeezed
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.session.composition import Composition
    from dataexplore.session.funnel import FunnelStep
    from dataexplore.session.state import Counts


class FunnelPane(Lines):
    """One line per act in force, with what it keeps, drops and leaves."""

    def __init__(self) -> None:
        super().__init__(id="funnel", classes="pane")

    def show_funnel(self, rows: int, steps: Sequence[FunnelStep], counts: Counts) -> None:
        """Show the steps from all rows down to the rows that are left."""
        retitle(self, Text(f"how {rows:,} became {rows - counts.drop:,}"))
        self.flow(lambda width, height: self._steps(steps, max(12, width - 31)), keep_place=True)

    def _steps(self, steps: Sequence[FunnelStep], room: int) -> list[Text]:
        lines = [line((f"   {'step':<{room}}{'keep':>9}{'drop':>9}{'left':>10}", DIM))]
        for place, step in enumerate(steps, 1):
            name = shown(f"{step.title:<{room}.{room}}", STRONG if step.hand else ACCENT)
            number = "+  " if step.hand else f"{place:<3}"
            kept = (f"{step.kept:>9,}" if step.kept else f"{'·':>9}", KEEP)
            dropped = (f"{step.dropped:>9,}" if step.dropped else f"{'·':>9}", DROP)
            lines.append(line((number, DIM), name, kept, dropped, f"{step.left:>10,}"))
        if not steps:
            lines += [
                Text(),
                line(("nothing is decided yet: thresholds in mode 2, duplicates in 3, clusters in 4,", DIM)),
            ]
            lines.append(line(("single rows in mode 1; this page then shows what each step leaves", DIM)))
        return lines


class ControlsPane(Lines):
    """Whether the choice is any different from a random one of its size."""

    def __init__(self) -> None:
        super().__init__(id="controls", classes="pane")

    def show_compositions(self, sets: Sequence[Composition], signal: str) -> None:
        """Show the figures side by side."""
        retitle(self, Text("the subset beside its controls"))
        lines = [line((f"{'':<16}", DIM), *((f"{one.name:>12}", STRONG) for one in sets))]
        lines.append(self._line("rows", [f"{one.rows:,}" for one in sets]))
        lines.append(self._line("tokens, est.", [brief(one.tokens) for one in sets]))
        lines.append(self._line("median response", [f"{one.median_chars:,.0f}" for one in sets]))
        if signal:
            lines.append(
                self._line(f"mean {squeezed(signal, 11)}", [score_text(one.score) or "–" for one in sets])
            )
        if sets and sets[0].clusters is not None:
            lines.append(self._line("clusters", [str(one.clusters) for one in sets]))
        else:
            lines.append(line(("open mode 4 once to count clusters", DIM)))
        lines += [
            Text(),
            line(("w", ACCENT), (" writes the rows not dropped, byte for byte", DIM)),
            line(("W", ACCENT), (" writes the kept rows only", DIM)),
            line(("c", ACCENT), (" converts to another schema, with a report first", DIM)),
            line(("y", ACCENT), (" writes rows, a card and a trainer's configuration", DIM)),
            line(("T", ACCENT), (" tunes on the rows not dropped", DIM)),
        ]
        self.update(lines, keep_place=True)

    def _line(self, name: str, figures: Sequence[str]) -> Text:
        return line(shown(f"{name:<16.16}", DIM), *(f"{figure:>12}" for figure in figures))
