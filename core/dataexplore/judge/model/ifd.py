"""Instruction-following difficulty: how little a prompt helps a small model to expect its answer."""

import math
from typing import Any

import numpy as np

from dataexplore.judge.asked import Asked
from dataexplore.judge.model.conversation import last_answer, messages_of
from dataexplore.judge.model.likelihood import Wanted
from dataexplore.judge.model.measure import LogProbabilities, Prepared, unscored
from dataexplore.judge.replies import SCORED, Reply
from dataexplore.tune.template import Template

NO_ANSWER, NO_PROMPT = "no answer", "no prompt"
ONE_TOKEN = "answer of one token"  # noqa: S105 # a reason
BEYOND, NOT_FINITE = "answer beyond the window", "not finite"
UNCLEAR = "the template hides where the answer begins"
WINDOW = 2048
"""Tokens of a conversation that are read where the model could read more."""


class Difficulty:
    """IFD, PPL(A) and PPL(A|Q) of the last answer A given all that stands before it, Q.

    IFD is the ratio of perplexities PPL(A|Q) / PPL(A) of Superfiltering (Li et al. 2024), which is
    exp(s(A|Q) - s(A)); Cherry LLM (Li et al. 2023) divides the losses themselves, s(A|Q) / s(A), and that is
    the quotient of the two perplexities' logarithms. Above 1 the prompt makes the answer less likely: both
    papers leave such rows out, and keep the highest of the others.

    Q is laid out by the model's chat template, else with the plain headers of a tune job; A alone stands
    behind nothing but the token, if any, that the tokenizer begins texts with. s is the mean loss over the
    same tokens in both: all of A that the window holds behind Q, but for its first, which alone has nothing
    before it, and the end token, which nobody wrote. In a conversation A is the last assistant turn.
    """

    values = 3

    def __init__(self, tokenizer: Any, window: int) -> None:
        self.template = Template(tokenizer)
        self._window = window
        bos = tokenizer.bos_token_id
        begins = bos is not None and list(tokenizer("a")["input_ids"])[:1] == [bos]
        self._beginning = [int(bos)] if begins else []

    def prepare(self, asked: Asked) -> Prepared | Reply:
        """Return the answer behind its prompt and the answer alone."""
        said = asked.said
        while said and said[-1][0] != "assistant":
            said = said[:-1]
        if not said or not said[-1][1].strip():
            return unscored(asked.hash, NO_ANSWER)
        if not any(text.strip() for _, text in said[:-1]):
            return unscored(asked.hash, NO_PROMPT)
        messages, refused = messages_of(said, self.template)
        if refused:
            return unscored(asked.hash, refused)
        span = last_answer(self.template, messages)
        if span is None:
            return unscored(asked.hash, UNCLEAR)
        stop = min(span.stop, self._window)
        answer = span.ids[span.start : stop]
        if len(answer) < 2:
            return unscored(asked.hash, BEYOND if span.stop > stop else ONE_TOKEN)
        alone = self._beginning + answer
        given = _after_first(span.ids[:stop], len(answer))
        return Prepared(asked.hash, (given, _after_first(alone, len(answer))))

    def read(self, prepared: Prepared, found: LogProbabilities) -> Reply:
        """Return IFD, PPL(A) and PPL(A|Q)."""
        given, alone = (-float(logs.mean()) for logs in found)
        try:
            scores = (math.exp(given - alone), math.exp(alone), math.exp(given))
        except OverflowError:
            scores = (math.inf,) * 3
        if not all(map(math.isfinite, scores)):
            return unscored(prepared.hash, NOT_FINITE)
        return Reply(prepared.hash, SCORED, scores, requests=0)


def _after_first(ids: list[int], answer: int) -> Wanted:
    """Want the probabilities of the answer that a sequence ends with, but for its first token's."""
    places = np.arange(len(ids) - answer, len(ids) - 1)
    return Wanted(ids, places, np.array(ids[len(ids) - answer + 1 :], np.int64))
