"""Limits on what a job may send and spend: reserved before a request, settled after it, never exceeded."""

import asyncio
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dataexplore.errors import JudgeError
from dataexplore.jobs.files import FILE_MODE
from dataexplore.judge.endpoint.answer import Answer
from dataexplore.judge.endpoint.failure import Failure, LimitReachedError
from dataexplore.judge.endpoint.prices import Price

FILE = "spent"
_ROUND = 1e-9
_FIELDS = struct.Struct("<5qd")


@dataclass(frozen=True)
class Limits:
    """What must not be exceeded; None is no limit."""

    requests: int | None = None
    tokens: int | None = None
    """Of prompts and answers together."""
    cost: float | None = None
    """In the currency of the prices."""

    def __post_init__(self) -> None:
        for name in ("requests", "tokens", "cost"):
            limit = getattr(self, name)
            if limit is not None and not 0 <= limit < float("inf"):
                raise JudgeError(f"--max-{name} {limit} is no limit; take 0 or more")


class Held(NamedTuple):
    """The most that one request can use."""

    prompt: int
    completion: int


@dataclass
class Spent:
    """What a job used so far."""

    requests: int = 0
    prompt_tokens: int = 0
    """As the server counted them."""
    completion_tokens: int = 0
    prompt_bound: int = 0
    """The most it can be: with what is under way, or was and nobody knows."""
    completion_bound: int = 0
    silent_until: float = 0.0
    """Unix time until which the server asked for silence."""


class Budget:
    """What is spent, kept in a file that outlives a kill, against what may be spent."""

    def __init__(self, limits: Limits, price: Price | None, path: Path) -> None:
        if limits.cost is not None and price is None:
            raise JudgeError("--max-cost needs the model's price, and no prices file has it")
        self._limits = limits
        self.price = price
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        found = os.pread(self._file, _FIELDS.size, 0)
        self.spent = Spent(*_FIELDS.unpack(found)) if len(found) == _FIELDS.size else Spent()
        self._under_way = 0
        self._over = ""
        self._freed = asyncio.Event()

    @property
    def cost(self) -> float | None:
        """The price of what servers counted, None without a price."""
        spent = self.spent
        return self.price.of(spent.prompt_tokens, spent.completion_tokens) if self.price else None

    @property
    def limited(self) -> bool:
        """Whether tokens or money are limited."""
        return self._limits.tokens is not None or self._limits.cost is not None

    async def hold(self, prompt: int, completion: int) -> Held:
        """Reserve a request; wait for others where they might leave enough, else raise LimitReachedError."""
        while reached := self._reached(prompt, completion):
            if self._over or not self._under_way:
                break
            self._freed.clear()
            await self._freed.wait()
        # Whoever would still fit in is sent no more: the job ends now, and its answer would be lost.
        self._over = self._over or reached
        if self._over:
            raise LimitReachedError(self._over)
        self._under_way += 1
        self._add(1, prompt, completion)
        return Held(prompt, completion)

    def unsent(self, held: Held) -> None:
        """Give a reservation back: nothing was sent."""
        self._release(-1, -held.prompt, -held.completion)

    def settle(self, held: Held, came: Answer | Failure) -> None:
        """Put what a request used in the place of what it might have used, as far as anybody knows it."""
        if isinstance(came, Failure):
            keeps = came.reached and not came.answered
            self._release(0, *((0, 0) if keeps else (-held.prompt, -held.completion)))
            return
        prompt, completion = came.prompt_tokens, came.completion_tokens
        self.spent.prompt_tokens += prompt or 0
        self.spent.completion_tokens += completion or 0
        self._release(
            0,
            0 if prompt is None else prompt - held.prompt,
            0 if completion is None else completion - held.completion,
        )

    def silent(self, until: float) -> None:
        """Keep the time until which nobody may send, for the job's next worker."""
        self.spent.silent_until = until
        self._write()

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _reached(self, prompt: int, completion: int) -> str:
        limits, spent = self._limits, self.spent
        prompts, completions = spent.prompt_bound + prompt, spent.completion_bound + completion
        if limits.requests is not None and spent.requests + 1 > limits.requests:
            return f"--max-requests {limits.requests:,} is reached"
        if limits.tokens is not None and prompts + completions > limits.tokens:
            return f"--max-tokens {limits.tokens:,} would be exceeded by one more request"
        if limits.cost is not None and self.price is not None:
            cost = self.price.of(prompts, completions)
            if cost > limits.cost + _ROUND:
                return (
                    f"--max-cost {limits.cost:g} {self.price.currency} would be exceeded by one more request"
                )
        return ""

    def _release(self, requests: int, prompt: int, completion: int) -> None:
        self._under_way -= 1
        self._add(requests, prompt, completion)
        self._freed.set()

    def _add(self, requests: int, prompt: int, completion: int) -> None:
        self.spent.requests += requests
        self.spent.prompt_bound += prompt
        self.spent.completion_bound += completion
        self._write()

    def _write(self) -> None:
        """Hand the figures to the system: a killed worker loses none, a power cut the last seconds."""
        spent = self.spent
        packed = _FIELDS.pack(
            spent.requests,
            spent.prompt_tokens,
            spent.completion_tokens,
            spent.prompt_bound,
            spent.completion_bound,
            spent.silent_until,
        )
        os.pwrite(self._file, packed, 0)
