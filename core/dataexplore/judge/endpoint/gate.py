"""How many requests are under way at once: fewer under overload, none while the server asks to wait."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from dataexplore.judge.endpoint.retry import pause

_LONGEST = 24 * 3600.0
"""Seconds; who asks for more is asked again after a day."""
_GROWTH = 4
"""Requests more at once after each round of answers."""
_SMOOTH, _MANY = 0.1, 0.3
"""The weight of the newest request in the share of errors, and the share from which errors mean overload."""
_WIDEST = 0.05
"""Seconds between two sendings at most."""


class Window:
    """The time in which nobody sends, because the server said so."""

    def __init__(self, until: float = 0.0, keep: Callable[[float], None] | None = None) -> None:
        self._until = 0.0
        self._keep = keep
        left = until - time.time()
        if left > 0:
            self._until = time.monotonic() + min(left, _LONGEST)

    def left(self) -> float:
        """Return the seconds until it is over, 0 when there is none."""
        return max(0.0, self._until - time.monotonic())

    def close(self, seconds: float) -> None:
        """Let nobody send for so long from now on; a longer window stays."""
        until = time.monotonic() + min(seconds, _LONGEST)
        if until > self._until:
            self._until = until
            if self._keep is not None:
                self._keep(time.time() + min(seconds, _LONGEST))


class Gate:
    """Lets requests pass: one until the first answer, then as many as the limit says."""

    def __init__(self, ceiling: int, window: Window) -> None:
        self.ceiling = ceiling
        self.window = window
        self.under_way = 0
        self.is_down = False
        """Whether nobody answered lately, so that a single request at a time is tried."""
        self._limit = 1.0
        self._opened = False
        self._wide = float(ceiling)
        self._failing = 0.0
        self._halved = 0.0
        self._tries = 0
        self._latency = 0.0
        self._next = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return int(self._limit)

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[None]:
        """Wait until a request may be sent; it is under way until the end of the block."""
        await self._enter()
        try:
            await self._spread()
            yield
        finally:
            self.under_way -= 1
            self._wake()

    def answered(self, seconds: float) -> None:
        """An answer came after so many seconds: let a little more pass."""
        self._latency += (_SMOOTH if self._latency else 1.0) * (seconds - self._latency)
        self._failing -= _SMOOTH * self._failing
        self._tries = 0
        if self._opened:
            self._limit = min(self.ceiling, self._limit + _GROWTH / self._limit)
        else:
            self._limit, self._opened, self.is_down = self._wide, True, False
        self._wake()

    def overloaded(self, sent: float, *, sure: bool) -> None:
        """The server could not keep up with a request sent at this monotonic time: let half as much pass.

        What was sent before the last halving says nothing about the limit of now. An error that can have
        other causes counts when there are many of them (`sure` is false).
        """
        self._failing += _SMOOTH * (1 - self._failing)
        if sent >= self._halved and (sure or self._failing > _MANY):
            self._limit = max(1.0, self._limit / 2)
            self._halved = time.monotonic()

    def down(self) -> None:
        """Nobody answers: try a single request after a pause, and when it is answered as many as before.

        The pause grows with each try; what was under way together counts once.
        """
        self.is_down = True
        if self._opened:
            self._wide, self._limit, self._opened = self._limit, 1.0, False
        if not self.window.left():
            self._tries += 1
            self.window.close(pause(self._tries))

    async def _enter(self) -> None:
        while True:
            if wait := self.window.left():
                await asyncio.sleep(wait)
            elif self.under_way < self.limit:
                self.under_way += 1
                return
            else:
                place = asyncio.get_running_loop().create_future()
                self._waiting.append(place)
                await place

    async def _spread(self) -> None:
        """Keep requests apart that were answered together.

        A server of constant latency answers together what was sent together, round after round, and each
        round would wait for all its answers to be worked through.
        """
        apart = min(_WIDEST, self._latency / (2 * self.limit))
        now = time.monotonic()
        self._next = max(now, self._next + apart)
        if self._next > now:
            await asyncio.sleep(self._next - now)

    def _wake(self) -> None:
        for _ in range(min(len(self._waiting), max(0, self.limit - self.under_way))):
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
