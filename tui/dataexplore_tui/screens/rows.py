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
from dataexplore.session.state import State
from dataexplore_tui.panes.record import RecordPane
from dataexplore_tui.panes.rows import HeadSource, ViewSource
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.widgets.ink import shown
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.session.session import Session


class RowsScreen(ModeScreen):
    """Look, search, filter, sort, keep and drop."""

    NUMBER = 1
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("a", "keep"),
        ("x", "drop"),
        ("u", "undo"),
        ("/", "search"),
        ("f", "filter"),
        ("s", "sort"),
        ("A/X", "all in view"),
        ("space", "mark"),
        ("enter", "record"),
        (":", "commands"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide('keep')", "keep the row, or the marked ones", id="rows.keep"),
        Binding("x", "decide('drop')", "drop the row, or the marked ones", id="rows.drop"),
        Binding("full_stop", "decide('undecided')", "take the decision back", id="rows.undecide"),
        Binding("A", "decide_view('keep')", "keep every row in view", id="rows.keep_view"),
        Binding("X", "decide_view('drop')", "drop every row in view", id="rows.drop_view"),
        Binding("space", "mark", "mark the row and go on", id="rows.mark"),
        Binding("slash", "search", "search in prompts and responses", id="rows.search"),
        Binding("n", "found(1)", "next match", id="rows.next"),
        Binding("N", "found(-1)", "match before", id="rows.previous"),
        Binding("f", "filter", "filter by an SQL condition", id="rows.filter"),
        Binding("F", "clear_filter", "show all rows", id="rows.all"),
        Binding("s", "sort", "sort by a column (again: the other way)", id="rows.sort"),
        Binding("S", "sort_signal", "sort by the next signal", id="rows.sort_signal"),
        Binding("hash", "goto", "go to a row by number", id="rows.goto"),
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
        self._matches = np.empty(0, np.int64)
        self._found = ""
        self._source: ViewSource | None = None
        head = HeadSource(self.sitting.head)
        self.query_one("#heading", Lines).update([head.heading()])
        self._picker.show(head)
        self._picker.focus()
        self.query_one("#list").border_title = "rows"

    @property
    def _picker(self) -> Picker:
        return self.query_one("#rows", Picker)

    @property
    def row(self) -> int | None:
        """The row under the cursor, None while there is none."""
        if self._source is None or not len(self._source):
            return None
        return self._source.row(self._picker.cursor)

    def show_state(self, state: State) -> None:
        """Show the view; lines whose decision changed are drawn again."""
        session = self.sitting.session
        if session is None:
            return
        before, row = self._source, self.row
        signal = session.columns.signals.get(self.sitting.signal)
        self._source = ViewSource(session.dataset, state, signal, self._marks)
        if before is not None and before.state.view is state.view and before.signal is signal:
            self._picker.source = self._source
            self._redraw_decided(before.state, state)
            self._show_record()
        else:
            self.query_one("#heading", Lines).update([self._source.heading()])
            place = state.view.position(row) if row is not None else self._picker.cursor
            self._picker.show(self._source, place or 0)
        self._title(state)

    def _redraw_decided(self, before: State, after: State) -> None:
        top, height = self._picker.top, self._picker.size.height
        rows = after.view.rows[top : top + height]
        for place in np.flatnonzero(before.decisions[rows] != after.decisions[rows]).tolist():
            self._picker.redraw(top + place)

    def _title(self, state: State) -> None:
        view, session = state.view, self.sitting.session
        total = len(session.dataset) if session else 0
        what = view.filter or "all rows"
        sort = f" · {view.sort} {'↓' if view.descending else '↑'}" if view.sort else ""
        marked = f" · {len(self._marks):,} marked" if self._marks else ""
        title = Text.assemble(shown(what[:60]), f" · {len(view.rows):,} of {total:,}", shown(sort), marked)
        retitle(self.query_one("#list"), title)

    # --- the record

    @on(Picker.Moved, "#rows")
    def _moved(self) -> None:
        self.call_after_refresh(self._show_record)

    def _show_record(self) -> None:
        session, row = self.sitting.session, self.row
        pane = self.query_one(RecordPane)
        if session is None:
            head, at = self.sitting.head, self._picker.cursor
            pane.show_record(head.records[at], head.schema, at)
            return
        if row is None:
            pane.update([Text("no rows match; F shows all rows")])
            return
        signals = list(session.columns.signals.values())
        pane.show_row(session.dataset, self.state, row, signals, session.why(row), self._found)
        response = str(session.dataset.responses[row])[:400].strip() or "(empty response)"
        self.query_one("#detail", Lines).update([Text.assemble((" → ", "bold"), shown(response), end="")])

    def action_record(self) -> None:
        """Narrow: swap list and record; wide: give the record the whole width."""
        self.toggle_class("-record")

    def action_scroll_record(self, way: int) -> None:
        """Scroll the record by half its height."""
        pane = self.query_one(RecordPane)
        pane.scroll_lines(way * max(1, pane.size.height // 2))

    def action_back(self) -> None:
        """Close the record, then the marks, then the search."""
        if self.has_class("-record"):
            self.action_record()
        elif self._marks:
            self._marks.clear()
            self._picker.refresh()
            self._title(self.state)
        elif self._found:
            self._found = ""
            self._matches = np.empty(0, np.int64)
            self._show_record()

    # --- deciding

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
                self._picker.refresh()
                self._title(self.state)
            elif decision is not UNDECIDED:
                self._picker.action_move(1)

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
        self._picker.redraw(self._picker.cursor)
        self._picker.action_move(1)
        self._title(self.state)

    # --- finding

    def action_search(self) -> None:
        """Ask what to look for."""
        self.ask("search", self._search, self._found)

    def _search(self, text: str) -> bool:
        session = self.session
        if session is None or not text:
            return True
        mask = session.columns.search(text)
        self._matches = np.flatnonzero(mask[self.state.view.rows])
        self._found = text
        if not len(self._matches):
            self.say(f"nothing in view contains {text}", warning=True)
            return False
        self.action_found(0)
        return True

    def action_found(self, way: int) -> None:
        """Go to the next match, around the end."""
        if not len(self._matches):
            self.say("nothing searched for yet: / searches")
            return
        here = self._picker.cursor
        if way < 0:
            place = int(np.searchsorted(self._matches, here, side="left")) - 1
        else:
            place = int(np.searchsorted(self._matches, here, side="right" if way else "left"))
        place %= len(self._matches)
        self._picker.to(int(self._matches[place]))
        self._show_record()
        self.say(f"match {place + 1:,} of {len(self._matches):,} for {self._found}")

    def action_goto(self) -> None:
        """Ask for a row number."""
        self.ask("row", self._goto)

    def _goto(self, text: str) -> bool:
        number = text.replace(",", "").strip()
        place = self.state.view.position(int(number) - 1) if number.isdecimal() else None
        if place is None:
            self.say(f"row {text} is not in view", warning=True)
            return False
        self._picker.to(place)
        return True

    def action_filter(self) -> None:
        """Ask for a condition."""
        session = self.session
        if session is not None:
            self.say("columns: " + ", ".join(session.columns.names))
            self.ask("filter", self._filter, self.state.view.filter)

    def _filter(self, text: str) -> bool:
        return self._show(filter_=text.strip())

    def action_clear_filter(self) -> None:
        """Show all rows."""
        self._show(filter_="")

    def action_sort(self) -> None:
        """Ask for a column; the same column again turns the order round."""
        session = self.session
        if session is not None:
            self.say("columns: " + ", ".join(session.columns.names))
            self.ask("sort", self._sort, self.state.view.sort)

    def _sort(self, text: str) -> bool:
        name, view = text.strip(), self.state.view
        descending = not view.descending if name and name == view.sort else True
        return self._show(sort=name, descending=descending)

    def action_sort_signal(self) -> None:
        """Walk through the signals: each first down, then up."""
        session = self.session
        if session is None:
            return
        names = list(session.columns.signals)
        view = self.state.view
        if view.sort in names and view.descending:
            self._show(sort=view.sort, descending=False)
            return
        after = names.index(view.sort) + 1 if view.sort in names else 0
        if after < len(names):
            self.sitting.signal = names[after]
        self._show(sort=names[after] if after < len(names) else "", descending=True)

    def _show(self, filter_: str | None = None, sort: str | None = None, *, descending: bool = True) -> bool:
        def act(session: Session) -> State:
            if sort in session.columns.signals:
                self.sitting.signal = str(sort)
            return session.show(filter_, sort, descending)

        self._matches = np.empty(0, np.int64)
        if not self.attempt(act):
            return False
        self.say(f"{len(self.state.view.rows):,} rows in view")
        return True
