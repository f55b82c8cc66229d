"""A box in which judges are ticked and put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from dataexplore.signals.consensus import HOWS, How
from dataexplore_tui.panes.signals import SignalsSource
from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, line, shown
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle, wrapped

if TYPE_CHECKING:
    from dataexplore.signals.signal import Signal

_MEANINGS: dict[How, str] = {
    "mean": "the mean score; judges on one scale",
    "min": "the strictest judge's score; judges on one scale",
    "rank_mean": "the mean rank, from 0 to 1; any scales",
}


class ConsensusScreen(ModalScreen["tuple[list[Signal], How] | None"]):
    """Gives back the judges and how they are put together, None when it was closed."""

    DEFAULT_CSS = """
    ConsensusScreen { align: center middle; }
    ConsensusScreen Vertical {
        width: 90%; max-width: 110; height: 90%; max-height: 30;
        border: round ansi_cyan; background: ansi_default;
    }
    ConsensusScreen Picker { height: 1fr; }
    ConsensusScreen Lines { height: 7; padding: 0 1; border-top: solid ansi_bright_black; }
    ConsensusScreen.-narrow Vertical { width: 100%; height: 1fr; margin-top: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "take a judge in or out", id="consensus.tick"),
        Binding("m", "how", "mean, min or mean rank", id="consensus.how"),
        Binding("enter", "make", "make the signal", id="consensus.make"),
        Binding("escape,q", "dismiss(None)", "close", id="consensus.close"),
    ]

    def __init__(self, judges: Sequence[Signal], ticked: Sequence[str]) -> None:
        super().__init__()
        self._source = SignalsSource(judges, ticked)
        self._how: How = "rank_mean"

    def compose(self) -> ComposeResult:
        """A list, and what is made of it."""
        with Vertical():
            yield Picker()
            yield Lines()

    def on_mount(self) -> None:
        """Say what enter would make."""
        keys = Text("space ticks · m how · enter makes the signal · esc closes")
        retitle(self.query_one(Vertical), Text("one signal of several judges"), keys)
        picker = self.query_one(Picker)
        picker.show(self._source)
        picker.focus()
        self._say()

    @property
    def _among(self) -> list[Signal]:
        return [one for one in self._source.signals if one.name in self._source.marked]

    def _say(self) -> None:
        how = line(*(part for one in HOWS for part in ((f" {one} ", STRONG if one == self._how else DIM),)))
        names = shown(", ".join(one.name for one in self._among) or "no judge: space ticks one", ACCENT)
        said = [line("m  ", how), line((f"{self._how}: {_MEANINGS[self._how]}", DIM)), line("of ", names)]
        said.append(line(("rows that all of them scored get one", DIM)))
        self.query_one(Lines).flow(
            lambda width, height: [part for one in said for part in wrapped(one, max(8, width))]
        )

    def action_tick(self) -> None:
        """Take the judge under the cursor in or out, and go on to the next."""
        picker = self.query_one(Picker)
        self._source.marked ^= {self._source.signals[picker.cursor].name}
        picker.redraw(picker.cursor)
        picker.to(picker.cursor + 1)
        self._say()

    def action_how(self) -> None:
        """Put them together in the next way."""
        self._how = HOWS[(HOWS.index(self._how) + 1) % len(HOWS)]
        self._say()

    def action_make(self) -> None:
        """Give back what was chosen."""
        if self._among:
            self.dismiss((self._among, self._how))
