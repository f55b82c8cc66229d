"""Blind votes: two answers side by side, and nothing on screen that tells who gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore_tui.panes.abreast import abreast, said_lines
from dataexplore_tui.screens.sheet import Reading, SheetScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.widgets.ink import ACCENT, DIM, KEEP, line
from dataexplore_tui.widgets.keyline import Hint, Keyline
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.session.ballot import Ballot, Paper
    from dataexplore.signals.blind import Sheet

_WORDS = {"left": "the left one", "right": "the right one", "tie": "a tie"}


class VotingScreen(SheetScreen):
    """One prompt after another, until all are voted on or the person leaves."""

    NAME = "blind votes"
    GIVEN = "vote"
    WHY = "Who gave which answer is shown later: a vote for a name is no vote."
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("1", "left is better"),
        ("2", "right is better"),
        ("0", "a tie"),
        ("s", "skip"),
        ("b", "back"),
        ("u", "undo"),
        ("space", "more"),
        ("esc", "leave"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1,left", "vote('left')", "the left answer is better", id="vote.left"),
        Binding("2,right", "vote('right')", "the right answer is better", id="vote.right"),
        Binding("0,t,equals_sign", "vote('tie')", "neither is better", id="vote.tie"),
        Binding("s,n", "skip", "skip the prompt for now", id="vote.skip"),
        Binding("b,p", "back", "back to the prompt before", id="vote.back"),
        Binding("enter", "end", "when you are through: what came of it", id="vote.end"),
        Binding("escape,q", "leave", "leave: every vote is kept, v goes on", id="vote.leave"),
    ]

    def __init__(self, sitting: Sitting, ballot: Ballot) -> None:
        super().__init__(sitting)
        self._ballot = ballot

    @property
    def sheet(self) -> Sheet:
        """Where the person is."""
        return self._ballot.sheet

    def on_mount(self) -> None:
        """Name the keys."""
        self.query_one(Keyline).hint(self.HINTS)

    def on_unmount(self) -> None:
        """Let others write votes."""
        self._ballot.close()

    def take_back(self) -> bool:
        """Take the last vote back."""
        return self._ballot.undo()

    def show(self) -> None:
        """Show a prompt with both answers, or the end."""
        ballot, text = self._ballot, self.query_one(Reading)
        sheet, paper = ballot.sheet, ballot.paper
        if paper is None:
            self._show_end()
            return
        place = f"{sheet.at + 1:,} of {len(sheet.rows):,}"
        about = Text("who gave which answer is hidden, and left and right change places")
        retitle(text, Text(f"blind votes · {place} · {sheet.scored:,} voted on"), about)
        text.flow(lambda width, height: _laid_out(paper, width))
        said = (f"   you said: {_WORDS[ballot.given]}", KEEP) if ballot.given else ""
        question = line(" which answer is better? ", ("1", ACCENT), " left  ", ("2", ACCENT), " right  ")
        self.query_one("#given", Lines).update([line(question, ("0", ACCENT), " a tie", said)])

    def _show_end(self) -> None:
        sheet, text = self._ballot.sheet, self.query_one(Reading)
        left = len(sheet.rows) - sheet.scored
        retitle(text, Text(f"blind votes · {sheet.scored:,} of {len(sheet.rows):,} voted on"), Text(""))
        skipped = f"{left:,} prompt{'s were' if left > 1 else ' was'} skipped. "
        again = (
            line(skipped, ("r", ACCENT), " goes through them again, ")
            if left
            else "All prompts are voted on. "
        )
        said = [Text(), line(again, ("enter", ACCENT), " ends here and shows what came of it.")]
        if self._ballot.alike:
            said.append(line((f"Not asked about: {self._ballot.alike:,} that both answered alike.", DIM)))
        text.flow(lambda width, height: [part for one in said for part in wrapped(one, max(8, width))])
        self.query_one("#given", Lines).update([])

    def action_vote(self, choice: str) -> None:
        """Keep a vote and go on."""
        if self._ballot.paper is None:
            return
        try:
            self._ballot.vote(choice)
        except DataexploreError as error:
            self.say(str(error), warning=True)
        else:
            self.say(f"{_WORDS[choice]}: kept; u takes it back")
            self.show()

    def action_end(self) -> None:
        """Go on to what came of it."""
        if self._ballot.paper is None:
            self.dismiss()


def _laid_out(paper: Paper, width: int) -> list[Text]:
    prompt = [*said_lines(paper.said, width), Text(end="")]
    left, right = line(("left", ACCENT)), line(("right", ACCENT))
    return [*prompt, *abreast((left, paper.left), (right, paper.right), width)]
