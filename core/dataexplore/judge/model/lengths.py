"""Exact lengths of rows in a model's tokens, as a tune job would see them."""

from functools import cache
from typing import Any

from dataexplore.judge.asked import Asked
from dataexplore.judge.model.conversation import messages_of
from dataexplore.judge.model.measure import LogProbabilities, Prepared, unscored
from dataexplore.judge.replies import SCORED, Reply
from dataexplore.tune.template import IGNORED, Template


class Lengths:
    """Tokens of the prompt, of the response and of the whole, laid out by the model's chat template.

    The response is the text of all answers; the whole is more than both by the answers' end tokens, and the
    prompt holds everything else, the template's own words included. Without a chat template the plain
    headers of a tune job are counted.
    """

    values = 3

    def __init__(self, tokenizer: Any) -> None:
        self.template = Template(tokenizer)
        self._ends = cache(self._count_ends)

    def prepare(self, asked: Asked) -> Prepared | Reply:
        """Return the lengths at once: no model is needed."""
        messages, refused = messages_of(asked.said, self.template)
        if refused:
            return unscored(asked.hash, refused)
        ids, labels = self.template.render(messages)
        learned = _learned(labels)
        response = learned - self._ends(tuple(message["role"] for message in messages))
        lengths = (float(len(ids) - learned), float(response), float(len(ids)))
        return Reply(asked.hash, SCORED, lengths, requests=0)

    def read(self, prepared: Prepared, found: LogProbabilities) -> Reply:
        """Never called, as every row has its reply already."""
        raise NotImplementedError

    def _count_ends(self, roles: tuple[str, ...]) -> int:
        """Return how many tokens end the answers of a conversation of these roles."""
        _, labels = self.template.render([{"role": role, "content": ""} for role in roles])
        return _learned(labels)


def _learned(labels: list[int]) -> int:
    return sum(label != IGNORED for label in labels)
