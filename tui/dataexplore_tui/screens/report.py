"""What is in the file and what is wrong with it, over any mode; Enter opens the rows of a line in mode 1."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.worker import get_current_worker

from dataexplore_tui.panes.report import Entries, entries
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.report.report import Finding, Report
    from dataexplore.session.session import Session

_KNOWN: WeakKeyDictionary[Session, Report] = WeakKeyDictionary()
"""What was gathered about an open dataset: its rows never change."""


class ReportScreen(ModalScreen[str | None]):
    """Gives back the filter for the rows to open, None when there are none."""

    DEFAULT_CSS = """
    ReportScreen { align: center middle; }
    ReportScreen Vertical {
        width: 90%; max-width: 100; height: 90%; border: round ansi_cyan; background: ansi_default;
    }
    ReportScreen.-narrow Vertical { width: 100%; height: 1fr; margin-top: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "see the rows of the line", id="report.open"),
        Binding("tab", "next(1)", "next line that has rows", id="report.next"),
        Binding("shift+tab", "next(-1)", "line before that has rows", id="report.previous"),
        Binding("escape,q,i,exclamation_mark,question_mark", "close", "close", id="report.close"),
    ]

    def __init__(self, session: Session, at_wrong: bool = False) -> None:
        super().__init__()
        self._session = session
        self._at_wrong = at_wrong
        """Whether the cursor begins at the first thing that is wrong, a line that is no row included."""

    def compose(self) -> ComposeResult:
        """One list."""
        with Vertical():
            yield Picker()

    def on_mount(self) -> None:
        """Show what is known at once, and look at the rows for the rest."""
        self._show(_KNOWN.get(self._session))
        picker = self.query_one(Picker)
        picker.focus()
        self.call_after_refresh(self._begin_there)  # only then is it known which lines are on screen
        if self._session not in _KNOWN:
            self.run_worker(self._gather, thread=True, exclusive=True)

    def _begin_there(self) -> None:
        picker = self.query_one(Picker)
        if picker.cursor == 0 and self._at_wrong:
            picker.to(self._entries.first_wrong)
        elif picker.cursor == 0:
            self.action_next(1)

    @property
    def _entries(self) -> Entries:
        source = self.query_one(Picker).source
        assert isinstance(source, Entries)
        return source

    def _show(self, report: Report | None) -> None:
        from dataexplore.report.report import Finding

        picker, dataset = self.query_one(Picker), self._session.dataset
        problems = [Finding("problem", name, rows) for name, rows in dataset.problems.items()]
        problems.sort(key=lambda one: (-len(one.rows), one.name))
        picker.show(entries(dataset, problems, report), picker.cursor)
        retitle(self.query_one(Vertical), Text("what is in the file"))
        self._say("looking at rows" if report is None else "")

    def _say(self, text: str) -> None:
        keys = "enter opens the rows · tab next · esc closes"
        self.query_one(Vertical).border_subtitle = Text(f"{text} · esc closes" if text else keys)

    def _gather(self) -> None:
        from dataexplore.report.gather import CheckCancelledError, gather

        worker = get_current_worker()

        def progress(done: int, total: int) -> None:
            if not worker.is_cancelled:
                said = f"looking at rows: {done:,} of {total:,}"
                self.app.call_from_thread(partial(self._say, said))

        try:
            report = gather(self._session.dataset, None, progress, lambda: worker.is_cancelled)
        except CheckCancelledError:
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(self._gathered, report)

    def _gathered(self, report: Report) -> None:
        _KNOWN[self._session] = report
        self._show(report)

    def action_next(self, way: int) -> None:
        """Go to the next line that has rows."""
        picker, shown = self.query_one(Picker), self._entries
        at = picker.cursor + way
        while 0 <= at < len(shown):
            if shown.finding(at) is not None:
                picker.to(at)
                return
            at += way

    def action_open(self) -> None:
        """Open the rows of the line; a line without rows closes the report."""
        finding = self._entries.finding(self.query_one(Picker).cursor)
        self.dismiss(condition_of(self._session, finding) if finding is not None else None)

    def action_close(self) -> None:
        """Close; what is still being looked at is given up."""
        self.dismiss(None)


def condition_of(session: Session, finding: Finding) -> str:
    """Return a filter for the rows of a finding, by the column `problems` or by a signal made for it."""
    same = [name for name in session.dataset.problems if finding.name in name] == [finding.name]
    if finding.kind == "problem" and same and re.fullmatch(r"[\w ,.:()/-]+", finding.name):
        return f"problems LIKE '%{finding.name}%'"
    name = "check_" + (re.sub(r"\W+", "_", finding.name, flags=re.ASCII).strip("_").lower() or finding.kind)
    mask = np.zeros(len(session.dataset))
    mask[finding.rows] = 1
    session.columns.add_computed(name, mask, f"1 where the report says: {finding.name}")
    return f"{name} = 1"
