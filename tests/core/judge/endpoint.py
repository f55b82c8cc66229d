"""A small endpoint on loopback that answers as a test tells it to, and a client for it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dataexplore.judge.endpoint.client import Client
from dataexplore.judge.endpoint.fields import Fields
from dataexplore.judge.endpoint.gate import Window
from dataexplore.judge.endpoint.key import Hider
from loopback import Answers, serve


class Said(NamedTuple):
    """What the endpoint answers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class Heard(NamedTuple):
    """What the endpoint was sent."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Endpoint:
    """Where it is and what it heard."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)


def completion(content: object, finish: str = "stop", **more: Any) -> Said:
    """Return a usual answer."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish}
    usage = {"prompt_tokens": 30, "completion_tokens": 5}
    return Said(200, json.dumps({"model": "m-1", "choices": [choice | more], "usage": usage}).encode())


def refusal(status: int, message: str, **headers: str) -> Said:
    """Return an error as hosted endpoints put it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Said(status, json.dumps({"error": {"message": message, "param": None}}).encode(), named)


@contextmanager
def endpoint(says: Callable[[Heard], Said]) -> Iterator[Endpoint]:
    """Answer each request with what `says` returns for it."""
    here = Endpoint()

    class Bound(Answers):
        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            one = Heard(self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(sent or b"{}"))
            here.heard.append(one)
            said = says(one)
            self.send(said.status, said.headers, said.body)

    address, stop = serve(Bound)
    here.url = f"{address}/v1"
    try:
        yield here
    finally:
        stop()


def client(
    url: str, key: str = "", timeout: float = 20.0, window: Window | None = None, **fields: Any
) -> Client:
    """Return a client of an endpoint that asks for a model `m`, 50 tokens at most."""
    return Client(url, key, Fields("m", 50, **fields), Hider([key]), window or Window(), 4, timeout)
