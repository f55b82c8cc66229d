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

from dataexplore.journal.decision import DROP, KEEP, Decision
from dataexplore.session.state import State
from dataexplore_tui.panes.group import GroupPane
from dataexplore_tui.panes.groups import GroupsSource, MembersSource
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.policy import POLICIES, STEP, Policy
from dataexplore_tui.screens.talking import Progress
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.duplicates.edges import Edges
    from dataexplore.selection.rule import Mask
    from dataexplore.session.session import Session


class DuplicatesScreen(ModeScreen):
    """See what repeats, compare, keep the best of each group."""

    NUMBER = 3
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("←→", "threshold"),
        ("p", "policy"),
        ("enter", "apply to group"),
        ("E", "to all"),
        ("tab", "members"),
        ("u", "undo"),
        ("A/X", "keep/drop group"),
        (":", "commands"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right,l", "threshold(1)", "raise the threshold: fewer, closer groups", id="duplicates.raise"
        ),
        Binding("left,h", "threshold(-1)", "lower the threshold: more groups", id="duplicates.lower"),
        Binding("p", "policy", "which row of a group stays", id="duplicates.policy"),
        Binding("enter", "apply", "keep one row of this group, drop the others", id="duplicates.apply"),
        Binding("E", "apply_all", "keep one row of every group, drop the others", id="duplicates.apply_all"),
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
        self._threshold = 0.90
        self._named = POLICIES[0]
        self._edges: Edges | None = None
        self._stays: tuple[tuple[Policy, int], Mask] | None = None
        self.query_one("#groups-pane").border_title = "duplicates"
        self._groups.focus()

    def session_opened(self, session: Session) -> None:
        """Find the pairs once, in the background."""
        if self._named == "best score" and not self._scored(session):
            self._named = "longest"
        if self._edges is None:
            self.background("finding similar prompts", self._find, self._found)

    def _scored(self, session: Session) -> bool:
        signal = session.columns.signals.get(self.sitting.signal)
        return signal is not None and signal.origin != "computed"

    def _find(self, session: Session, tell: Progress) -> Edges:
        return session.analysis.edges(progress=tell)

    def _found(self, edges: Edges) -> None:
        self._edges = edges
        self.say(f"{len(edges.i):,} pairs of rows at {edges.floor:.2f} or closer")
        if self.sitting.session is not None:
            self.state = self.sitting.session.state

    @property
    def _groups(self) -> Picker:
        return self.query_one("#groups", Picker)

    @property
    def _group(self) -> GroupPane:
        return self.query_one(GroupPane)

    def show_state(self, state: State) -> None:
        """Show the groups at the threshold."""
        session = self.sitting.session
        if session is None or self._edges is None:
            return
        groups = session.groups(self._threshold)
        source = GroupsSource(session.dataset, groups, state)
        before = self._groups.source
        if isinstance(before, GroupsSource) and before.groups is groups:
            self._groups.source = source
            self._groups.refresh()
            self._show_members()
        else:
            self._groups.show(source)
        self.query_one("#groups-heading", Lines).update([source.heading()])
        title = f"{groups.duplicates:,} duplicates in {len(groups):,} groups at >= {groups.threshold:.2f}"
        pane = self.query_one("#groups-pane")
        left = f"{groups.rows_left:,} rows left · {session.analysis.encoder} · {session.analysis.text}"
        retitle(pane, Text(title), Text(left))

    @on(Picker.Moved, "#groups")
    def _group_moved(self) -> None:
        self._show_members()

    def _show_members(self) -> None:
        session, source = self.sitting.session, self._groups.source
        if session is None or not isinstance(source, GroupsSource) or not len(source):
            self._group.show_nothing()
            return
        rows = source.groups[self._groups.cursor]
        stays = rows[self._staying(session)[rows]].tolist()
        signal = self.sitting.score
        survivor = stays[0] if len(stays) == 1 else None
        members = MembersSource(session.dataset, self.state, rows.tolist(), survivor, self._named, signal)
        self._group.show_group(self._groups.cursor + 1, session.dataset, members, self._policy.words)

    @property
    def _policy(self) -> Policy:
        return Policy(self._threshold, self._named, self.sitting.signal)

    def _staying(self, session: Session) -> Mask:
        now = (self._policy, self.state.acts)
        if self._stays is None or self._stays[0] != now:  # once for all groups, not for each cursor key
            self._stays = (now, self._policy.staying(session))
        return self._stays[1]

    def action_threshold(self, way: int) -> None:
        """Move the threshold; groups follow from the edges found once."""
        from dataexplore.session.analysis import FLOOR

        moved = round(self._threshold + way * STEP, 2)
        if self._edges is None or not FLOOR <= moved <= 1.0:
            return
        self._threshold = moved
        if self.sitting.session is not None:
            self.state = self.sitting.session.state

    def action_policy(self) -> None:
        """Choose the next policy."""
        session = self.session
        if session is None:
            return
        names = POLICIES if self._scored(session) else POLICIES[1:]
        self._named = names[(names.index(self._named) + 1) % len(names)]
        self._show_members()
        self.say(f"policy: {self._policy.words}")

    def action_apply(self) -> None:
        """Drop all but one row of this group."""
        members = self._group.members
        if members is not None and members.survivor is not None:
            rows = np.array([row for row in members.rows if row != members.survivor], np.int64)
            reason = f"duplicate of row {members.survivor + 1:,} ({self._policy.words})"
            if self.attempt(
                lambda session: session.decide(rows, DROP, reason), f"dropped {len(rows):,}; u undoes"
            ):
                self._groups.action_move(1)

    def action_apply_all(self) -> None:
        """Drop all but one row of every group, as a rule."""
        if self._edges is None:
            self.say("the similar prompts are still being found: a moment", warning=True)
            return
        rule = self._policy.rule
        before = self.state.counts.drop
        if self.attempt(lambda session: session.apply(rule)):
            self.say(f"rule: {rule.title}: {self.state.counts.drop - before:+,} dropped; u undoes")

    def action_members(self) -> None:
        """Move between groups and members; narrow screens swap the two."""
        inside = self._group.picker.has_focus
        self.set_class(not inside, "-second")
        (self._groups if inside else self._group.picker).focus()

    def action_back(self) -> None:
        """Go back to the groups."""
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
            numbers = ", ".join(str(row + 1) for row in members.rows)
            self.open_rows(f"row IN ({numbers})")
