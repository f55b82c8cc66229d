"""The signals there are, one a line."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_not
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from dataexplore_tui.panes.rows import score_text
from dataexplore_tui.widgets.bars import share
from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, line, shown, squeezed
from dataexplore_tui.widgets.lines import Lines

if TYPE_CHECKING:
    from dataexplore.signals.signal import Signal

_NAME = 28
_WIDE = 66
"""Cells from which on there is room for all that is said of a signal."""


class SignalsSource:
    """Name, origin, coverage and mean of every signal; `marked` ones have a tick."""

    @staticmethod
    def heading(width: int) -> Text:
        """Return the line above the signals."""
        whole = f"{'origin':<10}{'scored':>8}{'not':>9}{'mean':>8}"
        return line((f"   {'signal':<{_NAME}} {whole if width >= _WIDE else _brief('scored', 'mean')}", DIM))

    def __init__(self, signals: Sequence[Signal], marked: Sequence[str] = ()) -> None:
        self.signals = signals
        self.marked = set(marked)
        self._means: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self.signals)

    def line(self, index: int, width: int) -> Text:
        """Return one signal as a line."""
        signal = self.signals[index]
        whole = len(signal.scores)
        mark = " ✓ " if signal.name in self.marked else "   "
        name = shown(f"{squeezed(signal.name, _NAME):<{_NAME}} ", STRONG if mark.strip() else ACCENT)
        if width < _WIDE:
            figures = _brief(share(signal.scored, whole), self._mean(signal))
            return line((mark, ACCENT), name, figures)
        numbers = f"{share(signal.scored, whole):>8}{signal.unscored:>9,}{self._mean(signal):>8}"
        return line(
            (mark, ACCENT), name, (f"{signal.origin:<10}", DIM), numbers, shown(f"  {signal.note}", DIM)
        )

    def more(self, index: int) -> list[Text]:
        """Return where a signal is from, in full."""
        signal = self.signals[index]
        return [shown(signal.name, STRONG), line((f"{signal.origin}  ", DIM), shown(signal.note))]

    def _mean(self, signal: Signal) -> str:
        if signal.name not in self._means:
            mean = float(np.nanmean(signal.scores)) if signal.scored else float("nan")
            self._means[signal.name] = score_text(mean)
        return self._means[signal.name]


def _brief(scored: str, mean: str) -> str:
    return f"{scored:>8}{mean:>8}"


class SignalsPane(Lines):
    """Every signal; the one on screen is marked."""

    def __init__(self) -> None:
        super().__init__(id="signal-list", classes="pane")
        self._source = SignalsSource(())

    def show_signals(self, signals: Sequence[Signal], active: str) -> None:
        """Show the list, the active signal in view."""
        self.border_title = f"{len(signals)} signals"
        if len(signals) != len(self._source) or any(map(is_not, signals, self._source.signals)):
            self._source = SignalsSource(signals)  # knows the means: they are of all rows
        source = self._source
        here = next((at for at, one in enumerate(signals) if one.name == active), 0)

        def lay_out(width: int, height: int) -> list[Text]:
            top = max(0, min(here - (height - 1) // 2, len(signals) - (height - 1)))
            lines = [source.heading(width)]
            for at in range(top, min(len(signals), top + max(1, height - 1))):
                text = source.line(at, width)
                lines.append(line(("▌", ACCENT), text[1:]) if at == here else text)
            return lines

        self.flow(lay_out)
