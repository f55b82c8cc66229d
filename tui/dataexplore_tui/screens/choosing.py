"""Screens that make rules: what takes long is found in the background and then decided at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from dataexplore.errors import DataexploreError
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.prepared import Prepared, telling
from dataexplore_tui.screens.talking import Progress

if TYPE_CHECKING:
    from dataexplore.selection.recipe import Recipe
    from dataexplore.selection.rule import Rule
    from dataexplore.session.running import Ran
    from dataexplore.session.session import Session
    from dataexplore.session.state import State

_RUNNING: Final = "running the steps"
_QUICK = frozenset({"threshold", "only", "random", "longest", "top", "length", "regex"})
"""Kinds of rules that go by what is in the file."""
_AT_ONCE = 200_000
"""Rows times steps up to which quick steps run while the screen waits: some hundred milliseconds."""


class ChoosingScreen(ModeScreen):
    """A screen that applies rules of any kind."""

    def choose(self, rule: Rule) -> None:
        """Apply a rule and say what it did."""
        from dataexplore.session.steps import anew

        session = self.session
        if session is None:
            return
        rules = anew(session.acts, rule)
        if rules is not None:
            self.run_steps(rules, rule.title)
            return
        prepared = Prepared(rule)

        def look(session: Session, tell: Progress) -> None:
            with telling(session, tell):
                session.preview(prepared)

        self.background(rule.title, look, lambda _: self.rule_made(prepared))

    def rule_made(self, rule: Rule) -> None:
        """Decide what was found."""
        before = self.state
        if self.attempt(lambda session: session.apply(rule)):
            self._say_made(f"rule: {rule.title}", before)

    def run_steps(self, rules: Sequence[Rule], reason: str) -> None:
        """Put other rules in place of all in force, as one act; what was decided by hand stands."""
        from dataexplore.selection.recipe import Recipe
        from dataexplore.session.running import run_recipe

        session = self.session
        if session is None:
            return
        if any(one.group == _RUNNING and one.is_running for one in self.workers if one.node is self):
            self.say("the steps are still run: a moment; esc gives up", warning=True)
            return
        try:
            session.must_write()
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return
        recipe, acts = Recipe(tuple(rules)), session.state.acts
        if {rule.kind for rule in rules} <= _QUICK and len(rules) * len(session.dataset) <= _AT_ONCE:
            self._steps_ran(recipe, reason, acts, None)
            return

        def look(session: Session, tell: Progress) -> Ran:
            with telling(session, tell):
                return run_recipe(recipe, session, session.by_hand)

        self.background(_RUNNING, look, partial(self._steps_ran, recipe, reason, acts))

    def _steps_ran(self, recipe: Recipe, reason: str, acts: int, ran: Ran | None) -> None:
        before = self.state

        def follow(session: Session) -> State:
            session.replay(recipe, ran=ran, reason=reason)
            return session.state

        if self.sitting.session is not None and self.sitting.session.state.acts != acts:
            self.say("rows were decided while the steps ran: nothing was changed; try again", warning=True)
        elif self.attempt(follow):
            self._say_made(reason, before)

    def _say_made(self, what: str, before: State) -> None:
        was, now = before.counts, self.state.counts
        kept, dropped, left = now.keep - was.keep, now.drop - was.drop, now.rows - now.drop
        self.say(f"{what}: {kept:+,} kept, {dropped:+,} dropped, {left:,} left; u undoes")
