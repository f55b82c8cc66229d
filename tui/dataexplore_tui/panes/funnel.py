"""The funnel: how all rows became those that are left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, line, shown
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.session.funnel import FunnelStep
    from dataexplore.session.state import Counts


_NOTHING = (
    "nothing is decided yet: n makes a step, R lists recipes of papers, b sets a budget; thresholds are in "
    "mode 2, duplicates in 3, clusters in 4, single rows in 1"
)


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
            lines += [Text(), *wrapped(Text(_NOTHING, DIM), room + 31)]
        return lines
