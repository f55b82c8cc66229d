"""Mode 6: fine-tunes as jobs that outlive the screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from dataexplore.errors import JobError
from dataexplore.session.state import State
from dataexplore_tui.panes.comparisons import MarkedRuns
from dataexplore_tui.panes.run import RunPane
from dataexplore_tui.panes.runs import RunsSource, Watched
from dataexplore_tui.screens.contesting import ContestingScreen
from dataexplore_tui.screens.tune_form import TuneForm, Wanted
from dataexplore_tui.widgets.ink import shown
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.jobs.folder import Job
    from dataexplore.session.session import Session
    from dataexplore.tune.preflight import Preflight

_EVERY = 1.0
"""Seconds between two looks at the job folders."""


class RunsScreen(ContestingScreen):
    """Launch, watch, stop and resume."""

    NUMBER = 6
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("T", "tune"),
        ("M", "arms"),
        ("E", "AlpaGasus"),
        ("s", "stop (keeps a checkpoint)"),
        ("r", "resume"),
        ("space", "mark"),
        ("c", "compare"),
        ("l", "log"),
        ("tab", "run"),
        ("q", "leave: runs go on"),
        (":", "commands"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("T", "tune", "tune on the rows not dropped", id="runs.tune"),
        Binding("s", "stop", "stop the run, keeping a checkpoint", id="runs.stop"),
        Binding("ctrl+k", "kill", "kill the run at once", id="runs.kill"),
        Binding("r", "resume", "resume the run from its last checkpoint", id="runs.resume"),
        Binding("l", "log", "log or curve", id="runs.log"),
        Binding("tab,enter", "second", "narrow screens: list or run", id="runs.second"),
    ]

    def compose_panes(self) -> Iterable[Widget]:
        """Runs on top or on the left, the one under the cursor beside."""
        with Horizontal(id="body"):
            yield Picker(id="runs", classes="pane -home")
            yield RunPane()

    def on_mount(self) -> None:
        """Look at the folders once a second while on screen."""
        super().on_mount()
        self._watched: dict[str, Watched] = {}
        self._log = False
        self._form: dict[str, str] = {"preset": "quick", "rows": "not dropped"}
        self._picker.focus()
        self.set_interval(_EVERY, self._look)

    @property
    def _picker(self) -> Picker:
        return self.query_one("#runs", Picker)

    def session_opened(self, session: Session) -> None:
        """Show the jobs there are."""
        if self.sitting.python:
            self._form.setdefault("python", self.sitting.python)
        if self.sitting.tune_next:
            self.sitting.tune_next = False
            self.call_after_refresh(self.action_tune)

    def show_state(self, state: State) -> None:
        """Decisions do not change runs; the list may have."""
        self._look()

    def _look(self) -> None:
        session = self.sitting.session
        if session is None or not self.is_current:
            return
        from dataexplore.jobs.listing import list_jobs

        jobs = list_jobs(session.workspace.jobs)
        known = {job.id: self._watched.get(job.id) or Watched(job) for job in jobs}
        fresh = list(known) != list(self._watched)
        self._watched = known
        changed = [place for place, run in enumerate(known.values()) if run.look()]
        if fresh:
            here = self._here
            source = MarkedRuns(list(known.values()), self._marked)
            place = next((at for at, run in enumerate(source.runs) if run is here), 0)
            self._picker.show(source, place)
        for place in changed:
            self._picker.redraw(place)
        alive = sum(run.status.alive for run in known.values())
        retitle(self._picker, Text(f"runs · {len(known):,}, {alive} alive" if known else "runs · none yet"))
        if fresh or self._picker.cursor in changed or not known:
            self._show_run()

    @property
    def _here(self) -> Watched | None:
        source = self._picker.source
        return source.runs[self._picker.cursor] if isinstance(source, RunsSource) and len(source) else None

    def run_here(self) -> Job | None:
        """Return the job under the cursor."""
        return self._here.job if self._here is not None else None

    @on(Picker.Moved, "#runs")
    def _moved(self) -> None:
        self._show_run()

    def _show_run(self) -> None:
        pane, run = self.query_one(RunPane), self._here
        if run is None:
            none = Text("no run yet: T tunes on the rows that are not dropped")
            pane.update([none])
            if self.has_class("-narrow"):  # the pane is not on screen
                self._picker.placehold(none)
            return
        try:
            pane.show_run(run, log=self._log)
        except JobError as error:
            pane.update([shown(str(error))])

    def action_tune(self) -> None:
        """Fill in the form, count, launch."""
        session = self.session
        if session is not None:
            self.app.push_screen(
                TuneForm(self._form, lambda wanted: self._count(session, wanted)), self._launch
            )

    def _count(self, session: Session, wanted: Wanted) -> Preflight:
        from dataexplore.session.training import training_rows
        from dataexplore.tune.preflight import preflight

        rows = training_rows(session, wanted.only_kept, wanted.learn_chosen)
        return preflight(rows, wanted.settings, wanted.python)

    def _launch(self, wanted: Wanted | None) -> None:
        if wanted is None:
            return
        settings = wanted.settings
        self._form |= {"base": settings.base, "preset": settings.preset, "python": wanted.python or ""}
        self.background("launching", lambda session, tell: self._start(session, wanted), self._launched)

    def _start(self, session: Session, wanted: Wanted) -> Job:
        from dataexplore.jobs.launchers import LocalLauncher
        from dataexplore.session.training import training_rows
        from dataexplore.tune.start import create_run

        rows = training_rows(session, wanted.only_kept, wanted.learn_chosen)
        job = create_run(
            session.workspace.jobs, rows, wanted.settings, session.dataset.path.name, wanted.python
        )
        LocalLauncher().submit(job)
        return job

    def _launched(self, job: Job) -> None:
        self.say(f"launched {job.id}; it goes on when you leave")
        self._look()
        self._picker.to(0)

    def action_stop(self) -> None:
        """Ask the run to save and stop."""
        self._control("stop", "asked to stop after this step, with a checkpoint")

    def action_kill(self) -> None:
        """End the run at once."""
        self._control("kill", "killed")

    def action_resume(self) -> None:
        """Go on from the last checkpoint."""
        self._control("resume", "resumed")

    def _control(self, verb: str, done: str) -> None:
        from dataexplore.jobs import control

        run = self._here
        if run is None:
            self.say("no run to act on")
            return
        job = run.job

        def act(session: Session, tell: object) -> None:
            {"stop": control.stop, "kill": control.kill, "resume": control.resume}[verb](job)

        self.background(verb, act, lambda nothing: self.say(f"{job.id}: {done}"))

    def action_log(self) -> None:
        """Swap curve and log."""
        self._log = not self._log
        self._show_run()

    def action_second(self) -> None:
        """Swap list and run where there is room for one."""
        self.toggle_class("-second")

    def action_back(self) -> None:
        """Go back to the list."""
        self.remove_class("-second")
