"""A judge put to the test on a few rows of a session: canaries asked about, the shifts they show."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dataexplore.errors import JudgeError
from dataexplore.jobs.folder import Job
from dataexplore.judge.folder import Judgements
from dataexplore.judge.job import create_judging
from dataexplore.judge.replies import SCORED, UNPARSED
from dataexplore.judge.request import Request
from dataexplore.judge.rubric import Rubric
from dataexplore.judge.selftest import Canary, Moved, canaries, moved
from dataexplore.judge.wanted import Rows, Wanted, replied, said_in
from dataexplore.session.judging import Planned, planned
from dataexplore.session.session import Session


@dataclass(frozen=True)
class Trial:
    """A judge's self-test: what is asked, and what it will be compared by."""

    planned: Planned
    rubric: Rubric
    made: list[Canary]

    def moved(self) -> list[Moved]:
        """Return how each kind of change moved the scores that came in."""
        replies = self.planned.judgements.replies(self.planned.wanted.judge)
        if replies is None:
            return []
        with replies:
            found = {reply.hash: reply for reply in replies.replies(SCORED, UNPARSED)}
        return moved(self.made, found, self.rubric)


def plan_trial(session: Session, request: Request, rows: Rows, folder: Path | None = None) -> Trial:
    """Make canaries of rows and find out which of them the judge has not seen; nothing is written.

    A clean row that was judged before is not asked about again. Raises JudgeError for a judge without rubric.
    """
    judge, rubric = request.judge()
    if rubric is None:
        raise JudgeError(
            "rules and measures take no orders from rows: a self-test is for judges with a rubric"
        )
    judgements = Judgements(folder or session.workspace.folder)
    judge = judgements.known(judge, session.columns.names)
    made = canaries([said_in(session.dataset, row) for row in rows.tolist()], rubric, request.asking.seed)
    known = replied(judge, judgements)
    missing = {one.asked.hash: one.asked for one in made if one.asked.hash not in known}
    none = np.zeros(0, np.int64)
    asked = Wanted(judge, none, none.astype(np.uint64), [], none.astype(bool), list(missing.values()), 0)
    return Trial(planned(asked, rubric, request, judgements), rubric, made)


def make_trial(session: Session, trial: Trial, python: str | None = None) -> Job | None:
    """Write the job that asks about the canaries; None where all were asked about before."""
    plan = trial.planned
    if not plan.wanted.missing:
        return None
    jobs = plan.judgements.folder.parent / "jobs"
    return create_judging(jobs, plan.judgements, session.dataset, plan.wanted, plan.settings, python)
