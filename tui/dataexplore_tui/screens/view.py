"""Finding rows: search, filter, sort, go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.binding import Binding, BindingType

from dataexplore.session.state import State
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.widgets.picker import Picker

if TYPE_CHECKING:
    from dataexplore.session.session import Session


class ViewScreen(ModeScreen):
    """A screen with a list of the view's rows, which are searched, filtered and sorted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search in prompts and responses", id="rows.search"),
        Binding("n", "found(1)", "next match", id="rows.next"),
        Binding("N", "found(-1)", "match before", id="rows.previous"),
        Binding("f", "filter", "filter by an SQL condition", id="rows.filter"),
        Binding("F", "clear_filter", "show all rows", id="rows.all"),
        Binding("s", "sort", "sort by a column (again: the other way)", id="rows.sort"),
        Binding("S", "sort_signal", "sort by the next signal", id="rows.sort_signal"),
        Binding("number_sign", "goto", "go to a row by number", id="rows.goto"),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._matches = np.empty(0, np.int64)
        self.found = ""
        """What was searched for last; marked in the record."""

    @property
    def picker(self) -> Picker:
        """The list of rows."""
        raise NotImplementedError

    def show_record(self) -> None:
        """Show the row under the cursor."""
        raise NotImplementedError

    def forget_search(self) -> None:
        """Mark no matches any more."""
        self.found = ""
        self._matches = np.empty(0, np.int64)
        self.show_record()

    def action_search(self) -> None:
        """Ask what to look for."""
        self.ask("search", self._search)

    def _search(self, text: str) -> bool:
        session = self.session
        if session is None or not text:
            return True
        mask = session.columns.search(text)
        self._matches = np.flatnonzero(mask[self.state.view.rows])
        self.found = text
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
        here = self.picker.cursor
        if way < 0:
            place = int(np.searchsorted(self._matches, here, side="left")) - 1
        else:
            place = int(np.searchsorted(self._matches, here, side="right" if way else "left"))
        place %= len(self._matches)
        self.picker.to(int(self._matches[place]))
        self.show_record()
        self.say(f"match {place + 1:,} of {len(self._matches):,} for {self.found}")

    def action_goto(self) -> None:
        """Ask for a row number."""
        self.ask("row", self._goto)

    def _goto(self, text: str) -> bool:
        number = text.replace(",", "").strip()
        place = self.state.view.position(int(number) - 1) if number.isdecimal() else None
        if place is None:
            self.say(f"row {text} is not in view", warning=True)
            return False
        self.picker.to(place)
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
            self.ask("sort", self._sort)

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
        self.sitting.came_from = 0
        if not self.attempt(act):
            return False
        self.say(f"{len(self.state.view.rows):,} rows in view")
        return True
