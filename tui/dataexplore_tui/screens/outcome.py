"""What came of blind scoring: each judge's agreement with the person, and where they differ most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from dataexplore.session.state import State
from dataexplore_tui.panes.outcome import FurthestSource, outcome_lines
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.widgets.ink import shown
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.signals.signal import Signal


class OutcomeScreen(ModeScreen):
    """The judges above, the rows below."""

    NUMBER = 2
    DEFAULT_CSS = """
    OutcomeScreen #outcome-judges { max-height: 60%; }
    OutcomeScreen #outcome-rows { height: 1fr; }
    OutcomeScreen #outcome-heading { height: 1; }
    """
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("enter", "open the row"),
        ("o", "open all of them"),
        ("tab", "next judge"),
        ("esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "row", "open the row in mode 1", id="outcome.row"),
        Binding("o", "rows", "open all rows that you scored in mode 1", id="outcome.rows"),
        Binding("tab", "judge", "where the next judge differs from you", id="outcome.judge"),
    ]

    def __init__(self, sitting: Sitting, name: str, judge: str) -> None:
        super().__init__(sitting)
        self._by_hand = name
        self._judge = judge

    def compose_panes(self) -> Iterable[Widget]:
        """A table and a list."""
        yield Lines(id="outcome-judges", classes="pane")
        with Vertical(id="outcome-rows", classes="pane"):
            yield Lines(id="outcome-heading")
            yield Picker(id="furthest", classes="-home")

    def on_mount(self) -> None:
        """Begin in the list."""
        super().on_mount()
        self.query_one("#outcome-heading", Lines).update([FurthestSource.heading()])
        self.query_one(Picker).focus()

    def _judges(self) -> list[Signal]:
        from dataexplore.session.scoring import by_machine, judges

        session = self.sitting.session
        found = by_machine(judges(session)) if session is not None else []
        signal = session.columns.signals.get(self._judge) if session is not None else None
        return found if signal is None or any(one is signal for one in found) else [signal, *found]

    def show_state(self, state: State) -> None:
        """Compare and list."""
        from dataexplore.signals.blind import compared, furthest

        session = self.sitting.session
        by_hand = session.columns.signals.get(self._by_hand) if session is not None else None
        if session is None or by_hand is None:
            self.dismiss()
            return
        found, rows = compared(by_hand, self._judges()), by_hand.scored
        table = self.query_one("#outcome-judges", Lines)
        retitle(table, Text(f"{rows:,} rows that you scored, beside {len(found):,} judges"))
        table.styles.height = len(found) + 5
        table.flow(lambda width, height: outcome_lines(found, rows, width))
        if self._judge in session.columns.signals:
            scores = session.scores(self._judge)
            apart = furthest(by_hand.scores, scores)
            source = FurthestSource(session.dataset, apart, by_hand.scores, scores)
            self.query_one(Picker).show(source, self.query_one(Picker).cursor)
            title = Text.assemble("furthest apart: you and ", shown(self._judge))
            retitle(self.query_one("#outcome-rows"), title)

    def action_judge(self) -> None:
        """Compare with the next judge."""
        names = [one.name for one in self._judges()]
        if names:
            place = names.index(self._judge) if self._judge in names else -1
            self._judge = names[(place + 1) % len(names)]
            self.state = self.state

    def action_row(self) -> None:
        """Open the row under the cursor."""
        picker = self.query_one(Picker)
        source = picker.source
        if isinstance(source, FurthestSource) and len(source):
            self.open_rows(f"row = {int(source.rows[picker.cursor]) + 1}")

    def action_rows(self) -> None:
        """Open all of them, by the person's score."""
        self.open_rows(f'"{self._by_hand}" IS NOT NULL', self._by_hand)

    def action_back(self) -> None:
        """Go back to mode 2."""
        self.dismiss()
