"""A person's scores beside the judges', and the rows where they lie furthest apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.panes.agreement import said
from dataexplore_tui.panes.rows import score_text
from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, WARN, line, shown, squeezed
from dataexplore_tui.widgets.strips import wrapped

if TYPE_CHECKING:
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.journal.ledger import Rows
    from dataexplore.signals.blind import Compared
    from dataexplore.signals.signal import Scores

_NAME = 24
_FEW = 30
"""Rows below which a word of caution stands under the figures."""


def outcome_lines(found: Sequence[Compared], rows: int, width: int) -> list[Text]:
    """Return a line for each judge: the one that ranks rows most as the person does comes first."""
    heads = f"{'rows':>7}{'exact':>9}{'kappa':>8}{'Spearman':>10}{'judge - you':>13}"
    lines = [line((f" {'judge':<{_NAME}}{heads}", DIM))]
    for one in found:
        alike = one.agreement
        apart = "–" if one.mean_difference is None else f"{one.mean_difference:+.2f}"
        figures = (
            f"{alike.rows:>7,}{said(alike.exact, 'exact'):>9}{said(alike.kappa, 'kappa'):>8}"
            f"{said(alike.spearman, 'Spearman'):>10}{apart:>13}"
        )
        lines.append(line(shown(f" {squeezed(alike.second, _NAME - 1):<{_NAME}}", ACCENT), figures))
    lines.append(Text())
    if rows < _FEW:
        few = f" Only {rows:,} rows: one more or less moves every figure. b in mode 2 adds some."
        lines += wrapped(line((few, WARN)), max(8, width))
    return lines


class FurthestSource:
    """One row a line: the person's score, the judge's, the prompt."""

    def __init__(self, dataset: Dataset, rows: Rows, by_hand: Scores, judge: Scores) -> None:
        self.rows = rows
        self._dataset = dataset
        self._by_hand = by_hand
        self._judge = judge

    def __len__(self) -> int:
        return len(self.rows)

    @staticmethod
    def heading() -> Text:
        """Return the line above the rows."""
        return line((f"{'row':>9}{'you':>7}{'judge':>7}{'apart':>7}  prompt", DIM))

    def line(self, index: int, width: int) -> Text:
        """Return one row as a line."""
        row = int(self.rows[index])
        mine, judge = float(self._by_hand[row]), float(self._judge[row])
        text = (self._dataset.prompt(row) or self._dataset.response(row))[:400]
        return line(
            (f"{row + 1:>9,}", DIM),
            (f"{score_text(mine):>7}", STRONG),
            f"{score_text(judge):>7}",
            (f"{judge - mine:>+7.1f}  ", ACCENT),
            shown(text),
        )
