"""Judges pair by pair over the whole screen: figures on the left, a pair's scores on the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from dataexplore_tui.panes.agreement import MEASURES, JointPane, PairsSource, figure, heat_map
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import Progress
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.session.session import Session
    from dataexplore.signals.against import Joint
    from dataexplore.signals.agreement import Agreement
    from dataexplore.signals.signal import Signal

_APART = "ranks_apart"


class CompareScreen(ModeScreen):
    """All pairs, and one of them in full."""

    NUMBER = 2
    DEFAULT_CSS = """
    CompareScreen #pairs-pane { width: 6fr; }
    CompareScreen #pairs-heading { height: 1; }
    CompareScreen #heat { height: auto; max-height: 50%; }
    CompareScreen #pairs { height: 1fr; }
    CompareScreen #joint { width: 5fr; }
    CompareScreen.-narrow #joint { display: none; }
    CompareScreen.-narrow.-second #joint { display: block; }
    CompareScreen.-narrow.-second #pairs-pane { display: none; }
    """
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("j k", "pair"),
        ("m", "measure"),
        ("enter", "where they differ"),
        ("tab", "scores"),
        ("esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "measure", "order by exact, kappa or Spearman", id="compare.measure"),
        Binding("enter", "rows", "open the rows on which the pair differs most", id="compare.rows"),
        Binding("tab", "second", "narrow screens: pairs or their scores", id="compare.second"),
    ]

    def __init__(
        self, sitting: Sitting, judges: Sequence[Signal], found: Sequence[Agreement], measure: str
    ) -> None:
        super().__init__(sitting)
        self._judges = {one.name: one for one in judges}
        self._found = found
        self._measure = measure
        self._joints: dict[tuple[str, str], Joint] = {}

    def compose_panes(self) -> Iterable[Widget]:
        """Pairs on the left, one pair's scores on the right."""
        with Horizontal(id="body"):
            with Vertical(id="pairs-pane", classes="pane"):
                yield Lines(id="heat")
                yield Lines(id="pairs-heading")
                yield Picker(id="pairs", classes="-home")
            yield JointPane()

    def on_mount(self) -> None:
        """List the pairs, the closest first."""
        super().on_mount()
        heat = self.query_one("#heat", Lines)
        heat.styles.height = len(self._judges) + 2
        self.query_one("#pairs-heading", Lines).flow(lambda width, height: [PairsSource.heading(width)])
        self.query_one(Picker).focus()
        self._order()

    def _order(self) -> None:
        def rank(one: Agreement) -> float:
            value = figure(one, self._measure)
            return 2.0 if value is None else -value

        names = list(self._judges)
        self.query_one("#heat", Lines).flow(
            lambda width, height: heat_map(names, self._found, self._measure, width)
        )
        self.query_one(Picker).show(PairsSource(sorted(self._found, key=rank)))
        title = f"{len(self._found):,} pairs of {len(names):,} judges · by {self._measure}"
        retitle(self.query_one("#pairs-pane"), Text(title))

    @property
    def _here(self) -> Agreement | None:
        picker = self.query_one(Picker)
        source = picker.source
        return source.found[picker.cursor] if isinstance(source, PairsSource) and len(source) else None

    @on(Picker.Moved, "#pairs")
    def _moved(self) -> None:
        here = self._here
        if here is None:
            return
        known = self._joints.get((here.first, here.second))
        if known is not None:
            self.query_one(JointPane).show_joint(here, known)
            return
        first, second = self._judges[here.first].scores, self._judges[here.second].scores

        def look(session: Session, tell: Progress) -> Joint:
            from dataexplore.signals.against import joint

            return joint(first, second)

        def found(counts: Joint) -> None:
            self._joints[here.first, here.second] = counts
            if self._here is here:
                self.query_one(JointPane).show_joint(here, counts)

        self.background("counting", look, found, lambda text: None)

    def action_measure(self) -> None:
        """Order by the next measure."""
        self._measure = MEASURES[(MEASURES.index(self._measure) + 1) % len(MEASURES)]
        self._order()

    def action_rows(self) -> None:
        """Open the rows that the two rank furthest apart."""
        here, session = self._here, self.session
        if here is None or session is None:
            return
        pair = [self._judges[here.first], self._judges[here.second]]

        def look(session: Session, tell: Progress) -> np.ndarray:
            from dataexplore.signals.disagreement import disagreement

            return disagreement(pair)

        def opened(scores: np.ndarray) -> None:
            session.columns.add_computed(
                _APART, scores, f"how far {here.first} and {here.second} rank a row apart"
            )
            self.open_rows(f"{_APART} > 0", _APART)

        self.background("looking where they differ", look, opened)

    def action_second(self) -> None:
        """Swap the two panes where there is room for one."""
        self.toggle_class("-second")

    def action_back(self) -> None:
        """Go back to mode 2."""
        if self.has_class("-second"):
            self.remove_class("-second")
        else:
            self.dismiss()
