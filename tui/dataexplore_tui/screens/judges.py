"""What mode 2 knows of all judges: how they agree, where they differ, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from dataexplore_tui.panes.against import AgainstPane
from dataexplore_tui.panes.agreement import MEASURES, AgreementPane
from dataexplore_tui.screens.blinding import BlindingScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import Progress

if TYPE_CHECKING:
    from dataexplore.session.session import Session
    from dataexplore.signals.against import Mean, Spread
    from dataexplore.signals.agreement import Agreement
    from dataexplore.signals.consensus import How
    from dataexplore.signals.signal import Scores, Signal

_COMPARING = "comparing judges"
_LONG = "response_chars"
Topics = tuple["list[Mean]", list[tuple[str, ...]]]
"""Each cluster's mean score, and the clusters' terms."""


class JudgesScreen(BlindingScreen):
    """A screen that compares judges with each other, with the length and with clusters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "compare judges pair by pair", id="scores.compare"),
        Binding("m", "measure", "agreement as exact, kappa or Spearman", id="scores.measure"),
        Binding("y", "against", "the score against the length or in each cluster", id="scores.against"),
        Binding("d", "disagreements", "see the rows on which judges differ most", id="scores.disagreements"),
        Binding("C", "consensus", "make one signal of several judges", id="scores.consensus"),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._seen: tuple[object, ...] = ()
        self._judges: list[Signal] = []
        self._agreements: list[Agreement] | None = None
        self._measure = MEASURES[0]
        self._by_length = True
        self._spreads: dict[str, Spread | None] = {}
        self._topics: dict[str, Topics] = {}
        self._asked: set[tuple[str, bool]] = set()

    def redraw_all(self) -> None:
        """Look at all signals anew."""
        self._seen = ()

    def forget(self) -> None:
        """Forget what was found of the signals that were there."""
        self._agreements = None
        self._spreads.clear()
        self._topics.clear()
        self._asked.clear()

    def are_new(self, session: Session) -> bool:
        """Tell, once, whether rows or signals are others than before."""
        now = (session.dataset, *session.columns.signals.values())
        same = len(now) == len(self._seen) and all(a is b for a, b in zip(now, self._seen, strict=True))
        if not same:
            self.forget()
            self._seen = now
        return not same

    def look_at_judges(self, session: Session) -> None:
        """Show how far judges agree; it is found out in the background, once."""
        from dataexplore.session.scoring import judges

        if self._agreements is not None:
            if self._agreements:
                self._show_agreement()
            return
        self._judges, self._agreements = judges(session), []
        if len(self._judges) < 2:
            self._show_agreement()
            return
        pane = self.query_one(AgreementPane)
        self.background(_COMPARING, partial(_compared, tuple(self._judges)), self._found, pane.show_progress)

    def _found(self, found: list[Agreement]) -> None:
        self._agreements = found
        self._show_agreement()

    def _show_agreement(self) -> None:
        names, pane = [one.name for one in self._judges], self.query_one(AgreementPane)
        pane.show_agreement(names, self._agreements or [], self._measure, self.sitting.signal)

    def action_measure(self) -> None:
        """Show the next measure."""
        if len(self._judges) > 1 and self._agreements:
            self._measure = MEASURES[(MEASURES.index(self._measure) + 1) % len(MEASURES)]
            self._show_agreement()

    def action_compare(self) -> None:
        """Compare judges over the whole screen."""
        from dataexplore_tui.screens.comparing import CompareScreen

        if self.session is None:
            return
        if len(self._judges) < 2:
            self.say(
                "there is only one judge to compare: J asks another one, I imports ratings", warning=True
            )
        elif not self._agreements:
            self.say("judges are still being compared: a moment", warning=True)
        else:
            self.app.push_screen(CompareScreen(self.sitting, self._judges, self._agreements, self._measure))

    def show_against(self, session: Session, at: float) -> None:
        """Show the signal against the length, or its mean in each cluster, once that is known."""
        name, pane = self.sitting.signal, self.query_one(AgainstPane)
        known: Mapping[str, object] = self._spreads if self._by_length else self._topics
        if name not in known:
            if (name, self._by_length) not in self._asked:
                self._asked.add((name, self._by_length))
                self._look_at_lengths(name) if self._by_length else self._look_at_clusters(name)
        elif self._by_length:
            pane.show_spread(name, self._spreads[name], at)
        else:
            pane.show_clusters(name, *self._topics[name])

    def _look_at_lengths(self, name: str) -> None:
        def look(session: Session, tell: Progress) -> Spread | None:
            from dataexplore.signals.against import against

            return against(session.scores(name), session.scores(_LONG))

        def found(spread: Spread | None) -> None:
            self._spreads[name] = spread
            self.state = self.state

        self.background("looking at lengths", look, found, self.query_one(AgainstPane).show_progress)

    def _look_at_clusters(self, name: str) -> None:
        def look(session: Session, tell: Progress) -> Topics:
            from dataexplore.signals.against import by_cluster

            clusters = session.analysis.clusters(None, 0, tell)
            terms = session.analysis.cluster_terms(clusters)
            return by_cluster(session.scores(name), clusters.labels), terms

        def found(topics: Topics) -> None:
            self._topics[name] = topics
            self.state = self.state

        self.background("clustering", look, found, self.query_one(AgainstPane).show_progress)

    def action_against(self) -> None:
        """Go from the length to clusters, and back."""
        if self.session is not None:
            self._by_length = not self._by_length
            self.state = self.state

    def give_up(self) -> bool:
        """What was given up is begun anew when it is asked for."""
        self._asked.clear()
        self._agreements = self._agreements or None
        return super().give_up()

    def action_disagreements(self) -> None:
        """Open the rows on which judges differ, the most different first."""
        from dataexplore.session.scoring import by_machine

        session = self.session
        if session is None:
            return
        among = by_machine(self._judges)
        if len(among) < 2:
            self.say("one judge disagrees with nobody: I imports another one's ratings", warning=True)
            return

        def look(session: Session, tell: Progress) -> Scores:
            from dataexplore.signals.disagreement import disagreement

            return disagreement(among)

        self.background("looking where judges differ", look, partial(self._differ, among))

    def _differ(self, among: Sequence[Signal], scores: Scores) -> None:
        from dataexplore.session.scoring import DISAGREEMENT, add_disagreement

        def act(session: Session) -> None:
            add_disagreement(session, among, scores)

        if self.attempt(act, decides=False):
            self.open_rows(f"{DISAGREEMENT} > 0", DISAGREEMENT)

    def action_consensus(self) -> None:
        """Choose judges and how they are put together."""
        from dataexplore.session.scoring import by_machine
        from dataexplore_tui.screens.consensus import ConsensusScreen

        if self.session is not None and self._judges:
            ticked = [one.name for one in by_machine(self._judges)]
            self.app.push_screen(ConsensusScreen(self._judges, ticked), self._consent)

    def _consent(self, wanted: tuple[list[Signal], How] | None) -> None:
        if not wanted:
            return
        among, how = wanted

        def look(session: Session, tell: Progress) -> Scores:
            from dataexplore.signals.consensus import consensus

            return consensus(among, how)

        def made(scores: Scores) -> None:
            def act(session: Session) -> None:
                from dataexplore.session.scoring import keep_consensus

                self.sitting.signal = keep_consensus(session, among, how, scores).name

            if self.attempt(act):
                self.say(f"{self.sitting.signal} is kept as a signal; - takes it away")

        self.background("putting judges together", look, made)


def _compared(judges: Sequence[Signal], session: Session, tell: Progress) -> list[Agreement]:
    from itertools import combinations

    from dataexplore.signals.agreement import agreement

    found = []
    pairs = list(combinations(judges, 2))
    for done, (one, other) in enumerate(pairs):
        tell(done, len(pairs))
        found.append(agreement(one.name, one.scores, other.name, other.scores))
    return found
