"""One duplicate group: its members, and how the one under the cursor differs from the one that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from dataexplore_tui.panes.difference import DifferencePane
from dataexplore_tui.panes.groups import MembersSource
from dataexplore_tui.widgets.picker import Nothing, Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.dataset.dataset import Dataset


class GroupPane(Vertical):
    """Members above, word difference below."""

    def __init__(self) -> None:
        super().__init__(id="members-pane")
        self._dataset: Dataset | None = None

    def compose(self) -> ComposeResult:
        """A list and a difference."""
        yield Picker(id="members", classes="pane")
        yield DifferencePane()

    @property
    def picker(self) -> Picker:
        """The list of members."""
        return self.query_one(Picker)

    @property
    def members(self) -> MembersSource | None:
        """The members on screen, None while there is no group."""
        source = self.picker.source
        return source if isinstance(source, MembersSource) else None

    def show_nothing(self) -> None:
        """Say that there is no group."""
        self.picker.show(Nothing())
        self.query_one(DifferencePane).update([Text("no group at this threshold")])

    def show_group(
        self, number: int, dataset: Dataset, members: MembersSource, about: str, kinds: str
    ) -> None:
        """Show the members of a group and what is said of it; the cursor stays when it is the same group."""
        self._dataset = dataset
        before = self.members
        same = before is not None and before.rows == members.rows
        self.picker.show(members, self.picker.cursor if same else 0)
        title = f"group {number:,} · {len(members):,} rows{about}"
        whole = f"{title} · {kinds}"
        fits = len(whole) + 4 <= self.picker.size.width  # else at the bottom, where there is a border
        retitle(self.picker, Text(whole if fits else title), Text("" if fits else kinds))

    @on(Picker.Moved, "#members")
    def _show_difference(self) -> None:
        members, data = self.members, self._dataset
        if members is None or data is None:
            return
        row = members.rows[self.picker.cursor]
        others = [one for one in (members.survivor, *members.rows) if one is not None and one != row]
        if others:
            other = others[0]
            texts = [
                ("prompt", str(data.prompts[other]), str(data.prompts[row])),
                ("response", str(data.responses[other]), str(data.responses[row])),
            ]
            self.query_one(DifferencePane).show_pair(f"row {other + 1:,} → row {row + 1:,}", texts)
