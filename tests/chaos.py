"""An OpenAI-compatible server on loopback that fails on purpose and remembers all it was asked."""

import asyncio
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import blake2b
from types import TracebackType
from typing import Any, NamedTuple

from chaos_replies import Answer, Asked, answer

_TAG = re.compile(rb"chaos-\d{6}")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_AUTHORIZATION = re.compile(rb"\r\nauthorization: *([^\r]*)", re.IGNORECASE)


def tag(number: int) -> str:
    """Return what to write into a text so that the server knows which one it was asked about."""
    return f"chaos-{number:06}"


def score_of(text: str) -> float:
    """Return the score, 0 to 5 in half steps, that the server gives to the text with this tag."""
    return blake2b(text.encode(), digest_size=4).digest()[0] % 11 / 2


class Window(NamedTuple):
    """A time in which the server asked to be left alone, by the monotonic clock."""

    start: float
    end: float


@dataclass(slots=True)
class Request:
    """One request for a completion, and what became of it."""

    text: str
    """The tag found in it, or a digest of its last message."""
    at: float
    """When it was read, by the monotonic clock."""
    outcome: str
    """The name of what was sent back, as in chaos_replies."""
    key_in_place: bool
    """Whether the authorization was the expected one."""
    key_elsewhere: bool
    """Whether the key was found anywhere else in what was sent."""


@dataclass
class Chaos:
    """The server: draws an outcome for each request from its seed, the text and how often that was asked.

    So the outcomes of a text are the same whatever the order in which requests come.
    """

    faults: Mapping[str, float] = field(default_factory=dict)
    """The probability of each outcome other than `good`, per request."""
    script: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For some texts, the outcomes of the first requests for them."""
    seed: int = 0
    latency: float = 0.0
    """Seconds before each answer."""
    retry_after: float = 1.0
    """Seconds that a rate limit with Retry-After asks for."""
    capacity: int | None = None
    """How many requests are answered at a time; more get a 429 that says nothing else."""
    schema: bool = True
    """Whether response_format is understood; otherwise it is refused with a 400."""
    key: str = "canary"
    """The API key that is expected."""
    requests: list[Request] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    at_once: int = 0
    """How many requests were being answered at the same time, at most."""

    def __enter__(self) -> "Chaos":
        self._times: Counter[str] = Counter()
        self._open = 0
        self._connections: set[_Connection] = set()
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        assert started.wait(10), "the server did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """The base URL for a client."""
        return f"http://127.0.0.1:{self._port}/v1"

    def asked(self) -> Counter[str]:
        """Return how many requests came for each text."""
        return Counter(request.text for request in self.requests)

    def sent(self) -> Counter[str]:
        """Return how often each outcome was sent."""
        return Counter(request.outcome for request in self.requests)

    def inside_windows(self, grace: float) -> list[Request]:
        """Return requests that came while the server had asked for none.

        `grace` seconds pass before a window counts: what was under way when the client read the refusal.
        """
        return [
            request
            for request in self.requests
            if any(window.start + grace < request.at < window.end for window in self.windows)
        ]

    async def _serve(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        server = await self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=1024)
        self._port = server.sockets[0].getsockname()[1]
        started.set()
        await self._ended.wait()
        server.close()
        for connection in list(self._connections):
            connection.close()

    def _received(self, head: bytes, body: bytes) -> tuple[Answer | None, float]:
        """Return the answer to a request, or none for ever, and the seconds until it is sent."""
        if not head.startswith(b"POST /v1/chat/completions "):
            return Answer(404, b'{"error": {"message": "no such address"}}'), 0.0
        now = time.monotonic()
        try:
            asked: dict[str, Any] = json.loads(body)
            last = asked["messages"][-1]["content"].encode()
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return Answer(400, b'{"error": {"message": "not a request for a completion"}}'), 0.0
        found = _TAG.search(last)
        text = found[0].decode() if found else blake2b(last, digest_size=8).hexdigest()
        outcome = self._outcome(text, asked)
        bearer = _AUTHORIZATION.search(head)
        said = bearer[1].decode("latin-1") if bearer else ""
        secret = self.key.encode()
        elsewhere = secret in body or head.count(secret) > (secret in (bearer[1] if bearer else b""))
        self.requests.append(Request(text, now, outcome, said == f"Bearer {self.key}", elsewhere))
        reply = answer(outcome, Asked(asked, score_of(text), said, self._wait(outcome, now)))
        return reply, self.latency if outcome != "busy" else 0.0

    def _outcome(self, text: str, asked: Mapping[str, Any]) -> str:
        times = self._times[text]
        self._times[text] += 1
        if not self.schema and "response_format" in asked:
            return "no_schema"
        if self.capacity is not None and self._open >= self.capacity:
            return "busy"
        if times < len(self.script.get(text, ())):
            return self.script[text][times]
        drawn = blake2b(f"{self.seed}/{text}/{times}".encode(), digest_size=8).digest()
        left = int.from_bytes(drawn, "big") / 2**64
        for outcome, probability in self.faults.items():
            left -= probability
            if left < 0:
                return outcome
        return "good"

    def _wait(self, outcome: str, now: float) -> str:
        """Return what Retry-After says, and note the window that it opens."""
        if outcome == "rate_limited":
            self.windows.append(Window(now + self.latency, now + self.latency + self.retry_after))
            return f"{self.retry_after:g}"
        if outcome == "rate_limited_date":  # whole seconds: the next one after the wait
            until = int(time.time() + self.latency + self.retry_after) + 1
            self.windows.append(Window(now + self.latency, now + until - time.time()))
            return formatdate(until, usegmt=True)
        return ""


class _Connection(asyncio.Protocol):
    """One connection, kept open from request to request."""

    def __init__(self, server: Chaos) -> None:
        self._server = server
        self._read = bytearray()
        self._busy = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server._connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._server._connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._busy:
            self._done()

    def close(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._read += data
        if not self._busy:
            self._next()

    def _next(self) -> None:
        head, separator, rest = self._read.partition(b"\r\n\r\n")
        if not separator:
            return
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if len(rest) < size:
            return
        self._read = rest[size:]
        reply, wait = self._server._received(bytes(head), bytes(rest[:size]))
        self._busy = True
        self._server._open += 1
        self._server.at_once = max(self._server.at_once, self._server._open)
        if reply is None:
            return
        if wait:
            self._timer = self._server._loop.call_later(wait, self._send, reply)
        else:
            self._send(reply)

    def _send(self, reply: Answer) -> None:
        self._timer = None
        head = [f"HTTP/1.1 {reply.status} .", f"Content-Length: {len(reply.body)}", *reply.headers]
        whole = "\r\n".join([*head, "", ""]).encode() + reply.body
        self._done()
        if reply.torn:
            self._transport.write(whole[: -len(reply.body) // 2])
            self._transport.abort()
            return
        self._transport.write(whole)
        if self._read:
            self._next()

    def _done(self) -> None:
        self._busy = False
        self._server._open -= 1
