"""Mode 5: how all rows became the subset, what else might thin it out, and whether it is any good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from dataexplore.journal.decision import DROP
from dataexplore.session.state import State
from dataexplore_tui.panes.coverage import coverage_lines
from dataexplore_tui.panes.funnel import FunnelPane
from dataexplore_tui.panes.versus import VersusPane
from dataexplore_tui.screens.arranging import ArrangingScreen
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.prepared import telling
from dataexplore_tui.screens.talking import Progress
from dataexplore_tui.widgets.keyline import Hint

if TYPE_CHECKING:
    from dataexplore.selection.covering import Comparison
    from dataexplore.session.session import Session

_AT_ONCE = 60_000_000
"""Rows times rows left up to which a subset is measured unasked: a few seconds."""
_BUDGET = 1000
_SHOWN = 8
"""Kinds of steps whose examples fit on four lines of 80."""


class SubsetScreen(ArrangingScreen):
    """The funnel, new steps for it, its controls, the export."""

    NUMBER = 5
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("n", "new step"),
        ("e", "edit"),
        ("-", "remove"),
        ("R", "recipes"),
        ("b", "budget"),
        ("u", "undo"),
        ("enter", "its rows"),
        ("v", "measure"),
        ("C", "curve"),
        ("w", "export"),
        ("M", "arms"),
        ("T", "tune"),
        ("c", "convert"),
        ("tab", "controls"),
        (":", "commands"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step", "a new step: a threshold, the top, a quota, a pattern ...", id="subset.step"),
        Binding("b", "budget", "a budget: the rows that cover what is left (k-center)", id="subset.budget"),
        Binding("v", "measure", "measure the rows left against random ones", id="subset.measure"),
        Binding("C", "curve", "coverage by size, and what the rows are made of", id="subset.curve"),
        Binding("T", "tune", "go on to mode 6 and tune", id="subset.tune"),
        Binding("D", "dropped", "see the dropped rows in mode 1", id="subset.dropped"),
        Binding("tab", "second", "narrow screens: funnel or controls", id="subset.second"),
    ]

    def compose_panes(self) -> Iterable[Widget]:
        """Funnel and controls."""
        with Horizontal(id="subset"):
            yield FunnelPane()
            yield VersusPane()

    def on_mount(self) -> None:
        """Keys need a focus."""
        super().on_mount()
        self._measured: dict[bytes, Comparison] = {}
        """By the rows left and the signal: undo brings back what was measured."""
        self._given_up = b""
        self.query_one(FunnelPane).picker.focus()

    def show_state(self, state: State) -> None:
        """Show funnel and controls of now."""
        session = self.sitting.session
        if session is None:
            return
        from dataexplore.session.composition import compositions
        from dataexplore.session.funnel import funnel

        self.query_one(FunnelPane).show_funnel(len(session.dataset), funnel(session), state.counts)
        self.follow_step()
        sets, name = compositions(session, self.sitting.signal), self._subset(state)
        found = self._measured.get(name)
        self.query_one(VersusPane).show_sides(sets, self.sitting.signal, found)
        left, rows = state.counts.rows - state.counts.drop, state.counts.rows
        if found is None and 0 < left < rows and left * rows <= _AT_ONCE and name != self._given_up:
            self._measure(curve=False)

    def _subset(self, state: State) -> bytes:
        return self.sitting.signal.encode() + np.packbits(state.decisions == DROP).tobytes()

    def action_measure(self) -> None:
        """Measure the rows left."""
        self._measure(curve=False)

    def action_curve(self) -> None:
        """Show the coverage by size, measuring first where that is not known."""
        found = self._measured.get(self._subset(self.state))
        if found is None:
            self._measure(curve=True)
        else:
            self.app.push_screen(Overlay("what the rows left cover", coverage_lines(found)))

    def _measure(self, *, curve: bool) -> None:
        from dataexplore.selection.covering import Wanted, compare

        name, signal = self._subset(self.state), self.sitting.signal
        left = np.flatnonzero(self.state.decisions != DROP)

        def look(session: Session, tell: Progress) -> Comparison:
            with telling(session, tell):
                return compare(session, left, Wanted(signal=signal or None))

        def found(comparison: Comparison) -> None:
            self._measured[name] = comparison
            self.state = self.state
            if curve and name == self._subset(self.state):
                self.action_curve()

        show = self.query_one(VersusPane).show_progress
        self.background("measuring against random rows", look, found, show)

    def action_step(self) -> None:
        """Ask for a step."""
        from dataexplore_tui.screens.typed import EXAMPLES

        if self.session is not None:
            signal = self.sitting.signal or "helpful"
            shown, others = list(EXAMPLES.values())[:_SHOWN], list(EXAMPLES)[_SHOWN:]
            hint = f"{' · '.join(shown)} · also {', '.join(others)}".replace("helpful", signal)
            self.ask("new step", self._step, hint=hint, example="kcenter 1000; seed N and k N may follow")

    def _step(self, text: str) -> bool:
        rule = self.step_typed(text) if text.strip() else None
        if rule is not None:
            self.choose(rule)
        return rule is not None or not text.strip()

    def action_budget(self) -> None:
        """Ask for a number of rows and let k-center take them."""
        if self.session is not None:
            hint = "of the rows left, so many that every other one is near to one of them; seed N may follow"
            left = self.state.counts.rows - self.state.counts.drop
            self.ask("rows", lambda text: self._step(f"kcenter {text}"), str(min(_BUDGET, left)), hint=hint)

    def action_tune(self) -> None:
        """Go to the runs and open the form."""
        self.sitting.tune_next = True
        self.open_mode(6)

    def action_dropped(self) -> None:
        """Show what was dropped."""
        self.open_rows("decision = 'drop'")

    def action_second(self) -> None:
        """Swap the two panes where there is room for one."""
        self.toggle_class("-second")

    def action_back(self) -> None:
        """Give up what is measured; go back to the funnel."""
        if not self.give_up():
            self.remove_class("-second")

    def give_up(self) -> bool:
        """Measure these rows no more, unless asked to."""
        gave = super().give_up()
        if gave:
            self._given_up = self._subset(self.state)
            self.query_one(VersusPane).show_progress("")
        return gave
