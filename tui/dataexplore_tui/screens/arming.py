"""Arms: the rows left and the controls that they have to beat, as files."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError, RuleError
from dataexplore.text import short
from dataexplore_tui.panes.arms import arms_lines
from dataexplore_tui.screens.exporting import as_typed
from dataexplore_tui.screens.following import FollowingScreen
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.prepared import telling
from dataexplore_tui.screens.talking import Progress

if TYPE_CHECKING:
    from dataexplore.selection.arm_files import ArmFile
    from dataexplore.selection.arms import Plan
    from dataexplore.session.session import Session

_PLAN = "kept random longest full, seeds 3, equal rows"


class ArmsScreen(FollowingScreen):
    """A screen on which an experiment's arms are written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("M", "arms", "write arms: these rows and the controls they must beat", id="subset.arms")
    ]

    def action_arms(self) -> None:
        """Ask which arms, then where to."""
        session = self.session
        if session is None:
            return
        hint = (
            "of kept, random, longest, full, stratified; seeds: draws of a random arm; equal rows or tokens"
        )
        self.ask("arms", self._planned, _PLAN, hint=hint)

    def _planned(self, text: str) -> bool:
        if not text.strip():
            return True
        try:
            plan = plan_of(text)
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return False
        # The line closes when this returns: it is opened again after that.
        self.call_after_refresh(self._ask_folder, plan)
        return True

    def _ask_folder(self, plan: Plan) -> None:
        session = self.session
        if session is not None:
            path = session.dataset.path
            self.ask(
                "arms into the folder",
                partial(self._write, plan),
                as_typed(path.with_name(f"{path.stem}-arms")),
            )

    def _write(self, plan: Plan, text: str) -> bool:
        if not text.strip():
            return True
        folder = Path(text.strip()).expanduser()
        there = (folder / "arms.json").is_file()
        if there and text != self._sure:
            self._sure = text
            self.say(f"arms are in {folder} already: enter again writes over them", warning=True)
            return False

        def work(session: Session, tell: Progress) -> list[ArmFile]:
            from dataexplore.selection.arm_files import write_arms
            from dataexplore.selection.arms import arms
            from dataexplore.selection.export import leaving

            with telling(session, tell):
                left = leaving(session.state.decisions, only_kept=False)
                made = arms(session, left, session.recipe(), plan)
            return write_arms(session.dataset, made, folder, overwrite=there)

        self.background("writing arms", work, self._written)
        return True

    def _written(self, written: list[ArmFile]) -> None:
        self.say(f"{len(written)} arms in {written[0].out.parent}")
        self.app.push_screen(Overlay("arms", arms_lines(written)))


def plan_of(text: str) -> Plan:
    """Return the arms that a line asks for; raise RuleError for a word that says nothing."""
    from dataexplore.selection.arms import EQUAL, NAMES, Plan

    names, seeds, equal = [], 1, EQUAL[0]
    words = re.split(r"[,\s]+", text.strip())
    while words:
        word = words.pop(0)
        if word in NAMES:
            names.append(word)
        elif word == "seeds" and words and words[0].isdecimal():
            seeds = int(words.pop(0))
        elif word == "equal" and words and words[0] in EQUAL:
            equal = words.pop(0)
        else:
            raise RuleError(f"no arm is called {short(word, 40)!r}; there are {', '.join(NAMES)}")
    return Plan(names or NAMES[:4], seeds, equal=equal)
