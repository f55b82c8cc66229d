"""Pairs of answers as questions to a judge, each in both orders, and its replies as reviews."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dataexplore.compare import question
from dataexplore.compare.prompt import Prompt
from dataexplore.compare.reading import FIRST, SECOND
from dataexplore.compare.review import Review
from dataexplore.errors import JudgeError
from dataexplore.judge.asked import Asked, hash_of
from dataexplore.judge.judge import Judge, signal_name
from dataexplore.judge.kinds import Asking
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Hash, Reply

KIND = "pairwise"


@dataclass(frozen=True)
class Pair:
    """What two models said to one prompt."""

    prompt: Prompt
    first: str
    """The first model's answer."""
    second: str

    @property
    def same(self) -> bool:
        """Whether both said the same: a tie that nobody has to be asked about."""
        return self.first == self.second

    @property
    def asked(self) -> tuple[Asked, Asked]:
        """The questions: with the first model's answer shown first, and with the second's."""
        return _asked(self.prompt, self.first, self.second), _asked(self.prompt, self.second, self.first)


@dataclass(frozen=True)
class Reviewed:
    """What became of the pairs; each of them is in one of these."""

    reviews: list[tuple[Pair, Review]]
    """Pairs with both replies, whether they could be read or not, and pairs of the same answers."""
    same: int
    """Of the reviews: ties without asking, as both answers are the same."""
    errors: dict[str, int]
    """Pairs of which a question ended in an error, by its name."""
    left: int
    """Pairs of which a question was not asked yet."""


def pairwise_judge(model: str, asking: Asking) -> Judge:
    """Return the judge that an endpoint's model is when it compares answers."""
    if not model.strip():
        raise JudgeError("no model is named: --model takes the name that the endpoint knows it by")
    settings = {"prompt": question.VERSION, **vars(asking)}
    return Judge(KIND, model, (signal_name(KIND, model),), question.label(), settings)


def questions(pairs: Sequence[Pair]) -> list[Asked]:
    """Return what a judge has to be asked, each question once."""
    found = {one.hash: one for pair in pairs if not pair.same for one in pair.asked}
    return list(found.values())


def reviewed(pairs: Sequence[Pair], replies: Mapping[Hash, Reply]) -> Reviewed:
    """Return what a judge said of the pairs."""
    reviews: list[tuple[Pair, Review]] = []
    errors: Counter[str] = Counter()
    same = left = 0
    for pair in pairs:
        lengths = len(pair.first), len(pair.second)
        if pair.same:
            same += 1
            reviews.append((pair, Review(pair.prompt.set, (0.0, 0.0), (0.0, 0.0), lengths)))
            continue
        found = [replies.get(one.hash) for one in pair.asked]
        failed = next((one.reason for one in found if one is not None and one.state == ERROR), None)
        if failed is not None:
            errors[failed] += 1
        elif any(one is None or one.state not in (SCORED, UNPARSED) for one in found):
            left += 1
        else:
            straight, swapped = map(_scores, found)
            review = Review(pair.prompt.set, straight, swapped and (swapped[1], swapped[0]), lengths)
            reviews.append((pair, review))
    return Reviewed(reviews, same, dict(errors.most_common()), left)


def _asked(prompt: Prompt, first: str, second: str) -> Asked:
    said = (*prompt.said, (FIRST, first), (SECOND, second))
    return Asked(hash_of(said), said)


def _scores(reply: Reply | None) -> tuple[float, float] | None:
    """Return a pair in the order in which the answers were shown."""
    if reply is None or reply.state != SCORED or len(reply.scores) != 2:
        return None
    return reply.scores[0], reply.scores[1]


def parameters(model: str) -> float | None:
    """Return how many parameters a name says that a model has (SmolLM2-135M), None where it says none."""
    found = re.findall(r"(?<![\w.])(\d+(?:\.\d+)?)([MB])(?![A-Za-z0-9])", model, re.IGNORECASE)
    return max((float(number) * (1e9 if unit in "bB" else 1e6) for number, unit in found), default=None)
