"""Stores replies as they arrive: all that wait go to disk together, and nobody waits for the disk."""

import asyncio
from functools import partial

from dataexplore.judge.endpoint.threads import in_thread
from dataexplore.judge.replies import Replies, Reply

_MOST_WAITING = 2000
"""Replies; a disk that is slower than the endpoint slows the pool down instead of filling the memory."""

_GATHER = 0.02
"""Seconds between two commits: a reply alone costs 0.4 ms of a processor, one of 16 together 0.03 ms."""


class Saver:
    """A queue in front of the database; its `run` is a task of its own."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._waiting: list[Reply] = []
        self._came = asyncio.Event()
        self._went = asyncio.Event()

    async def add(self, reply: Reply) -> None:
        """Hand over a reply, to be stored within moments."""
        self._waiting.append(reply)
        self._came.set()
        while len(self._waiting) > _MOST_WAITING:
            self._went.clear()
            await self._went.wait()

    async def run(self) -> None:
        """Store what comes until cancelled; raise JudgeError when the disk refuses it."""
        while True:
            await self._came.wait()
            self._came.clear()
            some, self._waiting = self._waiting, []
            await in_thread(partial(self._replies.put, some))
            self._went.set()
            await asyncio.sleep(_GATHER)

    def flush(self) -> None:
        """Store what still waits."""
        some, self._waiting = self._waiting, []
        if some:
            self._replies.put(some)
