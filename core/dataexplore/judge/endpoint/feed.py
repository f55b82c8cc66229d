"""The texts of a job that have no reply yet, read as they are needed: a job may have a million."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from dataexplore.judge.asked import Asked, read_asked
from dataexplore.judge.endpoint.threads import in_thread
from dataexplore.judge.replies import SCORED, UNPARSED, Hash, Replies

_AHEAD = 64
_LONGEST_READ = 0.1
"""Seconds: a job that is stopped waits for no more than that."""


class Feed:
    """Hands out texts one at a time, and counts those that need no asking."""

    def __init__(self, path: Path, replies: Replies) -> None:
        self._texts: Iterator[Asked] = read_asked(path)
        self._done: dict[str, set[Hash]] = {state: replies.hashes(state) for state in (SCORED, UNPARSED)}
        self._ready: deque[Asked] = deque()
        self._reading = asyncio.Lock()
        self._over = False
        self.known = {SCORED: 0, UNPARSED: 0}
        """Texts passed by, as their replies are stored already."""

    @property
    def replied(self) -> bool:
        """Whether the judge ever gave a reply."""
        return any(self._done.values())

    async def next(self) -> Asked | None:
        """Return the next text to ask about, None when there is no more."""
        async with self._reading:
            while not self._ready and not self._over:
                await in_thread(self._read)
            return self._ready.popleft() if self._ready else None

    def _read(self) -> None:
        until = time.monotonic() + _LONGEST_READ
        while len(self._ready) < _AHEAD and time.monotonic() < until:
            one = next(self._texts, None)
            if one is None:
                self._over = True
                return
            for state, hashes in self._done.items():
                if one.hash in hashes:
                    self.known[state] += 1
                    break
            else:
                self._ready.append(one)
