"""Mode 2: a signal's histogram, a threshold and what it keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from dataexplore.session.state import State
from dataexplore_tui.panes.histogram import HistogramPane
from dataexplore_tui.panes.signals import SignalsPane
from dataexplore_tui.panes.threshold import ThresholdPane, Weighed
from dataexplore_tui.screens.importing import ImportScreen
from dataexplore_tui.screens.prepared import takes_long
from dataexplore_tui.widgets.ink import shown
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.session.session import Session
    from dataexplore.signals.histogram import Histogram


class ScoresScreen(ImportScreen):
    """See how judges scored, move a line, make a rule of it."""

    NUMBER = 2
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("←→", "threshold"),
        ("tab", "next signal"),
        ("enter", "make rule"),
        ("t", "type it"),
        ("v", "see the rows"),
        ("u", "undo"),
        ("I", "import"),
        (":", "commands"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "threshold(1)", "raise the threshold", id="scores.raise"),
        Binding("left,h", "threshold(-1)", "lower the threshold", id="scores.lower"),
        Binding("tab,j,down", "signal(1)", "next signal", id="scores.next"),
        Binding("shift+tab,k,up", "signal(-1)", "signal before", id="scores.previous"),
        Binding("t", "type", "type a threshold", id="scores.type"),
        Binding("enter", "rule", "make the rule: keep from the threshold on, drop below", id="scores.rule"),
        Binding("v", "rows", "see the rows that would be kept", id="scores.rows"),
        Binding("V", "unscored", "see the rows without a score", id="scores.unscored"),
    ]

    def compose_panes(self) -> Iterable[Widget]:
        """Histogram and counts above, the signals below."""
        home = Vertical(id="scores", classes="-home")
        home.can_focus = True
        with home:
            with Horizontal(id="scores-top"):
                yield HistogramPane()
                yield ThresholdPane()
            yield SignalsPane()

    def on_mount(self) -> None:
        """No threshold has been chosen yet."""
        super().on_mount()
        self._at: dict[str, float] = {}
        self._histogram: Histogram | None = None
        self._drawn = ""
        self.query_one("#scores").focus()

    def session_opened(self, session: Session) -> None:
        """A signal may have been added in another mode."""
        self.redraw_all()

    def redraw_all(self) -> None:
        """Draw the histogram anew."""
        self._drawn = ""

    def show_state(self, state: State) -> None:
        """Show the active signal and weigh its threshold."""
        session = self.sitting.session
        if session is None:
            return
        signals = session.columns.signals
        if self.sitting.signal not in signals:
            self.say("no numeric column and no imported ratings: I imports some", warning=True)
            return
        self.query_one(SignalsPane).show_signals(list(signals.values()), self.sitting.signal)
        self._draw(session)

    def _draw(self, session: Session) -> None:
        from dataexplore.signals.histogram import histogram

        name = self.sitting.signal
        pane = self.query_one(HistogramPane)
        if self._drawn != name or self._histogram is None:
            self._histogram = histogram(session.scores(name), pane.room)
            self._drawn = name
        shape = self._histogram
        if not shape.scored:
            self.say(f"{name} has no score at all", warning=True)
            return
        at = self._at.setdefault(name, _first_threshold(shape))
        retitle(pane, Text.assemble(shown(name), f" · {shape.scored:,} scored, {shape.unscored:,} not"))
        pane.show_histogram(shape, shape.bar_of(at))
        self._weigh(session, shape, at)

    def _weigh(self, session: Session, shape: Histogram, at: float) -> None:
        from dataexplore.selection.rules import Threshold

        scores = session.scores(self.sitting.signal)
        with np.errstate(invalid="ignore"):
            keep = scores >= at
        empty = session.dataset.problems.get("empty response", np.empty(0, np.int64))
        kept = shape.at_least(at)
        rule = Threshold(self.sitting.signal, at)
        weighed = Weighed(
            self.sitting.signal, at, kept, int(session.dataset.tokens[keep].sum()), shape.scored - kept,
            shape.unscored, shape.equal_to(at), int(keep[empty].sum()), len(empty), None,
        )  # fmt: skip
        if takes_long(session):
            self.query_one(ThresholdPane).weigh(weighed)
            self.background(
                "weighing",
                lambda session, tell: session.preview(rule).counts,
                lambda after: self.query_one(ThresholdPane).weigh(replace(weighed, after=after)),
                lambda text: None,
            )
        else:
            after = session.preview(rule).counts
            self.query_one(ThresholdPane).weigh(replace(weighed, after=after))

    def _here(self) -> tuple[Session, float] | None:
        session = self.session
        at = self._at.get(self.sitting.signal)
        return (session, at) if session is not None and at is not None else None

    def action_threshold(self, way: int) -> None:
        """Move the line by one bar."""
        here, shape = self._here(), self._histogram
        if here is None or shape is None:
            return
        session, at = here
        bar = shape.bar_of(at) + way
        if way < 0 and shape.bar_of(at) < len(shape.edges) and shape.edges[shape.bar_of(at)] > at:
            bar = shape.bar_of(at) - 1
        if 0 <= bar < len(shape.edges):
            self._at[self.sitting.signal] = float(shape.edges[bar])
            self._draw(session)

    def action_type(self) -> None:
        """Ask for a number."""
        if self._here() is not None:
            self.ask("threshold", self._type)

    def _type(self, text: str) -> bool:
        try:
            at = float(text.replace(",", "."))
        except ValueError:
            self.say(f"{text} is not a number", warning=True)
            return False
        here = self._here()
        if here is not None:
            self._at[self.sitting.signal] = at
            self._draw(here[0])
        return True

    def action_signal(self, way: int) -> None:
        """Show the next signal."""
        session = self.session
        names = list(session.columns.signals) if session else []
        if session is not None and names:
            place = names.index(self.sitting.signal) if self.sitting.signal in names else 0
            self.sitting.signal = names[(place + way) % len(names)]
            self.state = session.state

    def action_rule(self) -> None:
        """Make the rule."""
        from dataexplore.selection.rules import Threshold

        here = self._here()
        if here is not None:
            rule = Threshold(self.sitting.signal, here[1])
            self.attempt(lambda session: session.apply(rule), f"rule: {rule.title}; u undoes")

    def action_rows(self) -> None:
        """Show in mode 1 what would be kept."""
        here = self._here()
        if here is not None:
            self.open_rows(f"{_quoted(self.sitting.signal)} >= {here[1]:g}", self.sitting.signal)

    def action_unscored(self) -> None:
        """Show in mode 1 what has no score."""
        self.open_rows(f"{_quoted(self.sitting.signal)} IS NULL")


def _first_threshold(shape: Histogram) -> float:
    """The lowest bar that keeps at most a quarter of the scored rows: a start, not advice."""
    for edge in shape.edges.tolist():
        if shape.at_least(edge) <= shape.scored / 4:
            return float(edge)
    return float(shape.edges[-1])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
