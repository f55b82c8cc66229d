"""Duplicate groups as lines, and the members of one as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.panes.rows import letter, score_text
from dataexplore_tui.widgets.ink import ACCENT, DIM, KEEP, WARN, line, shown

if TYPE_CHECKING:
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.duplicates.groups import Groups
    from dataexplore.session.state import State
    from dataexplore.signals.signal import Signal


class GroupsSource:
    """One group a line: size, how alike, what is left to decide, the first row's prompt.

    `~` marks a chain: two of its members are alike only through others.
    """

    def __init__(self, dataset: Dataset, groups: Groups, state: State) -> None:
        self._dataset = dataset
        self.groups = groups
        self._state = state

    def __len__(self) -> int:
        return len(self.groups)

    def heading(self) -> Text:
        """Return the line above the groups."""
        return line((f" {'group':>6} {'rows':>6}  {'similarity':<12} prompt", DIM))

    def line(self, index: int, width: int) -> Text:
        """Return one group as a line."""
        rows = self.groups[index]
        dropped = int((self._state.decisions[rows] == 2).sum())
        settled = ("✓", KEEP) if dropped >= len(rows) - 1 else (" ", DIM)
        low, high = float(self.groups.lowest[index]), float(self.groups.highest[index])
        span = f"{low:.2f}" if round(low, 2) == round(high, 2) else f"{low:.2f} – {high:.2f}"
        chain = ("~ ", WARN) if self.groups.chained[index] else ("  ", DIM)
        return line(
            settled,
            (f"{index + 1:>6,} ", DIM),
            f"{len(rows):>6,}  ",
            (f"{span:<12}", ACCENT),
            chain,
            shown(self._dataset.prompt(int(rows[0]))[:300]),
        )


class MembersSource:
    """One row of a group a line; the one that the policy keeps is named."""

    def __init__(
        self,
        dataset: Dataset,
        state: State,
        rows: list[int],
        survivor: int | None,
        policy: str,
        signal: Signal | None,
    ) -> None:
        self._dataset = dataset
        self._state = state
        self.rows = rows
        self.survivor = survivor
        self._policy = policy
        self._signal = signal

    def __len__(self) -> int:
        return len(self.rows)

    def line(self, index: int, width: int) -> Text:
        """Return one member as a line."""
        row = self.rows[index]
        score = score_text(float(self._signal.scores[row])) if self._signal else ""
        stays = (f" ← {self._policy}", KEEP) if row == self.survivor else ("", DIM)
        return line(
            " ",
            letter(int(self._state.decisions[row])),
            (f" {row + 1:>8,} ", DIM),
            f"{score:>6}",
            (f" {int(self._dataset.response_chars[row]):>6,}", DIM),
            stays,
            "  ",
            shown(self._dataset.prompt(row)[:300]),
        )
