"""Rows that are like a test prompt, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore.duplicates.kinds import KINDS
from dataexplore_tui.panes.rows import letter
from dataexplore_tui.widgets.ink import ACCENT, DIM, line, shown

if TYPE_CHECKING:
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.duplicates.leaks import Leaks
    from dataexplore.session.state import State

_SHOWN = 600


class LeaksSource:
    """One row a line: how alike, by what, and its prompt; the likest first."""

    def __init__(self, dataset: Dataset, state: State, leaks: Leaks, prompts: Sequence[str]) -> None:
        self._dataset = dataset
        self._state = state
        self._leaks = leaks
        self._prompts = prompts
        self._order = (-leaks.similarity).argsort(kind="stable")

    def __len__(self) -> int:
        return len(self._leaks)

    def line(self, index: int, width: int) -> Text:
        """Return one row as a line."""
        at = self._order[index]
        row = int(self._leaks.rows[at])
        return line(
            " ",
            letter(int(self._state.decisions[row])),
            (f" {row + 1:>8,}  ", DIM),
            (f"{float(self._leaks.similarity[at]):.2f} {KINDS[self._leaks.kind[at]]:<9}", ACCENT),
            shown(self._dataset.prompt(row)[:300]),
        )

    def more(self, index: int) -> list[Text]:
        """Return the row and the test prompt that it is like."""
        at = self._order[index]
        row, prompt = int(self._leaks.rows[at]), int(self._leaks.prompts[at])
        return [
            line((f"row {row + 1:,}  ", DIM), shown(self._dataset.prompt(row)[:_SHOWN])),
            line((f"test prompt {prompt + 1:,}  ", DIM), shown(self._prompts[prompt][:_SHOWN])),
        ]
