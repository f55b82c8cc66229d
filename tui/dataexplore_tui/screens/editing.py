"""Editing the row under the cursor in the person's own editor."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError, EditError
from dataexplore.text import short, visible
from dataexplore_tui.screens.editor import Draft, find_editor
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.view import ViewScreen
from dataexplore_tui.widgets.ink import shown

if TYPE_CHECKING:
    from dataexplore.session.form import Form
    from dataexplore.session.session import Session

_WIDTH = 66
"""Characters that fit into an overlay on a screen of 80."""


class EditingScreen(ViewScreen):
    """A screen whose row can be edited, and looked at as the file has it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit the row's texts in $EDITOR", id="rows.edit"),
        Binding("E", "edit(True)", "edit the row as JSON in $EDITOR", id="rows.edit_json"),
        Binding("O", "original", "show an edited row as the file has it, and back", id="rows.original"),
        Binding("R", "restore", "take the row's edits back", id="rows.restore"),
    ]

    shows_original = False
    """Whether an edited row is shown as the file has it."""

    @property
    def row(self) -> int | None:
        """The row under the cursor, None while there is none."""
        raise NotImplementedError

    def action_edit(self, as_json: bool = False) -> None:
        """Open the editor on the row; what was changed there is journalled as one act."""
        session, row = self.session, self.row
        if session is None or row is None:
            return
        draft = None
        try:
            session.must_write()
            command, form = find_editor(), _form(session, row, as_json)
            name = f"row-{row + 1}.{'json' if as_json else 'txt'}"
            draft = Draft(session.workspace.folder, name, form.text.encode())
            done = self._edit(session, row, form, draft, command)
        except SuspendNotSupported:
            self.say("this terminal cannot be lent to an editor: nothing changed", warning=True)
        except DataexploreError as error:
            if draft is not None and draft.is_worth_keeping:
                self._say_where(f"{error}: nothing changed.", draft)
                return
            self.say(f"{error}: nothing changed" if draft else str(error), warning=True)
        else:
            self.say(done)
        if draft is not None:
            draft.remove()

    def _edit(self, session: Session, row: int, form: Form, draft: Draft, command: list[str]) -> str:
        """Return what was done, in words."""
        from dataexplore.session.form import read_back

        content, failure = None, None
        with self.app.suspend():
            try:
                content = draft.edited(command)
            except EditError as error:  # one that passes through would leave the terminal suspended
                failure = error
        if failure is not None:
            raise failure
        before = session.state
        if content is not None:
            self.state = session.edit(row, read_back(form, content))
        if session.state is before:
            return f"row {row + 1:,}: nothing was changed"
        return f"row {row + 1:,}: {session.state.undo}; u undoes"

    def _say_where(self, why: str, draft: Draft) -> None:
        """Say where the person's text is, in as many lines as that takes."""
        self.say("nothing changed; your text is kept", warning=True)
        lines = [why, "", "Your text is kept in", short(str(draft.path), 1000)]
        wrapped = [part for text in lines for part in wrap(text, _WIDTH) or [""]]
        self.app.push_screen(Overlay("the edit was not taken", [shown(text) for text in wrapped]))

    def action_original(self) -> None:
        """Show an edited row as the file has it, or as it was edited."""
        session, row = self.session, self.row
        if session is not None and row is not None:
            if row in session.dataset.edits:
                self.shows_original = not self.shows_original
                self.show_record()
            else:
                self.say(f"row {row + 1:,} is as the file has it")

    def action_restore(self) -> None:
        """Take the row's edits back, whenever they were made."""
        row = self.row
        if self.session is None or row is None:
            return
        if row not in self.session.dataset.edits:
            self.say(f"row {row + 1:,} is as the file has it")
            return
        self.shows_original = False
        done = f"row {row + 1:,} is as the file has it again; u undoes"
        self.attempt(lambda session: session.edit(row, session.dataset.original(row)), done)


def _form(session: Session, row: int, as_json: bool) -> Form:
    from dataexplore.session.form import json_form, text_form  # brings Polars, as the session does

    data = session.dataset
    title = f"row {row + 1:,} of {visible(data.path.name)}"
    try:
        if as_json:
            return json_form(data.raw(row), title)
        return text_form(data.raw(row), data.record(row), data.schema_of(row), title)
    except RecursionError:
        raise EditError(f"row {row + 1:,} is nested too deeply to edit") from None
