"""What a server's reply says, whether it came over a line or in a batch file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dataexplore.judge.endpoint import failure
from dataexplore.judge.endpoint.failure import Failure

_LONGEST_TEXT = 100_000
_MOST_TOKENS = 1 << 40


@dataclass(frozen=True)
class Answer:
    """What a model said."""

    text: str
    model: str
    """As the server names it."""
    prompt_tokens: int | None
    """None when the server does not count."""
    completion_tokens: int | None
    finish: str = ""
    tokens: list[dict[str, Any]] = field(default_factory=list)
    """The answer's tokens with their likeliest alternatives, where they were asked for and given."""


def answer_in(found: dict[str, Any], hide: Callable[[str], str]) -> Answer | Failure:
    """Return the answer in a chat completion, without the key should it stand in there."""
    choice = next(iter(found.get("choices") or []), None)
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return Failure(failure.EMPTY, "the answer has no choices", answered=False)
    finish = str(choice.get("finish_reason") or "")
    if finish == "content_filter":
        return Failure(failure.FILTERED, "the server filtered its answer", answered=False)
    text = _text(message.get("content")) or _text(message.get("refusal"))
    if not text and finish != "length":
        return Failure(failure.EMPTY, "the answer has no text", answered=False)
    usage: dict[str, Any] = found["usage"] if isinstance(found.get("usage"), dict) else {}
    return Answer(
        hide(text[:_LONGEST_TEXT]),
        hide(str(found.get("model") or "")[:200]),
        _amount(usage.get("prompt_tokens")),
        _amount(usage.get("completion_tokens")),
        finish,
        _tokens(choice.get("logprobs")),
    )


def _text(content: object) -> str:
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _amount(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < _MOST_TOKENS else None


def _tokens(logprobs: object) -> list[dict[str, Any]]:
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    return [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
