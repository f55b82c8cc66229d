"""What a request asks for besides its messages, and which of it a server has turned down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dataexplore.judge.endpoint.questions import Question
from dataexplore.judge.judge import Judge

_LIKELIEST = 20
"""The most that hosted endpoints give; some take five."""
_FEW = 5
_ANSWER = 120
_SCHEMA = "response_format"
_WORDS = {
    _SCHEMA: r"response_format|json_schema|json_object|structured|guided",
    "top_logprobs": r"top_logprobs",
    "logprobs": r"(?:top_)?log_?prob\w*",
    "seed": r"seed",
    "temperature": r"temperature",
    "max_tokens": r"max_tokens",
    "max_completion_tokens": r"max_completion_tokens",
}


@dataclass(frozen=True)
class Fields:
    """What every request of a judge says; `without` are the fields that its server does not take."""

    model: str
    longest: int
    """Tokens of an answer at most."""
    temperature: float | None = 0.0
    seed: int | None = None
    schema: Mapping[str, Any] | None = None
    """The JSON schema that answers are asked to keep to."""
    likeliest: bool = False
    """Whether the likeliest tokens are asked for, with their probabilities."""

    def request(self, messages: list[dict[str, str]], without: frozenset[str]) -> dict[str, Any]:
        """Return one request's body."""
        body: dict[str, Any] = {"model": self.model, "messages": messages}
        if self.temperature is not None:
            body["temperature"] = self.temperature
        if self.seed is not None:
            body["seed"] = self.seed
        if self.schema is not None:
            made = {"name": "score", "strict": True, "schema": dict(self.schema)}
            body[_SCHEMA] = {"type": "json_schema", "json_schema": made}
        if self.likeliest and "logprobs" not in without:
            body["logprobs"] = True
            body["top_logprobs"] = _FEW if "top_logprobs" in without else _LIKELIEST
        for name in without & {"temperature", "seed", _SCHEMA}:
            body.pop(name, None)
        for name in ("max_tokens", "max_completion_tokens"):
            if name not in without:
                body[name] = self.longest
                break
        return body


def unwanted(said: str, field: str, sent: Mapping[str, Any], without: frozenset[str]) -> str:
    """Return the field that a refusal is about, "" when it is about none that could be left out.

    `field` is what the server names as wrong, `said` its sentence; who names a field wins over who talks
    about one. Of likeliest tokens fewer are asked for before none are.
    """
    for text in (field, said[:400]):
        for name, words in _WORDS.items():
            if name in sent and name not in without and re.search(rf"\b(?:{words})\b", text):
                return "top_logprobs" if name == "logprobs" and "top_logprobs" not in without else name
    return ""


def fields_of(judge: Judge, question: Question) -> Fields:
    """Return what each request of a judge says besides its messages."""
    how: Mapping[str, Any] = judge.settings
    return Fields(
        judge.model,
        int(how.get("answer") or _ANSWER),
        how.get("temperature"),
        how.get("seed"),
        question.schema if how.get("structured", True) else None,
        bool(how.get("expected")),
    )
