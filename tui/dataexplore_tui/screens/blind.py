"""Scoring rows by hand: a row's text over the whole screen, and nothing that tells what a judge gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore_tui.panes.reading import reading
from dataexplore_tui.screens.sheet import Reading, SheetScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.widgets.ink import ACCENT, DIM, KEEP, STRONG, line, shown
from dataexplore_tui.widgets.keyline import Hint, Keyline
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.session.blind import Blind
    from dataexplore.signals.blind import Sheet

_LONGEST = 12
"""Characters of a typed score."""


class BlindScreen(SheetScreen):
    """One row after another, until all are scored or the person leaves."""

    NAME = "blind scoring"
    GIVEN = "score"
    WHY = "Judges' scores are shown when you are through: a score that is seen is no score of yours."
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("s", "skip"),
        ("b", "back"),
        ("u", "undo"),
        ("space", "more"),
        ("esc", "leave"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "give", "give the score that is typed", id="blind.give"),
        Binding("backspace", "rub", "take a typed digit back", id="blind.rub"),
        Binding("s,right,n", "skip", "skip the row for now", id="blind.skip"),
        Binding("b,left,p", "back", "back to the row before", id="blind.back"),
        Binding("escape,q", "leave", "leave: every score is kept, b in mode 2 goes on", id="blind.leave"),
    ]

    def __init__(self, sitting: Sitting, blind: Blind) -> None:
        super().__init__(sitting)
        self._blind = blind
        self._typed = ""

    @property
    def sheet(self) -> Sheet:
        """Where the person is."""
        return self._blind.sheet

    def take_back(self) -> bool:
        """Take the last score back."""
        return self._blind.undo()

    def on_mount(self) -> None:
        """Name the keys."""
        scale = self._blind.scale
        digits = "1 … 9, 0 is 10" if scale.highest == 10 else f"{scale.lowest:g} … {scale.highest:g}"
        give = (digits, "score") if scale.one_key else ("0 … 9 . enter", "score")
        self.query_one(Keyline).hint((give, *self.HINTS))

    def show(self) -> None:
        """Show a row, or the end."""
        blind, text = self._blind, self.query_one(Reading)
        sheet, self._typed = blind.sheet, ""
        if sheet.row is None:
            self._show_end()
            return
        record, schema = blind.text(sheet.row)
        place = f"{sheet.at + 1:,} of {len(sheet.rows):,}"
        about = line("drawn evenly over the scores of ", shown(blind.judge), ", which are hidden here")
        retitle(text, Text(f"blind scoring · {place} · {sheet.scored:,} scored"), about)
        text.flow(lambda width, height: reading(record, schema, width))
        self._show_score()

    def _show_end(self) -> None:
        sheet, text = self._blind.sheet, self.query_one(Reading)
        left = len(sheet.rows) - sheet.scored
        retitle(text, Text(f"blind scoring · {sheet.scored:,} of {len(sheet.rows):,} scored"), Text(""))
        rows = f"{left:,} row{'s were' if left > 1 else ' was'} skipped. "
        again, ends = " goes through them again, ", " ends here and shows your scores beside the judges'."
        skipped = line(rows, ("r", ACCENT), again) if left else line("All rows are scored. ")
        said = line(skipped, ("enter", ACCENT), ends)
        text.flow(lambda width, height: [Text(), *wrapped(said, max(8, width))])
        self._show_score()

    def _show_score(self) -> None:
        sheet, scale = self._blind.sheet, self._blind.scale
        if sheet.row is None:
            self.query_one("#given", Lines).update([])
            return
        typed = (self._typed, STRONG) if self._typed else ("_", DIM)
        given = sheet.scores.get(sheet.row)
        before = (f"   you gave {given:g}", KEEP) if given is not None else ""
        said = line(" your score, ", (scale.title, ACCENT), ": ", typed, before)
        self.query_one("#given", Lines).update([said])

    def on_key(self, event: events.Key) -> None:
        """Take digits; where one says it all, it is the score."""
        character = event.character or ""
        if self._blind.sheet.row is None or character not in "0123456789.,-" or not character:
            return
        event.stop()
        scale = self._blind.scale
        if scale.one_key and character.isdecimal():
            number = int(character)
            self._give(10.0 if not number and scale.lowest > 0 else float(number))
        elif len(self._typed) < _LONGEST:
            self._typed += character
            self._show_score()

    def _give(self, score: float) -> None:
        try:
            self._blind.give(score)
        except DataexploreError as error:
            self._typed = ""
            self._show_score()
            self.say(str(error), warning=True)
        else:
            self.say(f"{score:g}: kept; u takes it back")
            self.show()

    def action_give(self) -> None:
        """Give the typed score; at the end, go on to what came of it."""
        if self._blind.sheet.row is None:
            self.dismiss()
            return
        try:
            score = float(self._typed.replace(",", "."))
        except ValueError:
            self.say(f"type a score, {self._blind.scale.title}; s skips the row", warning=True)
        else:
            self._give(score)

    def action_rub(self) -> None:
        """Take a digit back."""
        self._typed = self._typed[:-1]
        self._show_score()
