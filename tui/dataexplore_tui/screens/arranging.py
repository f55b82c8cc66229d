"""The steps of the funnel under a cursor: take one out, change it, move it, see what it dropped."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore_tui.panes.funnel import FunnelLine, FunnelPane
from dataexplore_tui.screens.arming import ArmsScreen

if TYPE_CHECKING:
    from dataexplore.selection.rule import Rule
    from dataexplore.session.session import Session
    from dataexplore.signals.signal import Scores

_HAND = "what was decided by hand stands: enter shows those rows, and mode 1 decides them anew"


class ArrangingScreen(ArmsScreen):
    """A screen on which steps in force can be arranged: each change is one act, and the steps run anew."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "its_rows", "see the rows that the step dropped in mode 1", id="subset.rows"),
        Binding("e", "edit", "change the step: its settings as words", id="subset.edit"),
        Binding("minus", "remove", "take the step out", id="subset.remove"),
        Binding("K", "shift(-1)", "move the step up", id="subset.up"),
        Binding("J", "shift(1)", "move the step down", id="subset.down"),
    ]

    def step_typed(self, text: str) -> Rule | None:
        """Return the rule that a line describes; None, with a word to the person, when it describes none."""
        from dataexplore_tui.screens.typed import step_of

        try:
            rule = step_of(text, self.sitting.signal)
            self._check(rule.as_step())
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return None
        return rule

    def _check(self, step: dict[str, object]) -> None:
        """Raise SignalError for a signal that is not there, while the line can still be mended."""
        session = self.sitting.session
        several = step.get("signals")
        names = [step.get("signal"), *(several if isinstance(several, list) else ())]
        for name in names:
            if session is not None and isinstance(name, str):
                session.scores(name)

    def _here(self) -> tuple[FunnelLine, int, Rule] | None:
        """Return the rule under the cursor; None, with a word to the person, when there is none."""
        here = self.query_one(FunnelPane).here
        if here is None:
            self.say("there is no step yet: n makes one")
        elif here.place is None or here.rule is None:
            self.say(_HAND)
        else:
            return here, here.place, here.rule
        return None

    def _rules(self) -> list[Rule]:
        return [one.rule for one in self.query_one(FunnelPane).lines if one.rule is not None]

    def action_remove(self) -> None:
        """Take the step under the cursor out."""
        if (here := self._here()) is not None:
            rules = self._rules()
            del rules[here[1]]
            self.run_steps(rules, f"{here[0].title}: taken out")

    def action_shift(self, way: int) -> None:
        """Move the step under the cursor past its neighbour; the cursor goes with it once that is done."""
        if (here := self._here()) is None:
            return
        rules, to = self._rules(), here[1] + way
        if not 0 <= to < len(rules):
            self.say(f"it is the {'first' if way < 0 else 'last'} step already")
            return
        rules.insert(to, rules.pop(here[1]))
        self._follow = here[2], to
        self.run_steps(rules, f"{here[0].title}: moved {'up' if way < 0 else 'down'}")

    def action_edit(self) -> None:
        """Ask for other settings of the step under the cursor."""
        if (here := self._here()) is not None:
            from dataexplore_tui.screens.worded import words_of

            words = words_of(here[2])
            hint = "the step as `n` takes it; another kind may take its place"
            self.ask("edit step", partial(self._edited, here[1], here[2], words), words, hint=hint)

    def _edited(self, place: int, old: Rule, words: str, text: str) -> bool:
        if text.strip() in ("", words.strip()):
            return True
        rule, rules = self.step_typed(text), self._rules()
        if rule is None:
            return False
        if place >= len(rules) or rules[place] is not old:
            self.say("the steps are other ones now: nothing was changed", warning=True)
            return True
        rules[place] = rule
        # Of one slot there is one rule: the edited one.
        rules = [one for one in rules if one is rule or not rule.slot or one.slot != rule.slot]
        self.run_steps(rules, f"{old.title} → {rule.title}")
        return True

    _follow: tuple[Rule, int] | None = None
    """A step that is being moved, and where to."""

    def follow_step(self) -> None:
        """Let the cursor go with a step that was moved."""
        pane = self.query_one(FunnelPane)
        if self._follow is not None:
            rule, to = self._follow
            places = [at for at, one in enumerate(pane.lines) if one.place == to and one.rule == rule]
            if places:
                self._follow = None
                pane.picker.to(places[0])

    def action_its_rows(self) -> None:
        """Show the rows that the step under the cursor dropped, or those that were decided by hand."""
        here, session = self.query_one(FunnelPane).here, self.session
        if session is None or here is None:
            return
        by_hand = here.place is None
        if not (by_hand or here.step.dropped):
            self.say(f"{here.title} drops no row that an earlier step left")
            return
        steps = np.full(len(session.dataset), np.nan)
        number = 0
        for one in self.query_one(FunnelPane).lines:
            if one.step is here.step or one.place is not None:
                steps[one.step.rows] = 0 if one.place is None else one.place + 1
            if one.step is here.step and one.place is not None:
                number = one.place + 1
        name = _name(session, steps)
        self.open_rows(f"{name} = {number}" if by_hand else f"{name} = {number} AND decision = 'drop'")


def _name(session: Session, steps: Scores) -> str:
    """Make the number of the step that decided a row a signal, as it is now, and return its name."""
    name = "step"
    while name in session.dataset.table.fields:
        name += "_"
    session.columns.add_computed(
        name, steps, "of mode 5, when its rows were last looked at there; 0 is by hand"
    )
    return name
