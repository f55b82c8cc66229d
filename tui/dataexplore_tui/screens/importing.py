"""Ratings from files as signals, and taking them away again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from dataexplore_tui.screens.mode import ModeScreen

if TYPE_CHECKING:
    from dataexplore.session.session import Session


class ImportScreen(ModeScreen):
    """A screen whose signals come and go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("minus", "forget", "take an imported signal away again", id="scores.forget"),
        Binding(
            "I", "import", "import ratings from a file, matched by row, key or a field", id="scores.import"
        ),
    ]

    def redraw_all(self) -> None:
        """A signal may be another one under the same name."""
        raise NotImplementedError

    def action_forget(self) -> None:
        """Take the imported signal on screen away."""
        name = self.sitting.signal

        def act(session: Session) -> None:
            session.forget_scores(name)
            self.sitting.signal = next(iter(session.columns.signals), "")

        self.redraw_all()
        self.attempt(act, f"{name} is taken away; I imports it again")

    def action_import(self) -> None:
        """Ask for a file of ratings."""
        hint = (
            "with a column row (from 0) and columns of numbers; matched otherwise: FILE by key, FILE by FIELD"
        )
        self.ask("ratings file", self._import, hint=hint)

    def _import(self, text: str) -> bool:
        from pathlib import Path

        if not text.strip():
            return True
        path, on = Path(text.strip()).expanduser(), "row"
        if " by " in text and not path.exists():
            named, _, on = (part.strip() for part in text.rpartition(" by "))
            path = Path(named).expanduser()

        def act(session: Session) -> None:
            ratings = session.import_scores(path, on)
            self.sitting.signal = next(iter(ratings.columns))
            names = ", ".join(ratings.columns)
            lost = (
                f"; {ratings.unmatched:,} lines match no row, is it the right file?"
                if ratings.unmatched
                else ""
            )
            rated = f"{ratings.rated:,} of {len(session.dataset):,} rows rated: {names}{lost}"
            self.say(rated, warning=bool(lost))

        self.redraw_all()
        return self.attempt(act)
