"""Screens that make rules: what takes long is found in the background and then decided at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.prepared import Prepared, telling
from dataexplore_tui.screens.talking import Progress

if TYPE_CHECKING:
    from dataexplore.selection.rule import Rule
    from dataexplore.session.session import Session


class ChoosingScreen(ModeScreen):
    """A screen that applies rules of any kind."""

    def choose(self, rule: Rule) -> None:
        """Apply a rule and say what it did."""
        prepared = Prepared(rule)

        def look(session: Session, tell: Progress) -> None:
            with telling(session, tell):
                session.preview(prepared)

        self.background(rule.title, look, lambda _: self.rule_made(prepared))

    def rule_made(self, rule: Rule) -> None:
        """Decide what was found."""
        before = self.state.counts
        if self.attempt(lambda session: session.apply(rule)):
            after = self.state.counts
            kept, dropped = after.keep - before.keep, after.drop - before.drop
            left = after.rows - after.drop
            self.say(f"rule: {rule.title}: {kept:+,} kept, {dropped:+,} dropped, {left:,} left; u undoes")
