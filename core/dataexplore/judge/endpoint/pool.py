"""Asks about many texts at once, and goes on until each has its outcome."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from dataexplore.errors import JudgeError
from dataexplore.judge.asked import Asked
from dataexplore.judge.endpoint import failure
from dataexplore.judge.endpoint.answer import Answer
from dataexplore.judge.endpoint.budget import Budget
from dataexplore.judge.endpoint.client import Client
from dataexplore.judge.endpoint.failure import Failure, NotSentError
from dataexplore.judge.endpoint.feed import Feed
from dataexplore.judge.endpoint.gate import Gate
from dataexplore.judge.endpoint.retry import TRIES, Run, pause
from dataexplore.judge.endpoint.saving import Saver
from dataexplore.judge.replies import ERROR, Reply

_SPARE = 3
"""Texts that wait for their next try or are prepared, for each request that may be under way."""
_TEMPLATE = 64
"""Tokens that a server may put around a request's own bytes; no tokenizer makes more tokens than bytes."""
_ENOUGH = max(TRIES.values())
_TOLD = 4
"""Times as many tries where the server says when to come back: it works, and has a queue."""
_LENGTHS = frozenset({"max_tokens", "max_completion_tokens"})

Prompt = Callable[[Asked], list[dict[str, str]]]
Read = Callable[[Asked, Answer], Reply]


@dataclass
class _Text:
    asked: Asked
    began: float = 0.0
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    failures: Counter[str] = field(default_factory=Counter)


@dataclass
class Tally:
    """What became of the texts so far."""

    states: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """How many have an outcome."""
        return self.states.total()


@dataclass
class Pool:
    """A fixed number of tasks that take texts from the feed; memory does not grow with the texts."""

    job: str
    client: Client
    gate: Gate
    budget: Budget
    feed: Feed
    saver: Saver
    prompt: Prompt
    read: Read
    warn: Callable[[str], None]
    """Gets what a person should know, once."""
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._run = Run(ever=self.feed.replied)
        self._without: frozenset[str] = frozenset()
        self._pointless = ""
        """Why no request has a point any more."""

    async def work(self) -> None:
        """Ask about every text of the feed.

        Raises LimitReachedError when the budget ends, JudgeError when no request has a point any more.
        """
        tasks = [asyncio.create_task(self._take()) for _ in range(self.gate.ceiling * (1 + _SPARE))]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self) -> None:
        while (asked := await self.feed.next()) is not None:
            reply = await self._outcome(_Text(asked))
            await self.saver.add(reply)
            self.tally.states[reply.state] += 1
            if reply.state == ERROR:
                self.tally.errors[reply.reason] += 1

    async def _outcome(self, text: _Text) -> Reply:
        messages = self.prompt(text.asked)
        without = self._without
        while True:
            came, without = await self._send(text, messages, without | self._without)
            if isinstance(came, Answer):
                self._take_over(without)
                return self._finished(text, self.read(text.asked, came))
            if came.unwanted:
                without |= {came.unwanted}
                if without >= _LENGTHS and self.budget.limited:
                    raise JudgeError(
                        f"{self.client.address}: the server limits no answer's length, so tokens and cost "
                        "cannot be limited; judge without --max-tokens and --max-cost, or elsewhere"
                    )
                continue
            if not came.reached or self._run.down:  # it is not the text's fault
                self.gate.down()
                continue
            text.failures[came.name] += 1
            tries = text.failures[came.name], text.failures.total()
            patience = _TOLD if came.wait else 1
            if tries[0] >= patience * TRIES.get(came.name, 1) or tries[1] >= patience * _ENOUGH:
                failed = Reply(text.asked.hash, ERROR, reason=came.name, text=came.sentence)
                return self._finished(text, failed)
            if not came.wait:
                await asyncio.sleep(pause(text.failures.total()))

    async def _send(
        self, text: _Text, messages: list[dict[str, str]], without: frozenset[str]
    ) -> tuple[Answer | Failure, frozenset[str]]:
        """Send one request; return also the fields that it was made without."""
        while True:
            async with self.gate.passage():
                if self._pointless:
                    raise JudgeError(self._pointless)
                without |= self._without
                body = self.client.body(messages, without)
                held = await self.budget.hold(len(body) + _TEMPLATE, self.client.fields.longest)
                sent = time.monotonic()
                text.began = text.began or sent
                try:
                    came = await self.client.ask(body, without)
                except NotSentError:
                    self.budget.unsent(held)
                    continue
                self.budget.settle(held, came)
                text.requests += 1
                self._learn(came, sent)
                if isinstance(came, Answer):
                    text.prompt_tokens += came.prompt_tokens or 0
                    text.completion_tokens += came.completion_tokens or 0
                return came, without

    def _learn(self, came: Answer | Failure, sent: float) -> None:
        if isinstance(came, Answer):
            self._run.answered()
            self.gate.answered(time.monotonic() - sent)
            return
        if came.wait:
            self.gate.window.close(came.wait)
        if came.name in (failure.RATE_LIMITED, failure.TIME_OUT, failure.SERVER_ERROR):
            self.gate.overloaded(sent, sure=came.name != failure.SERVER_ERROR)
        if not came.unwanted and self._run.failed(came):
            length = self._run.length
            times = f"{length:,} requests in a row failed, the last one: " if length > 1 else ""
            what = f"{came.name} ({came.sentence})"
            self._pointless = f"{self.client.address}: {times}{what}; resume when that is mended"
            raise JudgeError(self._pointless)

    def _take_over(self, without: frozenset[str]) -> None:
        """Leave out from now on what was left out of a request that was answered."""
        new = without - self._without
        if not new:
            return
        self._without = without
        for name in sorted(new):
            self.warn(f"the server takes no {name}: requests go without it")

    def _finished(self, text: _Text, reply: Reply) -> Reply:
        return reply._replace(
            job=self.job,
            address=self.client.address,
            prompt_tokens=text.prompt_tokens,
            completion_tokens=text.completion_tokens,
            requests=text.requests,
            seconds=time.monotonic() - text.began,
        )
