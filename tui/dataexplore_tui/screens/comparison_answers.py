"""Both answers to one prompt after another, and what the judge said of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget

from dataexplore_tui.panes.answers import FILTERS, chosen, pair_lines
from dataexplore_tui.panes.comparison import Names
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.widgets.ink import DIM, line, shown
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.compare.pairwise import Pair
    from dataexplore.session.verdicts import Verdicts


class Answers(Lines):
    """A prompt and both answers."""

    MORE = "space"
    can_focus = True


class AnswersScreen(ModeScreen):
    """Walks through the prompts that a filter leaves."""

    NUMBER = 6
    DEFAULT_CSS = "AnswersScreen Answers { padding: 0 1; }"
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("j k", "prompts"),
        ("w l t c", "wins, losses, ties, contradictions"),
        ("a", "all"),
        ("space", "more"),
        ("esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down,n", "step(1)", "the next prompt", id="answers.next"),
        Binding("k,up,p", "step(-1)", "the prompt before", id="answers.previous"),
        Binding("g,home", "edge(0)", "the first prompt", id="answers.first"),
        Binding("G,end", "edge(-1)", "the last prompt", id="answers.last"),
        Binding("f", "filter", "the next filter", id="answers.filter"),
        Binding("a", "only('all')", "all prompts", id="answers.all"),
        Binding("w", "only('wins')", "wins of the first model", id="answers.wins"),
        Binding("l", "only('losses')", "losses of the first model", id="answers.losses"),
        Binding("t", "only('ties')", "ties", id="answers.ties"),
        Binding("c", "only('contradictions')", "another winner in each order", id="answers.flips"),
        Binding("space,ctrl+d", "scroll(10)", "further down", id="answers.page_down"),
        Binding("pageup,ctrl+u", "scroll(-10)", "further up", id="answers.page_up"),
    ]

    def __init__(self, sitting: Sitting, found: Verdicts, names: Names) -> None:
        super().__init__(sitting)
        self._found = found
        self._names = names
        self._filter = "all"
        self._pairs: list[Pair] = []
        self._at = 0

    def compose_panes(self) -> Iterable[Widget]:
        """One block."""
        yield Answers(id="answers", classes="pane -home")

    def on_mount(self) -> None:
        """Begin with the first prompt."""
        super().on_mount()
        self.query_one(Answers).focus()
        self.action_only("all")

    def _show(self) -> None:
        block = self.query_one(Answers)
        names, found = self._names, self._found
        if not self._pairs:
            retitle(block, Text(f"{self._filter} · none"), Text(""))
            block.update([line((" no prompt is among these; a shows all", DIM))])
            return
        pair = self._pairs[self._at]
        place = f"{self._filter} · {self._at + 1:,} of {len(self._pairs):,}"
        retitle(block, Text(place), shown(pair.prompt.set))
        block.flow(lambda width, height: pair_lines(pair, found, names, max(8, width)))

    def action_step(self, count: int) -> None:
        """Go to another prompt."""
        at = max(0, min(self._at + count, len(self._pairs) - 1))
        if at != self._at:
            self._at = at
            self._show()

    def action_edge(self, at: int) -> None:
        """Go to the first or the last prompt."""
        self._at = at % len(self._pairs) if self._pairs else 0
        self._show()

    def action_only(self, name: str) -> None:
        """Read the prompts that a filter leaves, from the one on screen on if it is among them."""
        here = self._pairs[self._at] if self._pairs else None
        self._filter, self._pairs = name, chosen(self._found, name)
        self._at = next((at for at, pair in enumerate(self._pairs) if pair is here), 0)
        self._show()

    def action_filter(self) -> None:
        """Take the next filter."""
        names = list(FILTERS)
        self.action_only(names[(names.index(self._filter) + 1) % len(names)])

    def action_scroll(self, count: int) -> None:
        """Scroll the text."""
        self.query_one(Answers).scroll_lines(count)

    def action_back(self) -> None:
        """Go back to the figures."""
        self.dismiss()
