"""What a judge job asks about its texts: the seam for whatever else is asked of an endpoint."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast

from dataexplore.errors import JobError
from dataexplore.judge.asked import Asked
from dataexplore.judge.endpoint.answer import Answer
from dataexplore.judge.endpoint.expected import expected_score
from dataexplore.judge.parse import read_score
from dataexplore.judge.prompt import messages, schema
from dataexplore.judge.replies import SCORED, UNPARSED, Reply
from dataexplore.judge.rubric import Rubric

SCORING = "dataexplore.judge.endpoint.questions"
"""The module of the question that is asked when the settings name none."""


class Question(Protocol):
    """Words for one text, and what is read out of the answer."""

    schema: Mapping[str, Any] | None
    """The JSON schema that an answer has to keep to, where it is JSON."""

    def messages(self, asked: Asked, secret: bytes) -> list[dict[str, str]]:
        """Return what is sent; `secret` makes marks that the text cannot know."""

    def read(self, asked: Asked, answer: Answer) -> Reply:
        """Return the reply; hash, state, scores, reason and texts alone are looked at."""


class Scoring:
    """Scores a row by a rubric; with `expected` also by the probabilities of the scores."""

    def __init__(self, rubric: Rubric, *, expected: bool) -> None:
        self.schema: Mapping[str, Any] | None = schema(rubric)
        self._rubric = rubric
        self._expected = expected

    def messages(self, asked: Asked, secret: bytes) -> list[dict[str, str]]:
        """Return the rubric and the row between its marks."""
        return messages(self._rubric, asked.said, secret, asked.hash)

    def read(self, asked: Asked, answer: Answer) -> Reply:
        """Return the score, or why there is none."""
        score, reason = read_score(answer.text, self._rubric)
        if score is None:
            return Reply(asked.hash, UNPARSED, (), reason, answer.text, answer.model)
        scores: tuple[float, ...] = (score,)
        if self._expected:
            mean = expected_score(answer.tokens, score, self._rubric)
            scores = (score, float("nan") if mean is None else mean)
        return Reply(asked.hash, SCORED, scores, "", answer.text, answer.model)


def question(settings: Mapping[str, Any]) -> Question:
    """Return the question of scoring by a rubric, out of a job's settings."""
    signals = settings["judge"]["signals"]
    return Scoring(Rubric.from_json(settings["rubric"]), expected=len(signals) > 1)


def question_of(settings: Mapping[str, Any]) -> Question:
    """Return the question that a job asks: `question(settings)` of the module that its settings name."""
    name = str(settings.get("question") or SCORING)
    if not name.startswith("dataexplore."):
        raise JobError("the job's question is none of this program's; make a new job")
    return cast(Question, import_module(name).question(settings))
