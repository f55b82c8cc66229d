"""A rubric's whole numbers as tokens, and a number's probability as the product of its tokens'."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dataexplore.errors import JudgeError
from dataexplore.judge.model.conversation import last_answer, opening
from dataexplore.judge.rubric import Rubric
from dataexplore.tune.template import Template

BEGINNING = '{"score":'
"""What the answer is made to begin with; a space and the number follow."""
_SEQUENCES = 12
"""More per row (0 to 100 takes 10 where each digit is a token) would cost more than it tells."""
Tokens = tuple[int, ...]


class Question(NamedTuple):
    """A probability to be looked up: of a token behind the beginning and some digits."""

    behind: Tokens
    token: int


class Scale:
    """Which tokens have to be looked up to know the probability of every number."""

    def __init__(self, rubric: Rubric, template: Template) -> None:
        self.numbers = [int(score) for score in rubric.scores if score == int(score)]
        if len(self.numbers) < 2:
            raise JudgeError(f"rubric {rubric.name}: a local judge needs two whole numbers between its ends")
        self.beginning, tails = _tails(template, [*self.numbers, *range(10)])
        self._tails = tails[: len(self.numbers)]
        if len(set(self._tails)) < len(self._tails) or not all(self._tails):
            raise JudgeError("the model's tokenizer writes different numbers with the same tokens")
        questions = {
            Question(tail[:length], tail[length]) for tail in self._tails for length in range(len(tail))
        }
        nodes = {question.behind for question in questions}
        self.carried = _by_carrier(nodes, sorted(questions))
        """Digits that have to stand behind the beginning, and what is looked up on the way through them."""
        if len(self.carried) > _SEQUENCES:
            raise JudgeError(f"rubric {rubric.name}: too many numbers for a local judge; 0 to 10 is usual")

    def probabilities(self, found: Mapping[Question, float]) -> NDArray[np.float64]:
        """Return the probability of each number, given that of each question.

        A number that others begin with (1, 10) is meant where none of those goes on.
        """
        goes_on: dict[Tokens, float] = {}
        for question, probability in found.items():
            goes_on[question.behind] = goes_on.get(question.behind, 0.0) + probability
        made = []
        for tail in self._tails:
            path = [found[Question(tail[:length], tail[length])] for length in range(len(tail))]
            made.append(float(np.prod(path)) * max(0.0, 1 - goes_on.get(tail, 0.0)))
        return np.array(made)


def _tails(template: Template, numbers: list[int]) -> tuple[list[int], list[Tokens]]:
    """Return the tokens that all numbers begin with, those of the beginning, and what follows for each."""
    asked: list[Any] = [{"role": "user", "content": "a"}]
    start = len(opening(template, asked))
    written = []
    for number in numbers:
        answer = {"role": "assistant", "content": f"{BEGINNING} {number}"}
        span = last_answer(template, [*asked, answer])
        if span is None:
            raise JudgeError("the model's chat template hides where an answer begins; take another model")
        written.append(span.ids[start : span.stop])
    shared = 0
    while len({tuple(ids[: shared + 1]) for ids in written}) == 1:
        shared += 1
    return written[0][:shared], [tuple(ids[shared:]) for ids in written]


def _by_carrier(nodes: set[Tokens], questions: list[Question]) -> dict[Tokens, list[Question]]:
    """Share the questions out to the fewest digits that pass through all of them."""
    carriers = [
        node
        for node in sorted(nodes)
        if not any(other[: len(node)] == node and other != node for other in nodes)
    ]
    shared: dict[Tokens, list[Question]] = {carrier: [] for carrier in carriers}
    for question in questions:
        behind = question.behind
        shared[next(one for one in carriers if one[: len(behind)] == behind)].append(question)
    return shared
