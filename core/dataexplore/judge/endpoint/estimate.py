"""What judging will take, told before anything is sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from dataexplore.judge.asked import Said
from dataexplore.judge.endpoint.prices import Price
from dataexplore.judge.prompt import messages
from dataexplore.judge.rubric import Rubric

_BYTES_PER_TOKEN = 4
_PER_MESSAGE = 4  # tokens that a chat template puts around a message
_USUAL_ANSWER = 50  # tokens: an object with a score and 25 words


@dataclass(frozen=True)
class Estimate:
    """A dry run: tokens are a quarter of the bytes, far off for scripts other than Latin."""

    texts: int
    requests: int
    """Without what has to be asked again."""
    prompt_tokens: int
    completion_tokens: int
    """Of usual answers."""
    most_tokens: int
    """Prompts and answers of the greatest length."""
    cost: float | None
    """None without a price."""
    most_cost: float | None
    currency: str


def estimate(
    rubric: Rubric, texts: Iterable[Said], longest: int, price: Price | None = None, *, batch: bool = False
) -> Estimate:
    """Estimate what asking about some texts takes; `longest` is the most tokens of an answer."""
    bare = _bytes(messages(rubric, (), bytes(32), bytes(16)))
    turn = _bytes(messages(rubric, (("user", ""),), bytes(32), bytes(16))) - bare
    count = size = 0
    for said in texts:
        count += 1
        size += bare + sum(turn + len(text.encode("utf-8", "replace")) for _, text in said)
    prompts = size // _BYTES_PER_TOKEN + 2 * _PER_MESSAGE * count
    answers, most = count * min(longest, _USUAL_ANSWER), count * longest
    return Estimate(
        count,
        count,
        prompts,
        answers,
        prompts + most,
        price.of(prompts, answers, batch=batch) if price else None,
        price.of(prompts, most, batch=batch) if price else None,
        price.currency if price else "",
    )


def _bytes(asked: list[dict[str, str]]) -> int:
    return sum(len(one["content"].encode("utf-8", "replace")) for one in asked)
