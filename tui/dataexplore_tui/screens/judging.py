"""Judges at work: asked from a form, watched while scores come in, stopped and resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.timer import Timer

from dataexplore.errors import JobError
from dataexplore_tui.screens.importing import ImportScreen
from dataexplore_tui.screens.judge_form import JudgeForm, Wanted

if TYPE_CHECKING:
    from dataexplore.jobs.folder import Job
    from dataexplore.judge.wanted import Rows
    from dataexplore.session.judging import Planned
    from dataexplore.session.session import Session
    from dataexplore.signals.signal import Signal

_EVERY = 1.0
"""Seconds between two looks at what judges have said."""


class JudgingScreen(ImportScreen):
    """A screen whose signals grow while a judge works."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("J", "judge", "judge rows: an endpoint, a local model, rule checks ...", id="scores.judge"),
        Binding("p", "stop_judging", "pause the judge at work; J goes on", id="scores.pause"),
    ]

    _timer: Timer | None = None

    def on_mount(self) -> None:
        """Look at the judges once a second while on screen."""
        super().on_mount()
        self._judging: Job | None = None
        self._awaited = ""
        """The signal of the judge at work, until its first scores are there."""
        self._stamp: object = None
        self._judge_fields: dict[str, str] = {"kind": "endpoint", "rubric": "accuracy", "rows": "in view"}
        if self._timer is None:  # mounted once, told of it by each class of the chain
            self._timer = self.set_interval(_EVERY, self._look_at_judges)

    def action_judge(self) -> None:
        """Fill in the form, count, start."""
        session = self.session
        if self._judging is not None and self._judging.status().alive:
            self.say("a judge is at work: p pauses it, mode 6 shows it", warning=True)
        elif session is not None:
            self.app.push_screen(
                JudgeForm(self._judge_fields, lambda wanted: _plan(session, wanted)), self._start_judging
            )

    def _start_judging(self, wanted: Wanted | None) -> None:
        if wanted is None:
            return
        self._judge_fields = wanted.fields

        def start(session: Session, tell: object) -> tuple[Job | None, str]:
            from dataexplore.jobs import launch
            from dataexplore.session.judging import make_job

            planned = _plan(session, wanted)
            job = make_job(session, planned, wanted.python or self.sitting.python)
            return launch.start(job) if job is not None else None, planned.wanted.judge.name

        def started(found: tuple[Job | None, str]) -> None:
            self._judging, name = found
            self._awaited = name
            at_work = self._judging is not None
            self.say(
                f"{name}: judging; p pauses it, mode 6 shows its log"
                if at_work
                else f"{name}: nothing is missing",
                hold=at_work,
            )

        self.background("starting the judge", start, started)

    def action_stop_judging(self) -> None:
        """Ask the judge at work to stop; what was said is kept."""
        from dataexplore.jobs import control

        job = self._judging
        if job is None or not job.status().alive:
            self.say("no judge is at work")
            return
        self.background(
            "stopping the judge",
            lambda session, tell: control.stop(job),
            lambda nothing: self.say("stopping; every score that came in is kept, J goes on from there"),
        )

    def _look_at_judges(self) -> None:
        session = self.sitting.session
        if session is None or not self.is_current:
            return
        from dataexplore.session.judging import judgements

        self._tell_judging()
        stamp = judgements(session).stamp()
        if stamp == self._stamp:
            return
        first, self._stamp = self._stamp is None, stamp
        if first and self._judging is None:
            return  # the session has just read them
        from dataexplore.session.judging import read_judged

        self.background(
            "reading scores", lambda session, tell: read_judged(session), self._scores_came, lambda text: None
        )

    def _scores_came(self, signals: dict[str, Signal]) -> None:
        from dataexplore.session.judging import take_judged

        session = self.sitting.session
        if session is None:
            return
        take_judged(session, signals)
        if self._awaited in signals:
            self.sitting.signal, self._awaited = self._awaited, ""
        self.redraw_all()
        self.state = session.state

    def _tell_judging(self) -> None:
        job = self._judging
        if job is None:
            return
        from dataexplore.judge.words import figures, in_words

        try:
            status = job.status()
        except JobError:
            return
        self.say(
            in_words(status, figures(job)), hold=status.alive, warning=status.state in ("failed", "lost")
        )
        if not status.alive:
            self._judging = None


def _plan(session: Session, wanted: Wanted) -> Planned:
    from dataexplore.session.judging import plan_judging

    return plan_judging(session, wanted.request, _rows(session, wanted), wanted.threshold)


def _rows(session: Session, wanted: Wanted) -> Rows:
    from dataexplore.journal.decision import DROP, KEEP

    decisions = session.state.decisions
    rows: Rows = {
        "in view": np.sort(session.state.view.rows),
        "not dropped": np.flatnonzero(decisions != DROP),
        "kept": np.flatnonzero(decisions == KEEP),
        "all": np.arange(len(session.dataset)),
    }[wanted.rows]
    if wanted.sample is not None:
        chosen = np.random.default_rng(wanted.request.asking.seed).permutation(len(rows))[: wanted.sample]
        rows = rows[np.sort(chosen)]
    return rows
