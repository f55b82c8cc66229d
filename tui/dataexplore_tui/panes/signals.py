"""The signals there are, one a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from dataexplore_tui.panes.rows import score_text
from dataexplore_tui.widgets.bars import share
from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, line, shown
from dataexplore_tui.widgets.lines import Lines

if TYPE_CHECKING:
    from dataexplore.signals.signal import Signal


class SignalsPane(Lines):
    """Name, origin, coverage and mean of every signal; the one on screen is marked."""

    def __init__(self) -> None:
        super().__init__(id="signals", classes="pane")
        self._means: dict[str, float] = {}

    def show_signals(self, signals: Sequence[Signal], active: str) -> None:
        """Show the list."""
        self.border_title = f"{len(signals)} signals"
        heading = line((f"  {'signal':<28}{'origin':<10}{'scored':>8}{'not':>9}{'mean':>8}", DIM))
        self.update(
            [heading, *(self._line(signal, signal.name == active) for signal in signals)], keep_place=True
        )

    def _line(self, signal: Signal, active: bool) -> Text:
        if signal.name not in self._means:
            self._means[signal.name] = float(np.nanmean(signal.scores)) if signal.scored else float("nan")
        whole = len(signal.scores)
        name = shown(f"{signal.name:<28.28}", STRONG if active else ACCENT)
        numbers = (
            f"{share(signal.scored, whole):>8}{signal.unscored:>9,}{score_text(self._means[signal.name]):>8}"
        )
        note = shown(f"  {signal.note}", DIM)
        return line(("▌ " if active else "  ", ACCENT), name, (f"{signal.origin:<10}", DIM), numbers, note)
