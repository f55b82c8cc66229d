"""What the chaos server answers: every good reply and every fault has a name here."""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """What an answer depends on."""

    body: Mapping[str, Any]
    score: float
    """What the text deserves."""
    authorization: str
    retry_after: str


class Answer(NamedTuple):
    """What goes over the wire."""

    status: int
    body: bytes
    headers: tuple[str, ...] = ("Content-Type: application/json",)
    torn: bool = False
    """Whether the connection is reset in the middle of the body."""


def answer(outcome: str, asked: Asked) -> Answer | None:
    """Return the answer that has this name; None where none ever comes."""
    return ANSWERS[outcome](asked)


def _likely(content: str) -> list[dict[str, Any]]:
    """Return the tokens of a reply, each digit one: three times as likely as the digit next to it."""
    tokens = []
    for token in re.findall(r"\d|\D+", content):
        shares = (
            {token: 0.75, str(int(token) + (1 if token < "5" else -1)): 0.25}
            if token.isdigit()
            else {token: 1.0}
        )
        top = [{"token": one, "logprob": math.log(share), "bytes": None} for one, share in shares.items()]
        tokens.append({**top[0], "top_logprobs": top})
    return tokens


def _completion(asked: Asked, content: str | None) -> bytes:
    prompt = sum(len(message["content"]) for message in asked.body["messages"]) // 4
    reply = len(content or "") // 4 + 1
    choice: dict[str, Any] = {"index": 0, "message": {"role": "assistant", "content": content}}
    if asked.body.get("logprobs"):
        choice["logprobs"] = {"content": _likely(content or "")}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": asked.body.get("model", ""),
            "choices": [{**choice, "finish_reason": "stop"}],
            "usage": {
                "prompt_tokens": prompt,
                "completion_tokens": reply,
                "total_tokens": prompt + reply,
            },
        }
    ).encode()


def _structured(asked: Asked) -> str | None:
    """Return the object that the request's schema asks for: its numbers are the score, its strings a word."""
    wanted = asked.body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        fields = wanted["json_schema"]["schema"]["properties"]
        return json.dumps(
            {
                name: "because" if kind.get("type") == "string" else asked.score
                for name, kind in fields.items()
            }
        )
    return json.dumps({"score": asked.score}) if wanted.get("type") == "json_object" else None


def _good(asked: Asked) -> Answer:
    return Answer(200, _completion(asked, _structured(asked) or f"Score: {asked.score:g}"))


def _says(text: str) -> Callable[[Asked], Answer]:
    return lambda asked: Answer(
        200, _completion(asked, text.format(score=asked.score, authorization=asked.authorization))
    )


def _fails(status: int, message: str) -> Callable[[Asked], Answer]:
    def failed(asked: Asked) -> Answer:
        error = {"message": message.format(authorization=asked.authorization), "type": "error", "code": None}
        headers: tuple[str, ...] = ("Content-Type: application/json",)
        if asked.retry_after:
            headers += (f"Retry-After: {asked.retry_after}",)
        return Answer(status, json.dumps({"error": error}).encode(), headers)

    return failed


def _without_choices(asked: Asked) -> Answer:
    return Answer(200, json.dumps({**json.loads(_completion(asked, "")), "choices": []}).encode())


ANSWERS: dict[str, Callable[[Asked], Answer | None]] = {
    # good ones, however they are worded
    "good": _good,
    "line": _says("Score: {score:g}"),
    "prose": _says("I'd give it {score:g}/5"),
    "echo_reply": _says("Score: {score:g}\nYou sent {authorization}"),
    # replies that no score can be read from
    "too_high": _says("Score: 11"),
    "too_low": _says("Score: -3"),
    "no_score": _says("I would rather not say."),
    "null_content": lambda asked: Answer(200, _completion(asked, None)),
    "no_choices": _without_choices,
    # refusals and failures
    "rate_limited": _fails(429, "too many requests"),
    "rate_limited_date": _fails(429, "too many requests"),
    "busy": _fails(429, "too many requests"),
    "failed": _fails(500, "something went wrong"),
    "unavailable": _fails(503, "overloaded"),
    "refused": _fails(400, "this prompt is not acceptable"),
    "no_schema": _fails(400, "response_format is not supported by this server"),
    "echo": _fails(500, "failed for {authorization}"),
    "echo_denied": _fails(401, "no such key: {authorization}"),
    "echo_refused": _fails(400, "not acceptable from {authorization}"),
    # what is no HTTP answer, or no JSON
    "silent": lambda asked: None,
    "torn": lambda asked: _good(asked)._replace(torn=True),
    "cut": lambda asked: Answer(200, _good(asked).body[:-40]),
    "garbage": lambda asked: Answer(
        200, b"\x00\xff<html>\x1b[31m502 Bad Gateway", ("Content-Type: text/html",)
    ),
}
"""Everything the server can answer, by name."""
