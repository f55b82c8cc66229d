"""Experiments: a run of each arm, queued in one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore_tui.screens.experiment_form import ExperimentForm, Wanted
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.widgets.ink import ACCENT, STRONG, line, shown, shown_lines

if TYPE_CHECKING:
    from dataexplore.jobs.folder import Job
    from dataexplore.session.experiment import Drawn
    from dataexplore.session.session import Session


class ExperimentScreen(ModeScreen):
    """A screen on which arms are queued for tuning."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("M", "arms", "tune arms: the kept rows and the controls they must beat", id="runs.arms"),
        Binding(
            "g", "samples", "what the run answered at the start and after every epoch", id="runs.samples"
        ),
        Binding(
            "E",
            "alpagasus",
            "the AlpaGasus experiment: the best 3k 6k 9k, random 9k, full",
            id="runs.alpagasus",
        ),
    ]

    def on_mount(self) -> None:
        """The form remembers what was asked for."""
        super().on_mount()
        self._design = {"preset": "quick", "seeds": "1", "equal": "rows", "held_out": "200"}

    def run_here(self) -> Job | None:
        """Return the job under the cursor."""
        raise NotImplementedError

    def action_samples(self) -> None:
        """Show what the run under the cursor answered, epoch by epoch."""
        from dataexplore.tune.samples import samples

        job = self.run_here()
        found = samples(job) if job is not None else []
        if job is None or not found:
            self.say("no samples: the form of a run takes a file of prompts", warning=True)
            return
        self.app.push_screen(Overlay("the same prompts, answered as the run went on", samples_lines(found)))

    def action_arms(self) -> None:
        """Fill in the form with the kept rows and their controls."""
        self._open({"arms": "kept random longest full", "sizes": ""})

    def action_alpagasus(self) -> None:
        """Fill in the form with the best rows by the signal on screen in mode 2."""
        from dataexplore.session.experiment import ALPAGASUS

        session = self.session
        if session is None:
            return
        rows = len(session.dataset)
        sizes = [size for size in ALPAGASUS if size < rows] or [max(1, rows // 10), max(1, rows // 5)]
        words = " ".join(map(str, sizes))
        self._open({"arms": "", "sizes": words, "signal": self.sitting.signal, "preset": "alpagasus"})

    def _open(self, changes: dict[str, str]) -> None:
        session = self.session
        if session is None:
            return
        if self.sitting.python:
            self._design.setdefault("python", self.sitting.python)
        self.app.push_screen(
            ExperimentForm(self._design | changes, lambda wanted: _draw(session, wanted)), self._queue
        )

    def _queue(self, wanted: Wanted | None) -> None:
        if wanted is None:
            return
        self._design |= {"base": wanted.settings.base, "python": wanted.python or ""}

        def work(session: Session, tell: object) -> list[Job]:
            from dataexplore.jobs.launch import start
            from dataexplore.session.experiment import make_runs

            drawn = _draw(session, wanted)
            jobs = make_runs(
                session, drawn, wanted.settings, wanted.design, session.workspace.jobs, wanted.python
            )
            for job in jobs:
                try:
                    start(job)
                except DataexploreError as error:  # the others are tuned all the same
                    self.app.call_from_thread(self.say, str(error), warning=True)
            return jobs

        self.background(
            "queueing runs",
            work,
            lambda jobs: self.say(f"{len(jobs)} runs queued; they go on when you leave"),
        )


def samples_lines(found: Sequence[Mapping[str, Any]]) -> list[Text]:
    """Return each prompt with its answers in the order of steps."""
    lines: list[Text] = []
    for place in sorted({one["sample"] for one in found}):
        told = [one for one in found if one["sample"] == place]
        lines.append(line(shown(str(told[0]["prompt"]), STRONG)))
        for one in told:
            lines.append(line((f"step {one['step']:,}", ACCENT)))
            lines += shown_lines(str(one["answer"]) or "(nothing)")
        lines.append(Text())
    return lines


def _draw(session: Session, wanted: Wanted) -> Drawn:
    from dataexplore.selection.export import leaving
    from dataexplore.session.experiment import draw

    return draw(session, leaving(session.state.decisions, only_kept=False), wanted.design)
