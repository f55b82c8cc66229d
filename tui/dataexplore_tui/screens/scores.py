"""Mode 2: a signal's histogram, a threshold and what it keeps, and how judges agree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from dataexplore.session.state import State
from dataexplore_tui.panes.against import AgainstPane
from dataexplore_tui.panes.agreement import AgreementPane
from dataexplore_tui.panes.histogram import HistogramPane
from dataexplore_tui.panes.signals import SignalsPane
from dataexplore_tui.panes.threshold import ThresholdPane
from dataexplore_tui.screens.weighing import WeighingScreen
from dataexplore_tui.widgets.keyline import Hint, Keyline

if TYPE_CHECKING:
    from dataexplore.session.session import Session

_PAGES = ("", "-agreement", "-against", "-signals")
"""What a narrow screen shows instead of the histogram, one after the other."""
_NARROW = 100
_BREAKPOINTS = [(0, "-narrow"), (_NARROW, "-wide"), (150, "-wider")]
_TOP = re.compile(r"\s*([\d,._]+)\s+by\s+(least\s+)?(\S.*?)\s*")


class ScoresScreen(WeighingScreen):
    """See how judges scored, move a line, make a rule of it."""

    NUMBER = 2
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    DEFAULT_CSS = """
    ScoresScreen #above { height: 1fr; }
    ScoresScreen #below { height: 1fr; }
    ScoresScreen #agreement, ScoresScreen #against { width: 1fr; }
    ScoresScreen #signal-list { display: none; }
    ScoresScreen.-wider #signal-list { display: block; width: 53; }
    ScoresScreen.-narrow #above { layout: vertical; }
    ScoresScreen.-narrow #below { display: none; }
    ScoresScreen.-narrow #below .pane { display: none; }
    ScoresScreen.-narrow.-agreement #above, ScoresScreen.-narrow.-against #above { display: none; }
    ScoresScreen.-narrow.-signals #above { display: none; }
    ScoresScreen.-narrow.-agreement #below, ScoresScreen.-narrow.-against #below { display: block; }
    ScoresScreen.-narrow.-signals #below { display: block; }
    ScoresScreen.-narrow.-agreement #below #agreement { display: block; }
    ScoresScreen.-narrow.-against #below #against { display: block; }
    ScoresScreen.-narrow.-signals #below #signal-list { display: block; width: 1fr; }
    """
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("←→", "threshold"),
        ("tab", "next signal"),
        ("enter", "make rule"),
        ("c", "compare judges"),
        ("b", "blind scoring"),
        ("J", "judge"),
        ("d", "disagreements"),
        ("T", "top k"),
        ("s", "beside"),
        ("u", "undo"),
        ("v", "rows"),
        ("I", "import"),
        (":", "commands"),
    )
    NARROW_HINTS: ClassVar[tuple[Hint, ...]] = (
        ("←→", "threshold"),
        ("j k", "signal"),
        ("tab", "page"),
        ("enter", "rule"),
        ("c", "compare"),
        ("b", "blind"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "signal(1)", "next signal", id="scores.next"),
        Binding("shift+tab,k,up", "signal(-1)", "signal before", id="scores.previous"),
        Binding("tab", "tab", "next signal; narrow screens: next page", id="scores.tab"),
        Binding("S", "signals", "choose the signal from a list", id="scores.list"),
        Binding("enter", "rule", "make the rule: keep from the threshold on, drop below", id="scores.rule"),
        Binding("T", "top", "keep the best k, equal scores told apart by a second signal", id="scores.top"),
        Binding("v", "rows", "see the rows that would be kept", id="scores.rows"),
        Binding("V", "unscored", "see the rows without a score", id="scores.unscored"),
        Binding("w", "wrong", "see the rows that would be kept though a check flags them", id="scores.wrong"),
    ]

    def compose_panes(self) -> Iterable[Widget]:
        """Histogram and counts above, judges and the length below."""
        home = Vertical(id="scores", classes="-home")
        home.can_focus = True
        with home:
            with Horizontal(id="above"):
                yield HistogramPane()
                yield ThresholdPane()
            with Horizontal(id="below"):
                yield AgreementPane()
                yield AgainstPane()
                yield SignalsPane()

    def on_mount(self) -> None:
        """Begin at the threshold."""
        super().on_mount()
        self._page = 0
        self.query_one("#scores").focus()

    def on_resize(self, event: events.Resize) -> None:
        """Name the keys that matter at this width."""
        self.query_one(Keyline).hint(self.NARROW_HINTS if self.size.width < _NARROW else self.HINTS)
        self.call_after_refresh(self._draw_again)  # there is room for other bars

    def _draw_again(self) -> None:
        if self.sitting.session is not None:
            self.state = self.state

    def show_state(self, state: State) -> None:
        """Show the active signal and weigh its threshold."""
        session = self.sitting.session
        if session is None:
            return
        signals = session.columns.signals
        if self.sitting.signal not in signals:
            self.say("no numeric column and no imported ratings: I imports some", warning=True)
            return
        self.query_one(SignalsPane).show_signals(list(signals.values()), self.sitting.signal)
        self.take_in(session)
        self.draw(session)

    def action_tab(self) -> None:
        """Go on to what there is no room for, or to the next signal."""
        if self.size.width < _NARROW:
            self._turn_to((self._page + 1) % len(_PAGES))
        else:
            self.action_signal(1)

    def _turn_to(self, page: int) -> None:
        for name in filter(None, _PAGES):
            self.set_class(name == _PAGES[page], name)
        self._page = page

    def action_back(self) -> None:
        """Give up what is computed; go back to the first page."""
        if not self.give_up():
            self._turn_to(0)

    def action_signal(self, way: int) -> None:
        """Show the next signal."""
        session = self.session
        names = list(session.columns.signals) if session is not None else []
        if session is not None and names:
            place = names.index(self.sitting.signal) if self.sitting.signal in names else 0
            self.sitting.signal = names[(place + way) % len(names)]
            self.state = session.state

    def action_signals(self) -> None:
        """Choose the signal from a list."""

        def choose(name: str, session: Session) -> None:
            self.sitting.signal = name
            self.state = session.state

        self.choose_signal("the signal to look at", self.sitting.signal, choose)

    def action_rule(self) -> None:
        """Make the rule."""
        from dataexplore.selection.rules import Threshold

        here = self.here()
        if here is not None:
            rule = Threshold(self.sitting.signal, here[1])
            self.attempt(lambda session: session.apply(rule), f"rule: {rule.title}; u undoes")

    def action_top(self) -> None:
        """Ask how many of the best to keep, and by what equal scores are told apart."""
        here = self.here()
        if here is not None:
            kept = self.kept(*here)
            second = self.beside or "response_chars"
            hint = "so many rows, equal scores ordered by a second signal: 1,000 by NAME, or by least NAME"
            self.ask("keep the best", self._top, f"{kept:,} by {second}", hint=hint)

    def _top(self, text: str) -> bool:
        if not text.strip():
            return True
        found = _TOP.fullmatch(text)
        digits = re.sub(r"[,._]", "", found[1]) if found else ""
        if found is None or not digits:
            self.say(f"{text} is not so many rows by a signal: 1,000 by response_chars", warning=True)
            return False
        second, least, first = found[3], bool(found[2]), self.sitting.signal

        def act(session: Session) -> State:
            from dataexplore.selection.rules import Top
            from dataexplore.session.scoring import break_ties

            made = break_ties(session, first, second, least=least)
            rule = Top(made.name, int(digits))
            state = session.apply(rule)
            self.say(f"rule: {rule.title}; what is unscored is dropped; u undoes")
            return state

        return self.attempt(act)

    def action_rows(self) -> None:
        """Show in mode 1 what would be kept."""
        here = self.here()
        if here is not None:
            self.open_rows(f"{quoted(self.sitting.signal)} >= {_exactly(here[1])}", self.sitting.signal)

    def action_unscored(self) -> None:
        """Show in mode 1 what has no score."""
        self.open_rows(f"{quoted(self.sitting.signal)} IS NULL")

    def action_wrong(self) -> None:
        """Show in mode 1 what would be kept though a check flags it."""
        here = self.here()
        if here is None:
            return
        session, at = here
        checks = [f"{quoted(name)} = 1" for name in self.flags if name in session.columns.signals]
        if len(checks) < len(self.flags):
            checks.insert(0, "problems != ''")
        if not checks:
            self.say("no check flags a row")
            return
        condition = f"({' OR '.join(checks)}) AND {quoted(self.sitting.signal)} >= {_exactly(at)}"
        self.open_rows(condition, self.sitting.signal)


def _exactly(at: float) -> str:
    """Return a threshold as short as it can be without keeping other rows."""
    return brief if float(brief := f"{at:g}") == at else repr(at)


def quoted(name: str) -> str:
    """Return a signal's name as a filter has it."""
    return '"' + name.replace('"', '""') + '"'
