"""Blind votes: two answers side by side, and nothing on screen that tells who gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore_tui.panes.abreast import abreast, said_lines
from dataexplore_tui.screens.help import keys_of
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import TalkingScreen
from dataexplore_tui.widgets.ask import Ask
from dataexplore_tui.widgets.ink import ACCENT, DIM, KEEP, WARN, line
from dataexplore_tui.widgets.keyline import Hint, Keyline
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.notice import Notice
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.session.ballot import Ballot, Paper

_WORDS = {"left": "the left one", "right": "the right one", "tie": "a tie"}


class Answers(Lines):
    """The prompt and both answers."""

    MORE = "space"
    can_focus = True


class VotingScreen(TalkingScreen):
    """One prompt after another, until all are voted on or the person leaves."""

    DEFAULT_CSS = """
    VotingScreen { layers: base over; background: $background; color: $foreground; }
    VotingScreen #vote { height: 1; dock: bottom; margin-bottom: 2; }
    VotingScreen Answers { padding: 0 1; }
    """
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
        Binding("u", "undo", "take the last vote back", id="vote.undo"),
        Binding("r", "again", "go through what was skipped", id="vote.again"),
        Binding("enter", "end", "when you are through: what came of it", id="vote.end"),
        Binding("space,pagedown", "scroll(10)", "the text: further down", id="vote.page_down"),
        Binding("pageup", "scroll(-10)", "the text: further up", id="vote.page_up"),
        Binding("j,down", "scroll(1)", "a line down", id="vote.down"),
        Binding("k,up", "scroll(-1)", "a line up", id="vote.up"),
        Binding("question_mark", "keys", "help", id="vote.help"),
        Binding("escape,q", "leave", "leave: every vote is kept, v goes on", id="vote.leave"),
    ]

    def __init__(self, sitting: Sitting, ballot: Ballot) -> None:
        super().__init__(sitting)
        self._ballot = ballot

    def compose(self) -> ComposeResult:
        """The texts, what was said of them, the keys."""
        yield Keyline()
        yield Ask()
        yield Notice()
        yield Lines(id="vote")
        yield Answers(classes="pane -home")

    def on_mount(self) -> None:
        """Show the first prompt without a vote."""
        self.query_one(Keyline).hint(self.HINTS)
        self.query_one(Answers).focus()
        self._show()

    def on_unmount(self) -> None:
        """Let others write votes."""
        self._ballot.close()

    def _show(self) -> None:
        ballot, text = self._ballot, self.query_one(Answers)
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
        self.query_one("#vote", Lines).update([line(question, ("0", ACCENT), " a tie", said)])

    def _show_end(self) -> None:
        sheet, text = self._ballot.sheet, self.query_one(Answers)
        left = len(sheet.rows) - sheet.scored
        retitle(text, Text(f"blind votes · {sheet.scored:,} of {len(sheet.rows):,} voted on"), Text(""))
        again = line(
            f"{left:,} prompt{'s were' if left > 1 else ' was'} skipped. ",
            ("r", ACCENT),
            " goes through them again, ",
        )
        said = line(
            again if left else "All prompts are voted on. ",
            ("enter", ACCENT),
            " ends here and shows what came of it.",
        )
        alike = self._ballot.alike
        more = line((f"Not asked about: {alike:,} that both answered alike.", DIM)) if alike else Text()
        text.flow(
            lambda width, height: [Text(), *wrapped(said, max(8, width)), *wrapped(more, max(8, width))]
        )
        self.query_one("#vote", Lines).update([])

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
            self._show()

    def action_skip(self) -> None:
        """Go on without a vote."""
        if self._ballot.paper is not None:
            self._ballot.sheet.skip()
            self._show()

    def action_back(self) -> None:
        """Go back by a prompt."""
        self._ballot.sheet.back()
        self._show()

    def action_undo(self) -> None:
        """Take the last vote back."""
        try:
            undone = self._ballot.undo()
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return
        self.say("the vote is taken back" if undone else "no vote was given since you came here")
        self._show()

    def action_again(self) -> None:
        """Go to the first prompt without a vote."""
        if self._ballot.sheet.again():
            self._show()

    def action_end(self) -> None:
        """Go on to what came of it."""
        if self._ballot.paper is None:
            self.dismiss()

    def action_scroll(self, count: int) -> None:
        """Scroll the texts."""
        self.query_one(Answers).scroll_lines(count)

    def action_keys(self) -> None:
        """Show the keys."""
        lines = [line((f"  {key:<20}", ACCENT), what) for key, what in keys_of(self.BINDINGS)]
        why = " Who gave which answer is shown later: a vote for a name is no vote."
        self.app.push_screen(Overlay("blind votes", [line((why, WARN)), Text(), *lines]))

    def action_leave(self) -> None:
        """Leave; what was voted on is kept."""
        self.dismiss()


def _laid_out(paper: Paper, width: int) -> list[Text]:
    heads = line(("left", ACCENT)), line(("right", ACCENT))
    prompt = [*said_lines(paper.said, width), Text(end="")]
    return [*prompt, *abreast((heads[0], paper.left), (heads[1], paper.right), width)]
