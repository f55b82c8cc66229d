"""From the list of runs into comparisons of two of them; their jobs go on whatever is on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.timer import Timer

from dataexplore.errors import DataexploreError
from dataexplore_tui.panes.comparisons import ComparisonsSource
from dataexplore_tui.panes.runs import Watched
from dataexplore_tui.screens.chooser import Chooser
from dataexplore_tui.screens.comparison import ComparisonScreen
from dataexplore_tui.screens.comparison_form import HELD_OUT, ComparisonForm
from dataexplore_tui.screens.experimenting import ExperimentScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.widgets.picker import Picker

if TYPE_CHECKING:
    from dataexplore.session.contest import Contest
    from dataexplore.session.pairing import Planned, Wish
    from dataexplore.session.session import Session

_EVERY = 1.0
"""Seconds between two looks at whether the next job of a comparison is due."""


class ContestingScreen(ExperimentScreen):
    """A screen on which runs are marked and compared."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "mark the run for a comparison", id="runs.mark"),
        Binding("c", "compare", "compare the marked runs, or the run with its base", id="runs.compare"),
        Binding("C", "comparisons", "the comparisons made so far", id="runs.comparisons"),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._marked: list[str] = []
        """The ids of at most two runs, the first model first."""
        self._compared = {"prompts": HELD_OUT}
        """What the form was last filled in with."""
        self._planned: Planned | None = None
        self._contests: dict[str, Contest] = {}
        """Comparisons at work, by their ids."""
        self._looking_after: Timer | None = None

    def on_mount(self) -> None:
        """Look after comparisons, whatever is on screen."""
        super().on_mount()
        if self._looking_after is None:  # Textual calls each class's own handler besides
            self._looking_after = self.set_interval(_EVERY, self._look_after)

    @property
    def _here(self) -> Watched | None:
        raise NotImplementedError

    def action_mark(self) -> None:
        """Mark the run under the cursor or take its mark away; a third mark takes the place of the first."""
        run = self._here
        if run is None:
            return
        if run.job.kind != "tune":
            self.say(f"this is a job of the kind {run.job.kind}: mark a run")
            return
        if run.job.id in self._marked:
            self._marked.remove(run.job.id)
        else:
            self._marked[:] = [*self._marked[-1:], run.job.id]
        self.query_one("#runs", Picker).refresh()
        told = ("no run is marked", "one run is marked; mark another, or c compares it", "c compares the two")
        self.say(told[len(self._marked)])

    def action_compare(self) -> None:
        """Open the form with the two models."""
        from dataexplore.jobs.folder import Job
        from dataexplore.session.pairing import base_of

        session, run = self.session, self._here
        if session is None:
            return
        here = [run.job.id] if run is not None and run.job.kind == "tune" else []
        chosen = list(dict.fromkeys([*self._marked, *here]))[:2]
        if not chosen:
            other = f"this is a job of the kind {run.job.kind}" if run is not None else "there is no run yet"
            self.say(f"{other}: go to a run, or mark two with space; C shows what was compared")
            return
        first = chosen[0]
        try:
            second = chosen[1] if len(chosen) > 1 else base_of(Job(session.workspace.jobs / first))
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return
        self._open_form(session, {"first": first, "second": second})

    def _open_form(self, session: Session, changes: dict[str, str]) -> None:
        if self.sitting.python:
            self._compared.setdefault("python", self.sitting.python)

        def plan_once(wish: Wish) -> Planned:
            from dataexplore.session.pairing import plan

            self._planned = plan(session, wish)
            return self._planned

        self._compared |= changes
        self.app.push_screen(ComparisonForm(self._compared, plan_once), self._begin)

    def _begin(self, wish: Wish | None) -> None:
        if wish is None:
            return
        request = wish.request
        self._compared |= {
            "prompts": wish.prompts or HELD_OUT,
            "limit": str(wish.limit or ""),
            "tokens": str(wish.decoding.max_new_tokens),
            "model": request.model if request else "",
            "base_url": request.base_url if request else "",
            "key": str(request.key_file or request.key_env) if request else "",
            "python": wish.python or "",
        }
        counted = self._planned

        def work(session: Session, tell: object) -> Contest:
            from dataexplore.session.contest import begin
            from dataexplore.session.pairing import plan

            planned = counted if counted is not None and counted.wish == wish else plan(session, wish)
            contest = begin(planned, session.workspace.folder)
            contest.advance(again=True)
            return contest

        self.background("starting", work, self._show_contest)

    def _show_contest(self, contest: Contest) -> None:
        self._marked.clear()
        self.query_one("#runs", Picker).refresh()
        self._keep_going(contest)
        self.app.push_screen(ComparisonScreen(self.sitting, contest, self._keep_going, self._change))

    def _keep_going(self, contest: Contest) -> None:
        self._contests[contest.comparison.id] = contest

    def _change(self, contest: Contest) -> None:
        """Open the form of a comparison that there is."""
        session = self.session
        if session is None:
            return
        made, request = contest.comparison, contest.request
        self._compared["tokens"] = str(made.decoding.max_new_tokens)
        if request is not None:
            self._compared |= {"model": request.model, "base_url": request.base_url}
        first, second = (side.name for side in made.sides)
        self._open_form(session, {"first": first, "second": second})

    def action_comparisons(self) -> None:
        """Choose one of the comparisons that there are."""
        from dataexplore.compare.comparison import comparisons
        from dataexplore.session.contest import Contest

        session = self.session
        if session is None:
            return
        found = [self._contests.get(one.id) or Contest(one) for one in comparisons(session.workspace.folder)]
        if not found:
            self.say("no comparison yet: space marks two runs, c compares them")
            return
        source = ComparisonsSource(found)

        def chosen(index: int | None) -> None:
            if index is not None:
                self._open_contest(source.contests[index])

        self.app.push_screen(Chooser(Text("comparisons"), source, source.more), chosen)

    def _open_contest(self, contest: Contest) -> None:
        """Show a comparison; what is at work is looked after, what is not waits for `r`."""
        if contest.alive:
            self._keep_going(contest)
        self.app.push_screen(ComparisonScreen(self.sitting, contest, self._keep_going, self._change))

    def _look_after(self) -> None:
        if self._contests:
            self.run_worker(self._advance, thread=True, group="comparisons")

    def _advance(self) -> None:
        """Start the jobs that are due; a comparison that has nothing to wait for is let go."""
        for name, contest in list(self._contests.items()):
            try:
                works = contest.advance()
            except DataexploreError as error:
                contest.problem, works = str(error), False
            if not works:
                self._contests.pop(name, None)
