"""Mode 3: groups of rows that repeat each other, at a threshold that can be moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from dataexplore.duplicates.kinds import KINDS
from dataexplore.journal.decision import DROP, KEEP, Decision
from dataexplore.session.state import State
from dataexplore_tui.panes.group import GroupPane
from dataexplore_tui.panes.groups import GroupsSource, MembersSource
from dataexplore_tui.screens.thinning import ThinningScreen
from dataexplore_tui.widgets.ink import shown
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.duplicates.groups import Groups
    from dataexplore.session.session import Session

_NUMBERED = 300
"""Rows of a group up to which a filter names them."""
_MEASURED = 2000
"""Rows of a group up to which all its pairs are compared: some ten milliseconds."""


class DuplicatesScreen(ThinningScreen):
    """See what repeats, compare, keep the best of each group."""

    NUMBER = 3
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("←→", "threshold"),
        ("p", "policy"),
        ("enter", "apply to group"),
        ("E", "to all"),
        ("tab", "members"),
        ("u", "undo"),
        ("S", "split"),
        ("r", "rows left"),
        ("L", "leaks"),
        ("A/X", "keep/drop group"),
        (":", "commands"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", "keep one row of this group, drop the others", id="duplicates.apply"),
        Binding("tab", "members", "go to the members and back", id="duplicates.members"),
        Binding("a", "decide('keep')", "keep the member under the cursor", id="duplicates.keep"),
        Binding("x", "decide('drop')", "drop the member under the cursor", id="duplicates.drop"),
        Binding("A", "decide_group('keep')", "keep the whole group", id="duplicates.keep_group"),
        Binding("X", "decide_group('drop')", "drop the whole group", id="duplicates.drop_group"),
        Binding("v", "rows", "see the group's rows in mode 1", id="duplicates.rows"),
    ]

    def compose_panes(self) -> Iterable[Widget]:
        """Groups on the left; members and their difference on the right."""
        with Horizontal(id="body"):
            with Vertical(id="groups-pane", classes="pane"):
                yield Lines(id="groups-heading")
                yield Picker(id="groups", classes="-home")
            yield GroupPane()

    def on_mount(self) -> None:
        """Nothing is known about pairs yet."""
        super().on_mount()
        self.query_one("#groups-pane").border_title = "duplicates"
        self._groups.focus()

    def session_opened(self, session: Session) -> None:
        """Find the pairs once, in the background."""
        self.settle_policy(session)
        self.are_found(session)

    @property
    def _groups(self) -> Picker:
        return self.query_one("#groups", Picker)

    @property
    def _group(self) -> GroupPane:
        return self.query_one(GroupPane)

    def show_state(self, state: State) -> None:
        """Show the groups at the threshold."""
        session = self.sitting.session
        if session is None or not self.are_found(session):
            return
        groups = self.groups_now(session)
        source = GroupsSource(session.dataset, groups, state)
        before = self._groups.source
        if isinstance(before, GroupsSource) and before.groups is groups:
            self._groups.source = source
            self._groups.refresh()
            self._show_members()
        else:
            self._groups.show(source)
        heading = self.query_one("#groups-heading", Lines)
        heading.flow(lambda width, height: [self.slider(groups, width), source.heading()])
        at = (
            f"{groups.threshold:.2f}"
            if round(groups.threshold, 2) == groups.threshold
            else f"{groups.threshold:g}"
        )
        title = f"{groups.duplicates:,} duplicates in {len(groups):,} groups at >= {at}"
        analysis = session.analysis
        by = Text.assemble(f"{analysis.encoder} · {analysis.text} · stays: ", shown(self.policy.words))
        retitle(self.query_one("#groups-pane"), Text(f"{title} · {self.compared}"), by)

    @on(Picker.Moved, "#groups")
    def _group_moved(self) -> None:
        self._show_members()

    def _show_members(self) -> None:
        session, source = self.sitting.session, self._groups.source
        if session is None or not isinstance(source, GroupsSource) or not len(source):
            self._group.show_nothing()
            return
        rows = source.groups[self._groups.cursor]
        stays = rows[self.staying(session)[rows]].tolist()
        signal = self.sitting.score
        survivor = stays[0] if len(stays) == 1 else None
        members = MembersSource(session.dataset, self.state, rows.tolist(), survivor, self.named, signal)
        number = self._groups.cursor
        about = self._about(session, source.groups, number)
        self._group.show_group(number + 1, session.dataset, members, *about)

    def _about(self, session: Session, groups: Groups, number: int) -> tuple[str, str]:
        """Say how far the two rows of a group that are least alike are apart, and by what rows are alike."""
        from dataexplore.duplicates.diameter import diameter

        assert self.pairs is not None  # there are groups only of pairs
        edges, rows = self.pairs, groups[number]
        inside = np.isin(edges.i, rows) & np.isin(edges.j, rows) & (edges.similarity >= groups.threshold)
        counts = np.bincount(edges.kind[inside], minlength=len(KINDS)).tolist()
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in zip(KINDS, counts, strict=True) if count)
        small = len(rows) <= _MEASURED
        least = f" · least alike {diameter(session.analysis.vectors(), rows):.2f}" if small else ""
        return least, f"pairs: {kinds}"

    def action_apply(self) -> None:
        """Drop all but one row of this group."""
        members = self._group.members
        if members is not None and members.survivor is not None:
            rows = np.array([row for row in members.rows if row != members.survivor], np.int64)
            reason = f"duplicate of row {members.survivor + 1:,} ({self.policy.words})"
            if self.attempt(
                lambda session: session.decide(rows, DROP, reason), f"dropped {len(rows):,}; u undoes"
            ):
                self._groups.action_move(1)

    def action_members(self) -> None:
        """Move between groups and members; narrow screens swap the two."""
        inside = self._group.picker.has_focus
        self.set_class(not inside, "-second")
        (self._groups if inside else self._group.picker).focus()

    def action_back(self) -> None:
        """Give up what is computed; go back to the groups."""
        if self.give_up():
            return
        if self._group.picker.has_focus:
            self.action_members()

    def action_decide(self, word: str) -> None:
        """Decide the member under the cursor."""
        members = self._group.members
        if members is not None:
            rows = np.array([members.rows[self._group.picker.cursor]], np.int64)
            if self.attempt(lambda session: session.decide(rows, Decision[word.upper()], "by hand")):
                self._group.picker.action_move(1)

    def action_decide_group(self, word: str) -> None:
        """Decide every row of the group."""
        members = self._group.members
        if members is not None:
            rows, decision = np.array(members.rows, np.int64), KEEP if word == "keep" else DROP
            done = f"{word}: {len(rows):,} rows; u undoes"
            if self.attempt(lambda session: session.decide(rows, decision, "duplicate group, by hand"), done):
                self._groups.action_move(1)

    def action_rows(self) -> None:
        """Show the group in mode 1."""
        members = self._group.members
        if members is not None:
            session = self.session
            if session is not None and len(members) > _NUMBERED:
                here = np.isin(np.arange(len(session.dataset)), members.rows).astype(np.float64)
                session.columns.add_computed("this_group", here, "1 in the duplicate group that was opened")
                self.open_rows("this_group = 1")
            else:
                numbers = ", ".join(str(row + 1) for row in members.rows)
                self.open_rows(f"row IN ({numbers})")
