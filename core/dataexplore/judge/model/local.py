"""A language model of this machine as judge: its expected score, read off one forward pass."""

import json
from typing import Any

import numpy as np

from dataexplore.errors import JudgeError
from dataexplore.judge.asked import Asked, Said
from dataexplore.judge.model.conversation import opening
from dataexplore.judge.model.likelihood import Wanted
from dataexplore.judge.model.measure import LogProbabilities, Prepared, unscored
from dataexplore.judge.model.scale import Scale
from dataexplore.judge.prompt import messages
from dataexplore.judge.replies import SCORED, UNPARSED, Reply
from dataexplore.judge.rubric import Rubric
from dataexplore.tune.template import Template

FLOOR = 0.5
"""The least probability on numbers: below it the model answers something else, and there is no score."""
_JOINED = 4
"""Tokens before a row's mark that another mark might be joined with."""
TOO_LONG, NOT_FINITE = "longer than the window", "not finite"


class LocalJudge:
    """The mean over a rubric's whole numbers, each by its probability where the score would stand.

    Nothing is sampled: the answer is made to begin as the rubric's prompt asks for, and what the model
    expects next is the score. A half step (4.5) counts for the whole number that it begins with.
    """

    values = 2
    """The score, and the probability that lay on numbers at all."""

    def __init__(self, tokenizer: Any, rubric: Rubric, secret: bytes, window: int, shown: str) -> None:
        self.template = Template(tokenizer)
        if not self.template.chat:
            raise JudgeError(
                f"{shown}: its tokenizer has no chat template; take a model that follows instructions"
            )
        self._rubric = rubric
        self._secret = secret
        self._window = window
        self._scale = Scale(rubric, self.template)
        roles = ("system", "user", "assistant")
        self._joins = bool(self.template.refusal([{"role": role, "content": "a"} for role in roles]))
        self.shared = self._shared()
        """Tokens that the prompt of every row begins with: the rubric's."""

    def prepare(self, asked: Asked) -> Prepared | Reply:
        """Return the rubric's prompt with the beginning of an answer, once for each way that digits go on."""
        ids = [*self._opening(asked.said, asked.hash), *self._scale.beginning]
        last = len(ids) - 1
        wanted = tuple(
            Wanted(
                [*ids, *digits],
                np.array([last + len(question.behind) for question in questions]),
                np.array([question.token for question in questions]),
            )
            for digits, questions in self._scale.carried.items()
        )
        if max(len(one.ids) for one in wanted) > self._window:
            return unscored(asked.hash, TOO_LONG)
        return Prepared(asked.hash, wanted)

    def _shared(self) -> list[int]:
        one, other = (self._opening((("user", "a"),), bytes([number])) for number in range(2))
        same = next(place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])
        return one[: max(0, same - _JOINED)]

    def _opening(self, said: Said, row: bytes) -> list[int]:
        made = messages(self._rubric, said, self._secret, row)
        if self._joins:  # the template takes no system message
            made = [{"role": "user", "content": "\n\n".join(message["content"] for message in made)}]
        return opening(self.template, made)

    def read(self, prepared: Prepared, found: LogProbabilities) -> Reply:
        """Return the expected score, or unparsed where the model would not have written a number."""
        logs = np.concatenate(found)
        if not np.isfinite(logs).all():
            return unscored(prepared.hash, NOT_FINITE)
        asked = [question for questions in self._scale.carried.values() for question in questions]
        probabilities = self._scale.probabilities(dict(zip(asked, np.exp(logs).tolist(), strict=True)))
        mass = float(probabilities.sum())
        told = dict(zip(self._scale.numbers, probabilities.round(4).tolist(), strict=True))
        text = json.dumps({"numbers": round(mass, 4), "probabilities": told})
        if mass < FLOOR:
            reason = f"only {mass:.0%} of the probability is on numbers"
            return Reply(prepared.hash, UNPARSED, reason=reason, text=text, requests=0)
        score = float(probabilities @ np.array(self._scale.numbers)) / mass
        return Reply(prepared.hash, SCORED, (score, min(mass, 1.0)), text=text, requests=0)
