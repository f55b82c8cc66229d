"""Finding rows: search, filter, sort, go to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore.session.state import State, View
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import Progress
from dataexplore_tui.widgets.picker import Picker

if TYPE_CHECKING:
    from dataexplore.session.session import Session

_AT_ONCE = 1_000_000
"""Rows that are searched, filtered and sorted while the screen waits: mostly for less than half a second."""
_SEARCH = "searching"


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
        self._wish: Callable[[], object] | None = None
        """What was asked for while rows were still read."""

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

    def enter(self) -> None:
        """Do what was asked for while rows were still read."""
        super().enter()
        if self.sitting.session is not None and self._wish is not None:
            wish, self._wish = self._wish, None
            wish()

    def later(self, what: str, act: Callable[[], object]) -> bool:
        """Do something once all rows are read, if they are not yet; Esc gives it up."""
        if self.sitting.session is None:
            self._wish = act
            self.say(f"{what}: when all rows are read; esc gives up", hold=True)
        return self.sitting.session is None

    def give_up(self) -> bool:
        """Give up what was asked for and has no answer yet; False when there is no such thing."""
        waited, self._wish = self._wish is not None, None
        if not super().give_up() and not waited:
            return False
        self.say("given up")
        return True

    def action_search(self) -> None:
        """Ask what to look for."""
        self.ask("search", self._search, example="a word or a phrase, in any case")

    def _search(self, text: str) -> bool:
        if not text or self.later(f"searching for {text}", partial(self._search, text)):
            return True
        session, rows = self.sitting.session, self.state.view.rows
        assert session is not None  # or it would be done later

        def look(session: Session, tell: Progress | None = None) -> NDArray[np.int64]:
            return np.flatnonzero(session.columns.search(text)[rows])

        if len(session.dataset) > _AT_ONCE:
            self.background(_SEARCH, look, partial(self._searched, text))
            return True
        try:
            return self._searched(text, look(session))
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return False

    def _searched(self, text: str, matches: NDArray[np.int64]) -> bool:
        if not len(matches):
            self.say(f"nothing in view contains {text}", warning=True)
            return False
        self._matches, self.found = matches, text
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
        more = " · n next, N before" if len(self._matches) > 1 else ""
        self.say(f"match {place + 1:,} of {len(self._matches):,} for {self.found}{more}")

    def action_goto(self) -> None:
        """Ask for a row number."""
        self.ask("row", self._goto)

    def _goto(self, text: str) -> bool:
        if self.later(f"row {text}", partial(self._goto, text)):
            return True
        number = text.replace(",", "").strip()
        place = self.state.view.position(int(number) - 1) if number.isdecimal() else None
        if place is None:
            self.say(f"row {text} is not in view", warning=True)
            return False
        self.picker.to(place)
        return True

    def action_filter(self) -> None:
        """Ask for a condition."""
        example = "tokens > 500 AND response LIKE '%sorry%'; nothing shows all rows"
        self.ask("filter", self._filter, self.state.view.filter, hint=self._columns, example=example)

    def _filter(self, text: str) -> bool:
        later = self.later(f"filter {text}", partial(self._filter, text))
        return later or self._show(filter_=text.strip())

    def action_clear_filter(self) -> None:
        """Show all rows."""
        self._show(filter_="")

    def action_sort(self) -> None:
        """Ask for a column; the same column again turns the order round."""
        example = "a column; again: the other way; nothing: the file's order"
        self.ask("sort", self._sort, hint=self._columns, example=example)

    @property
    def _columns(self) -> str:
        session = self.sitting.session
        return "columns: " + ", ".join(session.columns.names) if session is not None else ""

    def _sort(self, text: str) -> bool:
        if self.later(f"sort by {text}", partial(self._sort, text)):
            return True
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
        def look(session: Session, tell: Progress | None = None) -> View:
            return session.look(filter_, sort, descending)

        self.workers.cancel_group(self, _SEARCH)  # it looks at the rows of another view
        self._matches = np.empty(0, np.int64)
        session = self.session
        if session is not None and len(session.dataset) > _AT_ONCE:
            self.background(_SEARCH, look, partial(self._turned, sort))
            return True
        try:
            return session is not None and self._turned(sort, look(session))
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return False

    def _turned(self, sort: str | None, view: View) -> bool:
        def act(session: Session) -> State:
            if sort in session.columns.signals:
                self.sitting.signal = str(sort)
            return session.turn_to(view)

        self.sitting.came_from = 0
        if not self.attempt(act, decides=False):
            return False
        self.say(f"{len(self.state.view.rows):,} rows in view")
        return True
