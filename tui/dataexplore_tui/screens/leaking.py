"""Leakage: rows of the data that are, or are like, the prompts that somebody will test with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.binding import Binding, BindingType

from dataexplore.errors import InputRefusedError
from dataexplore.journal.decision import DROP
from dataexplore.text import short
from dataexplore_tui.panes.leaks import LeaksSource
from dataexplore_tui.screens.chooser import Chooser
from dataexplore_tui.screens.choosing import ChoosingScreen
from dataexplore_tui.screens.talking import Progress
from dataexplore_tui.widgets.ink import shown

if TYPE_CHECKING:
    from dataexplore.duplicates.leaks import Leaks
    from dataexplore.session.session import Session

_ALL = -1


class LeaksScreen(Chooser):
    """Gives back -1 when all are to be dropped, a line's number to see the rows."""

    KEYS = "X drops them all · enter sees them in mode 1 · esc goes back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("X", f"dismiss({_ALL})", "drop all these rows", id="leaks.drop")
    ]


class LeakingScreen(ChoosingScreen):
    """A screen on which rows are compared with test prompts."""

    threshold: float
    """The similarity from which a row leaks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L", "leaks", "leakage: rows like the test prompts of a file", id="duplicates.leaks")
    ]

    def action_leaks(self) -> None:
        """Ask for a file of prompts."""
        if self.session is not None:
            hint = f"a file of test prompts; rows like one of them from {self.threshold:g} are listed"
            self.ask("test prompts", self._against, hint=hint, example="a file")

    def _against(self, text: str) -> bool:
        if not text.strip():
            return True
        path = Path(text.strip()).expanduser()
        if not path.exists():
            self.say(f"{path} is not there", warning=True)
            return False

        def look(session: Session, tell: Progress) -> tuple[Leaks, list[str]]:
            return leaks_of(session, path, self.threshold, tell)

        self.background(
            "comparing rows with test prompts", look, lambda found: self._found(path.name, *found)
        )
        return True

    def _found(self, name: str, leaks: Leaks, prompts: list[str]) -> None:
        session = self.session
        if session is None:
            return
        if not len(leaks):
            self.say(f"no row is like one of the {len(prompts):,} prompts in {name}")
            return

        def closed(answer: int | None) -> None:
            if answer == _ALL:
                rows = leaks.rows.astype(np.int64)
                done = f"dropped {len(leaks):,} rows like prompts in {name}; u undoes"
                self.attempt(
                    lambda session: session.decide(rows, DROP, f"like a prompt in {short(name, 60)}"),
                    done,
                )
            elif answer is not None:
                alike = np.full(len(session.dataset), np.nan)
                alike[leaks.rows] = leaks.similarity
                session.columns.add_computed("leak", alike, f"likeness to a prompt in {short(name, 60)}")
                self.open_rows("leak > 0", "leak")

        counts = ", ".join(f"{count:,} {kind}" for kind, count in leaks.count().items() if count)
        title = shown(f"{len(leaks):,} rows like prompts in {name}: {counts}")
        source = LeaksSource(session.dataset, self.state, leaks, prompts)
        self.app.push_screen(LeaksScreen(title, source, source.more), closed)


def leaks_of(session: Session, path: Path, threshold: float, tell: Progress) -> tuple[Leaks, list[str]]:
    """Return the rows that are like a prompt of another dataset, and those prompts."""
    from dataexplore.dataset.loading import open_dataset
    from dataexplore.duplicates.leaks import leaks

    prompts = open_dataset(path).prompts.to_list()
    if not any(map(str.strip, prompts)):
        raise InputRefusedError(f"{short(str(path), 200)}: has no prompts to compare with")
    analysis = session.analysis
    texts = analysis.texts().whole.to_list()
    vectors, against = analysis.vectors(tell), analysis.loaded().encode(prompts)
    return leaks(texts, prompts, threshold, vectors=vectors, against_vectors=against, progress=tell), prompts
