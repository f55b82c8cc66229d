"""Scoring rows by hand: a row's text over the whole screen, and nothing that tells what a judge gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore_tui.panes.reading import reading
from dataexplore_tui.screens.help import keys_of
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import TalkingScreen
from dataexplore_tui.widgets.ask import Ask
from dataexplore_tui.widgets.ink import ACCENT, DIM, KEEP, STRONG, WARN, line, shown
from dataexplore_tui.widgets.keyline import Hint, Keyline
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.notice import Notice
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.session.blind import Blind

_LONGEST = 12
"""Characters of a typed score."""


class Reading(Lines):
    """The row's text."""

    MORE = "space"
    can_focus = True


class BlindScreen(TalkingScreen):
    """One row after another, until all are scored or the person leaves."""

    DEFAULT_CSS = """
    BlindScreen { layers: base over; background: $background; color: $foreground; }
    BlindScreen #blind-score { height: 1; dock: bottom; margin-bottom: 2; }
    BlindScreen Reading { padding: 0 1; }
    """
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
        Binding("u", "undo", "take the last score back", id="blind.undo"),
        Binding("r", "again", "go through what was skipped", id="blind.again"),
        Binding("space,pagedown", "scroll(10)", "the text: further down", id="blind.page_down"),
        Binding("pageup", "scroll(-10)", "the text: further up", id="blind.page_up"),
        Binding("j,down,right_square_bracket", "scroll(1)", "a line down", id="blind.down"),
        Binding("k,up,left_square_bracket", "scroll(-1)", "a line up", id="blind.up"),
        Binding("question_mark", "keys", "help", id="blind.help"),
        Binding("escape,q", "leave", "leave: every score is kept, b in mode 2 goes on", id="blind.leave"),
    ]

    def __init__(self, sitting: Sitting, blind: Blind) -> None:
        super().__init__(sitting)
        self._blind = blind
        self._typed = ""

    def compose(self) -> ComposeResult:
        """The text, the score under it, the keys."""
        yield Keyline()
        yield Ask()
        yield Notice()
        yield Lines(id="blind-score")
        yield Reading(classes="pane -home")

    def on_mount(self) -> None:
        """Show the first row without a score."""
        scale = self._blind.scale
        digits = "1 … 9, 0 is 10" if scale.highest == 10 else f"{scale.lowest:g} … {scale.highest:g}"
        give = (digits, "score") if scale.one_key else ("0 … 9 . enter", "score")
        self.query_one(Keyline).hint((give, *self.HINTS))
        self.query_one(Reading).focus()
        self._show()

    def _show(self) -> None:
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
            self.query_one("#blind-score", Lines).update([])
            return
        typed = (self._typed, STRONG) if self._typed else ("_", DIM)
        given = sheet.scores.get(sheet.row)
        before = (f"   you gave {given:g}", KEEP) if given is not None else ""
        said = line(" your score, ", (scale.title, ACCENT), ": ", typed, before)
        self.query_one("#blind-score", Lines).update([said])

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
            self._show()

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

    def action_skip(self) -> None:
        """Go on without a score."""
        if self._blind.sheet.row is not None:
            self._blind.sheet.skip()
            self._show()

    def action_back(self) -> None:
        """Go back by a row."""
        self._blind.sheet.back()
        self._show()

    def action_undo(self) -> None:
        """Take the last score back."""
        try:
            undone = self._blind.undo()
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return
        self.say("the score is taken back" if undone else "no score was given since you came here")
        self._show()

    def action_again(self) -> None:
        """Go to the first row without a score."""
        if self._blind.sheet.again():
            self._show()

    def action_scroll(self, count: int) -> None:
        """Scroll the text."""
        self.query_one(Reading).scroll_lines(count)

    def action_keys(self) -> None:
        """Show the keys."""
        lines = [line((f"  {key:<20}", ACCENT), what) for key, what in keys_of(self.BINDINGS)]
        about = line(
            (
                " Judges' scores are shown when you are through: a score that is seen is no score of yours.",
                WARN,
            )
        )
        self.app.push_screen(Overlay("blind scoring", [about, Text(), *lines]))

    def action_leave(self) -> None:
        """Leave; what is scored is kept."""
        self.dismiss()
