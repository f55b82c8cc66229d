"""The threshold of mode 2: what it keeps, looked up and not counted, and a second signal beside the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.text import Text
from textual.binding import Binding, BindingType

from dataexplore_tui.panes.histogram import Beside, HistogramPane
from dataexplore_tui.panes.signals import SignalsSource
from dataexplore_tui.panes.threshold import ThresholdPane, Weighed
from dataexplore_tui.screens.chooser import Chooser
from dataexplore_tui.screens.judges import JudgesScreen
from dataexplore_tui.screens.prepared import takes_long
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.widgets.ink import shown
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.session.scoring import Speed
    from dataexplore.session.session import Session
    from dataexplore.signals.histogram import Histogram
    from dataexplore.signals.weighing import Weights


class WeighingScreen(JudgesScreen):
    """A screen with a line over a histogram."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "threshold(1)", "raise the threshold", id="scores.raise"),
        Binding("left,h", "threshold(-1)", "lower the threshold", id="scores.lower"),
        Binding("t", "type", "type a threshold", id="scores.type"),
        Binding("s", "beside", "a second signal beside this one", id="scores.beside"),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._at: dict[str, float] = {}
        self._speed: Speed | None = None
        self.beside = ""
        """The second signal; "" is none."""
        self.flags: Mapping[str, NDArray[np.int64]] = {}
        """The rows that each check flags."""
        self._shapes: dict[tuple[str, int], Histogram] = {}
        self._weights: dict[str, Weights] = {}
        self._places: dict[tuple[str, str, int], NDArray[np.int16]] = {}

    def session_opened(self, session: Session) -> None:
        """A run may have finished meanwhile."""
        from dataexplore.session.scoring import tuning_speed

        self._speed = tuning_speed(session)

    def forget(self) -> None:
        """Forget what was counted, too."""
        super().forget()
        self._shapes.clear()
        self._weights.clear()
        self._places.clear()

    def take_in(self, session: Session) -> None:
        """Count anew when signals came or went, or rows were edited; else what was counted stays."""
        from dataexplore.session.scoring import flagged

        if self.are_new(session):
            self.flags = flagged(session)
            if self.beside not in session.columns.signals:
                self.beside = ""
        self.look_at_judges(session)

    def here(self) -> tuple[Session, float] | None:
        """Return the session and the threshold, None where there is no score."""
        session = self.session
        at = self._at.get(self.sitting.signal)
        return (session, at) if session is not None and at is not None else None

    def kept(self, session: Session, at: float) -> int:
        """Return how many rows a threshold keeps."""
        return self._weights_of(session).at(at).kept

    def draw(self, session: Session) -> None:
        """Show the histogram, the line on it and what it keeps."""
        name, pane = self.sitting.signal, self.query_one(HistogramPane)
        beside = self.beside if self.beside != name else ""
        room = pane.room(beside=bool(beside))
        shape = self._shape(session, name, room)
        if not shape.scored:
            self._show_nothing(name)
            return
        at = self._at.setdefault(name, _first_threshold(shape))
        title = Text.assemble(shown(name), f" · {shape.scored:,} scored, {shape.unscored:,} not")
        retitle(pane, Text.assemble(title, " · beside: ", shown(beside)) if beside else title)
        second = self._second(session, beside, room, at) if beside else None
        pane.show_histogram(shape, shape.bar_of(at), second)
        self._weigh(session, shape, at)
        self.show_against(session, at)

    def _show_nothing(self, name: str) -> None:
        self.say(f"{name} has no score at all", warning=True)
        for pane in (self.query_one(HistogramPane), self.query_one(ThresholdPane)):
            retitle(pane, Text.assemble(shown(name), " · no score"))
            pane.update([])

    def _shape(self, session: Session, name: str, room: int) -> Histogram:
        from dataexplore.signals.histogram import histogram

        if (name, room) not in self._shapes:
            self._shapes[name, room] = histogram(session.scores(name), room)
        return self._shapes[name, room]

    def _weights_of(self, session: Session) -> Weights:
        from dataexplore.signals.weighing import Weights

        name = self.sitting.signal
        if name not in self._weights:
            self._weights[name] = Weights(session.scores(name), session.dataset.tokens, self.flags)
        return self._weights[name]

    def _second(self, session: Session, name: str, room: int, at: float) -> Beside:
        shape, weights = self._shape(session, name, room), self._weights_of(session)
        bars, key = len(shape.edges), (self.sitting.signal, name, room)
        if key not in self._places:  # the second signal's bar of each row, in the order of the first one
            scores = session.scores(name)[weights.rows]
            place = np.searchsorted(shape.edges, scores, side="right") - 1
            self._places[key] = np.where(np.isnan(scores), bars, place).astype(np.int16)
        kept = np.bincount(self._places[key][weights.first(at) :], minlength=bars + 1)
        return Beside(name, shape, kept[:bars], int(kept[bars]))

    def _weigh(self, session: Session, shape: Histogram, at: float) -> None:
        from dataexplore.selection.rules import Threshold

        rule, pane = Threshold(self.sitting.signal, at), self.query_one(ThresholdPane)
        weight = self._weights_of(session).at(at)
        weighed = Weighed(
            self.sitting.signal, at, weight, shape.scored, shape.unscored, self._speed, None
        )  # fmt: skip
        if takes_long(session):
            pane.weigh(weighed)
            self.background(
                "weighing",
                lambda session, tell: session.preview(rule).counts,
                lambda after: pane.weigh(replace(weighed, after=after)),
                lambda text: None,
            )
        else:
            pane.weigh(replace(weighed, after=session.preview(rule).counts))

    def action_threshold(self, way: int) -> None:
        """Move the line by one bar."""
        here = self.here()
        if here is None:
            return
        session, at = here
        beside = bool(self.beside) and self.beside != self.sitting.signal
        shape = self._shape(session, self.sitting.signal, self.query_one(HistogramPane).room(beside=beside))
        bar = shape.bar_of(at) + way
        if way < 0 and shape.bar_of(at) < len(shape.edges) and shape.edges[shape.bar_of(at)] > at:
            bar = shape.bar_of(at) - 1
        if 0 <= bar < len(shape.edges):
            self._at[self.sitting.signal] = float(shape.edges[bar])
            self.draw(session)

    def action_type(self) -> None:
        """Ask for a number."""
        if self.here() is not None:
            self.ask("threshold", self._type)

    def _type(self, text: str) -> bool:
        try:
            at = float(text.replace(",", "."))
        except ValueError:
            self.say(f"{text} is not a number", warning=True)
            return False
        here = self.here()
        if here is not None:
            self._at[self.sitting.signal] = at
            self.draw(here[0])
        return True

    def action_beside(self) -> None:
        """Choose what stands beside the signal; the same once more takes it away."""

        def choose(name: str, session: Session) -> None:
            self.beside = "" if name in (self.beside, self.sitting.signal) else name
            self.draw(session)

        self.choose_signal("beside it; the ticked one goes away", self.beside, choose)

    def choose_signal(self, title: str, marked: str, choose: Callable[[str, Session], None]) -> None:
        """Let the person choose from all signals."""
        session = self.session
        if session is None:
            return
        source = SignalsSource(list(session.columns.signals.values()), [marked])

        def chosen(index: int | None) -> None:
            if index is not None:
                choose(source.signals[index].name, session)

        self.app.push_screen(Chooser(Text(title), source, source.more), chosen)


def _first_threshold(shape: Histogram) -> float:
    """The lowest bar that keeps at most a quarter of the scored rows: a start, not advice."""
    for edge in shape.edges.tolist():
        if shape.at_least(edge) <= shape.scored / 4:
            return float(edge)
    return float(shape.edges[-1])
