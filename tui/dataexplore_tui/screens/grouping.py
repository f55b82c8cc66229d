"""Groups of similar rows at a threshold that is moved, typed, or found from the rows that should be left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from dataexplore.duplicates.kinds import KINDS
from dataexplore.errors import DataexploreError
from dataexplore_tui.panes.slider import slider
from dataexplore_tui.screens.leaking import LeakingScreen
from dataexplore_tui.screens.policy import STEP
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import Progress

if TYPE_CHECKING:
    from dataexplore.duplicates.curve import Curve
    from dataexplore.duplicates.edges import Edges
    from dataexplore.duplicates.groups import Groups
    from dataexplore.session.analysis import Analysis
    from dataexplore.session.session import Session
    from dataexplore.vectors.typical import Typical

_FIRST = 0.90
_FINDING = "finding similar prompts"
MEANING = ("semantic",)
_KINDS = (MEANING, ("lexical",), ("exact",), KINDS)
_SAID = ("by meaning", "by letters", "the same text", "all kinds")


class GroupingScreen(LeakingScreen):
    """A screen whose groups follow a threshold and a linkage."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right,l", "threshold(1)", "raise the threshold: fewer, closer groups", id="duplicates.raise"
        ),
        Binding("left,h", "threshold(-1)", "lower the threshold: more groups", id="duplicates.lower"),
        Binding("t", "type", "type a threshold, also one further down", id="duplicates.type"),
        Binding("r", "rows_left", "say how many rows should be left", id="duplicates.rows_left"),
        Binding("K", "kinds", "compare by meaning, by letters, the same text, or all", id="duplicates.kinds"),
        Binding(
            "S",
            "split",
            "split chained groups: around a centre, or all alike",
            id="duplicates.split",
        ),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self.threshold = _FIRST
        self.linkage = "single"
        self.kinds: tuple[str, ...] = MEANING
        self.pairs: Edges | None = None
        self._pairs_of: Analysis | None = None
        self._typical: Typical | None = None

    @property
    def compared(self) -> str:
        """How rows are compared, in words."""
        split = "" if self.linkage == "single" else f", split: {self.linkage}"
        return f"{_SAID[_KINDS.index(self.kinds)]}{split}"

    def analysis(self, session: Session) -> Analysis:
        """Return what compares rows by the kinds that are chosen."""
        return session.analysis.by(self.kinds)

    def are_found(self, session: Session) -> bool:
        """Tell whether pairs are known of the rows as they are; otherwise begin to look for them."""
        found = self.pairs is not None and self._pairs_of is self.analysis(session)
        if not found and not any(one.group == _FINDING and one.is_running for one in self.workers):
            self.find_pairs()
        return found

    def find_pairs(self, floor: float | None = None, then_at: float | None = None) -> None:
        """Find the pairs down to a floor in the background, and go to a threshold when they are there."""
        from dataexplore.session.analysis import FLOOR

        session = self.session
        if session is None:
            return
        analysis = self.analysis(session)

        def find(session: Session, tell: Progress) -> Edges:
            edges = analysis.edges(FLOOR if floor is None else floor, tell)
            analysis.curve(edges.floor)
            session.analysis.vectors(tell)  # how far a group stretches is told from them
            return edges

        def found(edges: Edges) -> None:
            self.pairs, self._pairs_of = edges, analysis
            self.say(f"{len(edges):,} pairs of rows at {edges.floor:.2f} or closer")
            self.go_to(max(edges.floor, self.threshold if then_at is None else then_at))
            if self._typical is None:
                self.run_worker(self._measure, thread=True, exclusive=True, group="typical")

        self.background(_FINDING, find, found)

    def _measure(self) -> None:
        session = self.sitting.session
        if session is not None:
            try:
                found = session.analysis.typical()
            except DataexploreError:  # the line does without
                return
            self.app.call_from_thread(self._measured, found)

    def _measured(self, found: Typical) -> None:
        self._typical = found
        self.state = self.state

    def go_to(self, threshold: float) -> None:
        """Show the groups at a threshold."""
        self.threshold = threshold
        if self.sitting.session is not None:
            self.state = self.sitting.session.state

    def groups_now(self, session: Session) -> Groups:
        """Return the groups at the threshold, of the kinds and split in the way that are chosen."""
        return self.analysis(session).groups(self.threshold, self.linkage)

    def slider(self, groups: Groups, width: int) -> Text:
        """Return the line that shows where the threshold is and what it leaves."""
        assert self.pairs is not None  # there are groups only of pairs
        by_meaning = self._typical if self.kinds == MEANING else None
        share = None if by_meaning is None else by_meaning.share(self.threshold)
        return slider(self.threshold, self.pairs.floor, len(groups), groups.rows_left, share, width)

    def action_kinds(self) -> None:
        """Compare rows in the next way."""
        if self.session is not None and self.pairs is not None:
            self.kinds = _KINDS[(_KINDS.index(self.kinds) + 1) % len(_KINDS)]
            self.find_pairs()

    def action_threshold(self, way: int) -> None:
        """Move the threshold; groups follow from the pairs found once."""
        moved = round(self.threshold + way * STEP, 2)
        if self.pairs is not None and round(self.pairs.floor, 4) <= moved <= 1.0:
            self.go_to(moved)

    def action_type(self) -> None:
        """Ask for a threshold."""
        if self.pairs is not None:
            self.ask("threshold", self._type, hint="a similarity above 0 and up to 1")

    def _type(self, text: str) -> bool:
        try:
            at = float(text.replace(",", "."))
        except ValueError:
            at = 0.0
        if not 0 < at <= 1:
            self.say(f"{text} is no similarity above 0 and up to 1", warning=True)
            return False
        if self.pairs is not None and at < self.pairs.floor:
            self.find_pairs(at, at)
        else:
            self.go_to(round(at, 4))
        return True

    def action_rows_left(self) -> None:
        """Ask how many rows should be left, and find the threshold."""
        session = self.session
        if session is not None and self.pairs is not None:
            curve = self.analysis(session).curve(self.pairs.floor)
            fewest, most = (curve.at(one).rows_left for one in (max(curve.floor, STEP), 1.0))
            hint = f"{fewest:,} to {most:,}; groups are then not split"
            self.ask("rows left", lambda text: self._leave(text, curve), hint=hint)

    def _leave(self, text: str, curve: Curve) -> bool:
        number = text.replace(",", "").strip()
        if not number.isdecimal():
            self.say(f"{text} is no number of rows", warning=True)
            return False
        try:
            left = curve.leaving(int(number))
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return False
        self.linkage = "single"
        self.go_to(left.threshold)
        self.say(f"{left.rows_left:,} rows are left at >= {left.threshold:g}")
        return True

    def action_split(self) -> None:
        """Split chained groups in the next way."""
        from dataexplore.duplicates.linkage import LINKAGES

        session = self.sitting.session
        if session is None or self.pairs is None:
            return
        before = self.linkage
        self.linkage = LINKAGES[(LINKAGES.index(before) + 1) % len(LINKAGES)]
        try:
            self.groups_now(session)
        except DataexploreError as error:
            self.linkage = "single"
            self.say(str(error), warning=True)
        else:
            said = {"single": "groups are whole: every row is like some other of its group",
                    "star": "chains are split: every row is like the centre of its group",
                    "complete": "chains are split: every row is like every other of its group"}  # fmt: skip
            self.say(said[self.linkage])
        self.go_to(self.threshold)
