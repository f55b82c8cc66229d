"""What a judge job says about itself: its status, a line of figures each second, and its result."""

import asyncio
import time
from collections import deque
from functools import partial
from typing import Any

from dataexplore.jobs.context import JobContext
from dataexplore.judge.endpoint.pool import Pool
from dataexplore.judge.endpoint.threads import in_thread
from dataexplore.judge.judge import Judge
from dataexplore.judge.replies import SCORED, UNPARSED

_EVERY = 1.0  # seconds
_LOOKED_AT = 60
"""Seconds that the pace is taken from: limits and servers change it."""


class Teller:
    """Reports until cancelled."""

    def __init__(self, context: JobContext, judge: Judge, pool: Pool, total: int) -> None:
        self._context = context
        self._judge = judge
        self._pool = pool
        self._total = total
        self._began = time.monotonic()
        self._paces = deque([(self._began, 0)], maxlen=_LOOKED_AT)

    @property
    def done(self) -> int:
        """Texts with an outcome, those from before included."""
        return self._pool.tally.done + sum(self._pool.feed.known.values())

    async def run(self) -> None:
        """Report about once a second."""
        while True:
            await self.tell()
            await asyncio.sleep(_EVERY)

    async def tell(self, stopped_by: str = "") -> None:
        """Report now."""
        phase, silent = "judging", self._pool.gate.window.left()
        if silent > 1.5:
            until = time.strftime("%H:%M:%S", time.localtime(time.time() + silent))
            down = self._pool.gate.is_down
            phase = f"nobody answers, next try at {until}" if down else f"waiting until {until}, as asked"
        now, asked = time.monotonic(), self._pool.tally.done
        self._paces.append((now, asked))
        then, before = self._paces[0]
        pace = (asked - before) / (now - then) if now > then else 0.0
        left = self._total - self.done
        figures = {
            "step": self.done,
            **self.result(stopped_by),
            "per_second": round(pace, 2),
            "eta": round(left / pace, 1) if pace else None,
            "concurrency": self._pool.gate.limit,
            "under_way": self._pool.gate.under_way,
        }
        await in_thread(partial(self._write, phase, figures))

    def _write(self, phase: str, figures: dict[str, Any]) -> None:
        self._context.status(phase, figures["done"], self._total)
        self._context.metric(**figures)

    def result(self, stopped_by: str = "") -> dict[str, Any]:
        """Return what the job found."""
        tally, known, spent = self._pool.tally, self._pool.feed.known, self._pool.budget.spent
        cost, price = self._pool.budget.cost, self._pool.budget.price
        return {
            "signal": self._judge.name,
            "rows": self._total,
            "done": self.done,
            "scored": tally.states[SCORED] + known[SCORED],
            "unparsed": tally.states[UNPARSED] + known[UNPARSED],
            "errors": dict(tally.errors.most_common()),
            "requests": spent.requests,
            "prompt_tokens": spent.prompt_tokens,
            "completion_tokens": spent.completion_tokens,
            "cost": None if cost is None else round(cost, 6),
            "currency": price.currency if price else "",
            "seconds": round(time.monotonic() - self._began, 1),
            "stopped_by": stopped_by,
        }
