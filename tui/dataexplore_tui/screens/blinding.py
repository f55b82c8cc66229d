"""From mode 2 into blind scoring, and back with what came of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore_tui.screens.judging import JudgingScreen

if TYPE_CHECKING:
    from dataexplore.session.blind import Blind
    from dataexplore.signals.blind import Scale

_ROWS = 20
_ASKED = re.compile(
    r"\s*(?P<rows>[\d,]+)(?:\s*(?:rows)?[\s,;]+(?P<low>-?[\d.]+)\s*(?:-|to)\s*(?P<high>-?[\d.]+)"
    r"(?:\s*(?:in\s+steps\s+of|by|step)\s*(?P<step>[\d.]+))?)?\s*"
)


class BlindingScreen(JudgingScreen):
    """A screen from which a person scores rows without seeing a judge's scores."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "blind", "score rows by hand without seeing judges' scores", id="scores.blind"),
        Binding("B", "outcome", "your scores beside the judges'", id="scores.outcome"),
    ]

    def action_blind(self) -> None:
        """Ask how many rows; what was begun goes on."""
        from dataexplore.session.blind import begun

        session = self.session
        if session is None or self.sitting.signal not in session.columns.signals:
            return
        judge = self.sitting.signal
        if not session.dataset.keyed.ready:
            self.attempt(lambda session: None)  # says why nothing is kept yet
            return
        try:
            session.must_write()
            blind = begun(session, judge)
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return
        done = f"; {blind.done:,} of {blind.size:,} are scored, enter goes on" if blind else ""
        hint = f"drawn evenly over the scores of {judge}{done}; with another scale: 20 0-5 by 0.5"
        size = max(blind.size, blind.done + _ROWS * (blind.done >= blind.size)) if blind else _ROWS
        self.ask("rows to score blind", self._blind, f"{size}", hint=hint)

    def _blind(self, text: str) -> bool:
        from dataexplore.session.blind import start
        from dataexplore_tui.screens.blind import BlindScreen

        if not text.strip():
            return True
        session = self.session
        try:
            size, scale = asked_for(text)
            if session is not None:
                blind = start(session, self.sitting.signal, size, scale)
                self.app.push_screen(BlindScreen(self.sitting, blind), lambda _: self._scored(blind))
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return False
        return True

    def _scored(self, blind: Blind) -> None:
        """Show what came of it, or where it goes on."""
        session = self.session
        if session is None:
            return
        self.state = session.state
        if blind.sheet.scored and blind.sheet.row is None:
            self._show_outcome(blind.name, blind.judge)
        elif blind.sheet.scored:
            self.say(
                f"{blind.sheet.scored:,} of {len(blind.sheet.rows):,} rows are scored and kept as "
                f"{blind.name}: b goes on, B shows them beside the judges"
            )

    def action_outcome(self) -> None:
        """Show the person's scores beside the judges'."""
        from dataexplore.session.blind import begun

        session = self.session
        if session is None:
            return
        blind = begun(session, self.sitting.signal)
        if blind is None:
            self.say(f"no row is scored by hand beside {self.sitting.signal} yet: b begins", warning=True)
        else:
            self._show_outcome(blind.name, blind.judge)

    def _show_outcome(self, name: str, judge: str) -> None:
        from dataexplore_tui.screens.outcome import OutcomeScreen

        self.app.push_screen(OutcomeScreen(self.sitting, name, judge))


def asked_for(text: str) -> tuple[int, Scale | None]:
    """Return the number of rows and the scale that a line asks for; raise SignalError for another one."""
    from dataexplore.errors import SignalError
    from dataexplore.signals.blind import Scale

    found = _ASKED.fullmatch(text)
    try:
        size = int(found["rows"].replace(",", "")) if found else 0
        if found is None or size < 1:
            raise ValueError
        if not found["low"]:
            return size, None
        scale = Scale(float(found["low"]), float(found["high"]), float(found["step"] or 1))
        if scale.lowest >= scale.highest:
            raise ValueError
    except ValueError:
        raise SignalError(f"{text} is no number of rows, as 20, or 20 0-5, or 20 0-5 by 0.5") from None
    return size, scale
