"""Mode 1: the rows of a view, and the row under the cursor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from dataexplore.journal.decision import DROP, KEEP, UNDECIDED, Decision
from dataexplore.session.state import State, View
from dataexplore_tui.panes.record import RecordPane
from dataexplore_tui.panes.rows import HeadSource, ViewSource, view_title
from dataexplore_tui.screens.editing import EditingScreen
from dataexplore_tui.widgets.ink import shown
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.session.session import Session


class RowsScreen(EditingScreen):
    """Look at rows, keep, drop and edit."""

    NUMBER = 1
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("a", "keep"),
        ("x", "drop"),
        ("u", "undo"),
        ("/", "search"),
        ("f", "filter"),
        ("s", "sort"),
        ("enter", "record"),
        ("e", "edit"),
        ("A/X", "all in view"),
        ("space", "mark"),
        (":", "commands"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide('keep')", "keep the row, or the marked ones", id="rows.keep"),
        Binding("x", "decide('drop')", "drop the row, or the marked ones", id="rows.drop"),
        Binding("full_stop", "decide('undecided')", "take the decision back", id="rows.undecide"),
        Binding("A", "decide_view('keep')", "keep every row in view", id="rows.keep_view"),
        Binding("X", "decide_view('drop')", "drop every row in view", id="rows.drop_view"),
        Binding("space", "mark", "mark the row and go on", id="rows.mark"),
        Binding("enter,tab", "record", "open or close the record", id="rows.record"),
        Binding("right_square_bracket", "scroll_record(1)", "record down", id="rows.record_down"),
        Binding("left_square_bracket", "scroll_record(-1)", "record up", id="rows.record_up"),
    ]

    def compose_panes(self) -> Iterable[Widget]:
        """A list and a record, side by side where there is room."""
        with Horizontal(id="body"):
            with Vertical(id="list", classes="pane"):
                yield Lines(id="heading")
                yield Picker(id="rows", classes="-home")
            yield RecordPane()
        yield Lines(id="detail")

    def on_mount(self) -> None:
        """Show the head of the file at once."""
        super().on_mount()
        self._marks: set[int] = set()
        self._flagged = np.empty(0, bool)
        self._source: ViewSource | None = None
        head = HeadSource(self.sitting.head)
        self.query_one("#heading", Lines).update([head.heading()])
        self.picker.show(head)
        self.picker.focus()
        self.query_one("#list").border_title = "rows"

    @property
    def picker(self) -> Picker:
        """The list of rows."""
        return self.query_one("#rows", Picker)

    @property
    def row(self) -> int | None:
        """The row under the cursor, None while there is none."""
        if self._source is None or not len(self._source):
            return None
        return self._source.row(self.picker.cursor)

    def session_opened(self, session: Session) -> None:
        """Learn which rows have a problem."""
        flagged = np.zeros(len(session.dataset), bool)
        for rows in session.dataset.problems.values():
            flagged[rows] = True
        self._flagged = flagged

    def show_state(self, state: State) -> None:
        """Show the view; lines whose decision changed are drawn again."""
        session = self.sitting.session
        if session is None:
            return
        before, row = self._source, self.row
        signal = self.sitting.score
        if before is not None and before.dataset is not session.dataset:
            self.session_opened(session)
        self._source = ViewSource(session.dataset, state, signal, self._marks, self._flagged)
        if before is not None and before.state.view is state.view and before.signal is signal:
            self.picker.source = self._source
            self._redraw_changed(before, self._source)
            self.show_record()
        else:
            self.query_one("#heading", Lines).update([self._source.heading()])
            place = state.view.position(row) if row is not None else self.picker.cursor
            if before is not None and _ordered_anew(before.state.view, state.view):
                place = 0
            self.picker.show(self._source, place or 0)
        self._title(state)

    def _redraw_changed(self, before: ViewSource, after: ViewSource) -> None:
        top, height = self.picker.top, self.picker.size.height
        rows = after.state.view.rows[top : top + height]
        changed = before.state.decisions[rows] != after.state.decisions[rows]
        if before.dataset is not after.dataset:
            edits = before.dataset.edits, after.dataset.edits
            changed |= [edits[0].get(row) != edits[1].get(row) for row in rows.tolist()]
        for place in np.flatnonzero(changed).tolist():
            self.picker.redraw(top + place)

    def _title(self, state: State) -> None:
        session, box = self.sitting.session, self.query_one("#list")
        total = len(session.dataset) if session else 0
        retitle(box, view_title(state, total, len(self._marks), box.size.width - 4))

    @on(Picker.Moved, "#rows")
    def _moved(self) -> None:
        self.shows_original = False
        self.call_after_refresh(self.show_record)

    def show_record(self) -> None:
        """Show the row under the cursor."""
        session, row = self.sitting.session, self.row
        pane = self.query_one(RecordPane)
        if session is None:
            head, at = self.sitting.head, self.picker.cursor
            pane.show_record(head.records[at], head.schema, at)
            return
        if row is None:
            none = Text(" no rows match; F shows all rows", end="")
            pane.update([none])
            self.picker.placehold(none)
            self.query_one("#detail", Lines).update([])
            return
        signals = list(session.columns.signals.values())
        edit, original = session.edited_by(row), self.shows_original
        why = session.why(row)
        said = self._said(session, row) if any(one.origin == "judged" for one in signals) else []
        pane.show_row(session.dataset, self.state, row, signals, why, self.found, edit, original, said)
        response = session.dataset.response(row)[:400].strip() or "(empty response)"
        self.query_one("#detail", Lines).update([Text.assemble((" → ", "bold"), shown(response), end="")])

    @staticmethod
    def _said(session: Session, row: int) -> list[tuple[str, str]]:
        from dataexplore.session.judging import said_about

        return said_about(session, row)

    def action_record(self) -> None:
        """Narrow: swap list and record; wide: give the record the whole width."""
        self.toggle_class("-record")

    def action_scroll_record(self, way: int) -> None:
        """Scroll the record by half its height."""
        pane = self.query_one(RecordPane)
        pane.scroll_lines(way * max(1, pane.size.height // 2))

    def action_back(self) -> None:
        """Give up what has no answer; close the record, the marks, the search; go to the mode before."""
        if self.give_up():
            return
        if self.has_class("-record"):
            self.action_record()
        elif self._marks:
            self._marks.clear()
            self.picker.refresh()
            self._title(self.state)
        elif self.found:
            self.forget_search()
        elif self.sitting.came_from:
            back, self.sitting.came_from = self.sitting.came_from, 0
            self.attempt(lambda session: session.show(""), decides=False)
            self.open_mode(back)

    def action_decide(self, word: str) -> None:
        """Decide the marked rows, or the row under the cursor and go on to the next."""
        decision = Decision[word.upper()]
        row = self.row
        if self.session is None or row is None:
            return
        rows = np.array(sorted(self._marks) or [row], np.int64)
        done = f"{word}: {len(rows):,} marked rows; u undoes" if self._marks else ""
        marked = bool(self._marks)
        if self.attempt(lambda session: session.decide(rows, decision, "by hand"), done):
            if marked:
                self._marks.clear()
                self.picker.refresh()
                self._title(self.state)
            elif decision is not UNDECIDED:
                self.picker.action_move(1)

    def action_decide_view(self, word: str) -> None:
        """Decide every row in view."""
        decision = KEEP if word == "keep" else DROP
        rows = self.state.view.rows
        reason = f"view: {self.state.view.filter or 'all rows'}"
        self.attempt(
            lambda session: session.decide(rows, decision, reason), f"{word}: {len(rows):,} rows; u undoes"
        )

    def action_mark(self) -> None:
        """Mark or unmark the row."""
        row = self.row
        if row is None:
            return
        self._marks ^= {row}
        self.picker.redraw(self.picker.cursor)
        self.picker.action_move(1)
        self._title(self.state)


def _ordered_anew(before: View, after: View) -> bool:
    """Tell whether a sort was just asked for: then its first rows are what the person wants to see."""
    return bool(after.sort) and (before.sort, before.descending) != (after.sort, after.descending)
