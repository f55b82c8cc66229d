"""Makes the job that asks a judge about pairs of answers, and reads what it said."""

from collections.abc import Sequence
from pathlib import Path

from dataexplore.compare.pairwise import Pair, Reviewed, pairwise_judge, questions, reviewed
from dataexplore.jobs.folder import Job
from dataexplore.judge.asked import Asked
from dataexplore.judge.folder import Judgements
from dataexplore.judge.job import create_asking
from dataexplore.judge.judge import Judge
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED
from dataexplore.judge.request import Request
from dataexplore.judge.wanted import replied

QUESTION = "dataexplore.compare.question"


class Panel:
    """A judge of pairs in a workspace; replies are kept by what was asked, so nothing is paid twice."""

    def __init__(self, workspace: Path, request: Request) -> None:
        """Look the judge up; nothing is written. Raises JudgeError for a request that makes no sense."""
        self._workspace = workspace
        self._judgements = Judgements(workspace)
        self.judge: Judge = pairwise_judge(request.model, request.asking)
        self._settings = request.endpoint_settings()

    def missing(self, pairs: Sequence[Pair]) -> list[Asked]:
        """Return the questions that have no reply yet."""
        known = replied(self.judge, self._judgements)
        return [one for one in questions(pairs) if one.hash not in known]

    def job(self, missing: Sequence[Asked], dataset: str) -> Job:
        """Write the questions into a new job, not yet started."""
        folder = self._judgements.keep(self.judge)
        settings = {**self._settings, "question": QUESTION}
        return create_asking(self._workspace / "jobs", self.judge, folder, missing, settings, dataset)

    def reviewed(self, pairs: Sequence[Pair]) -> Reviewed:
        """Return what the judge has said of the pairs so far."""
        replies = self._judgements.replies(self.judge)
        if replies is None:
            return reviewed(pairs, {})
        with replies:
            return reviewed(pairs, {one.hash: one for one in replies.replies(SCORED, UNPARSED, ERROR)})
