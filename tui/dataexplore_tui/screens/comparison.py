"""Two models compared over the whole screen: the jobs at work, then who won and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget

from dataexplore.errors import DataexploreError
from dataexplore_tui.panes.comparison import comparison_lines, left_out_lines, names_of
from dataexplore_tui.screens.comparison_answers import AnswersScreen
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.voting import VotingScreen
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.session.contest import Contest, Part
    from dataexplore.session.verdicts import Verdicts

_EVERY = 1.0
"""Seconds between two looks at what was stored."""


class Outcome(Lines):
    """The figures."""

    MORE = "space"
    can_focus = True


class ComparisonScreen(ModeScreen):
    """One comparison, watched while its jobs work."""

    NUMBER = 6
    DEFAULT_CSS = "ComparisonScreen Outcome { padding: 0 1; }"
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("enter", "read the answers"),
        ("v", "vote blind"),
        ("r", "go on"),
        ("s", "stop"),
        ("J", "judge"),
        ("x", "left out"),
        ("esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,o", "answers", "read both answers side by side", id="comparison.answers"),
        Binding("v", "vote", "vote blind: which answer is better?", id="comparison.vote"),
        Binding("r", "again", "go on, or ask what is missing", id="comparison.again"),
        Binding("s", "stop", "stop the job at work; r goes on", id="comparison.stop"),
        Binding("J", "judge", "other prompts, another judge", id="comparison.judge"),
        Binding("x", "left_out", "the prompts that were left out", id="comparison.left_out"),
        Binding("j,down", "scroll(1)", "a line down", show=False, id="comparison.down"),
        Binding("k,up", "scroll(-1)", "a line up", show=False, id="comparison.up"),
        Binding("space,ctrl+d", "scroll(10)", "half a page down", show=False, id="comparison.page_down"),
        Binding("pageup,ctrl+u", "scroll(-10)", "half a page up", show=False, id="comparison.page_up"),
    ]

    def __init__(
        self,
        sitting: Sitting,
        contest: Contest,
        watch: Callable[[Contest], object],
        change: Callable[[Contest], object],
    ) -> None:
        """`watch` keeps its jobs going, `change` opens its form."""
        super().__init__(sitting)
        self._contest = contest
        self._watch_over = watch
        self._change = change
        self._names = names_of(contest)
        self._parts: list[Part] = []
        self._stamp: object = None
        self._found: Verdicts | None = None

    def compose_panes(self) -> Iterable[Widget]:
        """One block."""
        yield Outcome(id="comparison", classes="pane -home")

    def on_mount(self) -> None:
        """Look once a second while on screen."""
        super().on_mount()
        block = self.query_one(Outcome)
        prompts = len(self._contest.comparison.prompts)
        retitle(block, Text.assemble(self._names.title, f" · {prompts:,} prompts"))
        block.focus()
        self.set_interval(_EVERY, self._look)

    def enter(self) -> None:
        """Votes may have been given meanwhile."""
        super().enter()
        self._look()

    def _look(self) -> None:
        if not self.is_current or self.sitting.session is None:
            return
        from dataexplore.session.verdicts import look, stamp

        contest = self._contest
        try:
            parts, stored = contest.parts, stamp(contest)
        except OSError:  # a database's log was just folded in
            return
        if parts != self._parts:
            self._parts = parts
            self._show()
        if stored != self._stamp:
            self._stamp = stored
            self.background("counting", lambda session, tell: look(contest), self._counted, lambda text: None)

    def _counted(self, found: Verdicts) -> None:
        self._found = found
        self._show()

    def _show(self) -> None:
        contest, parts, found, names = self._contest, self._parts, self._found, self._names
        self.query_one(Outcome).flow(
            lambda width, height: comparison_lines(contest, parts, found, names, width), keep_place=True
        )

    def action_answers(self) -> None:
        """Read both answers to each prompt."""
        found = self._found
        if found is None or not found.answered.pairs:
            self.say("no prompt is answered by both yet")
        else:
            self.app.push_screen(AnswersScreen(self.sitting, found, self._names))

    def action_vote(self) -> None:
        """Let the person judge."""
        from dataexplore.session.ballot import Ballot

        found = self._found
        if found is None or all(pair.same for pair in found.answered.pairs):
            self.say("there are no two different answers to vote on yet")
            return
        try:
            ballot = Ballot(self._contest.comparison, found.answered.pairs)
        except DataexploreError as error:
            self.say(str(error), warning=True)
        else:
            self.app.push_screen(VotingScreen(self.sitting, ballot))

    def action_again(self) -> None:
        """Start what is missing."""
        contest = self._contest

        def started(works: bool) -> None:
            if works:
                self._watch_over(contest)
            self.say("at work; it goes on when you leave" if works else "nothing is missing")
            self._look()

        contest.problem = ""
        self.background("looking for what is missing", lambda session, tell: contest.advance(True), started)

    def action_stop(self) -> None:
        """Stop the job at work."""
        contest = self._contest
        self.background(
            "stopping",
            lambda session, tell: contest.stop(),
            lambda nothing: self.say("asked to stop; what is stored is kept, r goes on"),
        )

    def action_judge(self) -> None:
        """Open the form of this comparison."""
        self.dismiss()
        self._change(self._contest)

    def action_left_out(self) -> None:
        """List the prompts that were left out."""
        lines = left_out_lines(self._contest, self._names)
        if lines:
            self.app.push_screen(Overlay("left out", lines))
        else:
            self.say("no prompt was left out")

    def action_scroll(self, count: int) -> None:
        """Scroll the figures."""
        self.query_one(Outcome).scroll_lines(count)

    def action_back(self) -> None:
        """Go back to the runs."""
        self.dismiss()
