"""When to ask again: what the server says, growing pauses otherwise, and when asking has no point."""

import random
import time
from collections import Counter
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from math import isfinite

from dataexplore.judge.endpoint import failure
from dataexplore.judge.endpoint.failure import Failure

TRIES = {
    failure.RATE_LIMITED: 8,
    failure.SERVER_ERROR: 6,
    failure.CONNECTION: 6,
    failure.TIME_OUT: 4,
    failure.GARBLED: 3,
    failure.EMPTY: 3,
}
"""Requests for one text before it ends in its error; what is not here is asked once."""
_FIRST, _MOST = 0.5, 30.0  # seconds
_LONG_RUN = 10  # failures in a row: by chance about once in 100,000 where a third of all requests fail
_PATIENCE = {  # failures in a row and seconds after which a job ends, once it has had an answer
    failure.CONNECTION: (5, 90.0),
    failure.SERVER_ERROR: (_LONG_RUN, 90.0),  # a server that loads its model says 503 for a minute
    failure.RATE_LIMITED: (_LONG_RUN, 900.0),
    failure.TIME_OUT: (_LONG_RUN, 90.0),
    failure.REFUSED: (200, 0.0),  # texts that lie together may all be refused
    failure.GARBLED: (_LONG_RUN, 90.0),
    failure.EMPTY: (_LONG_RUN, 90.0),
}
_AT_FIRST = {  # the same before the first answer, when it is more likely that there will be none
    failure.CONNECTION: (5, 4.0),
    failure.GARBLED: (5, 0.0),
    failure.EMPTY: (5, 0.0),
    failure.TIME_OUT: (4, 0.0),
    failure.REFUSED: (20, 0.0),
}


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds to wait that an answer asks for, None when it does not.

    Seconds, milliseconds (`retry-after-ms`) or a date, which is taken by the server's own clock.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    until = _date(value)
    if until is None:
        return None
    there = _date(headers.get("date")) or (time.time() if now is None else now)
    return max(0.0, until - there)


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if isfinite(found) and found >= 0 else None


def _date(text: str | None) -> float | None:
    try:
        return parsedate_to_datetime(text or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def pause(failures: int) -> float:
    """Return seconds to wait before the next request: twice as many each time, half of them by chance."""
    most: float = min(_MOST, _FIRST * 2 ** min(failures - 1, 10))
    return most * random.uniform(0.5, 1.0)  # noqa: S311 # spreads requests, guards nothing


class Run:
    """Failures in a row over the whole pool: a server that is down is not asked about every text."""

    def __init__(self, ever: bool = False) -> None:
        self.length = 0
        self.ever = ever
        """Whether there was an answer at all."""
        self._began = 0.0
        self._name = ""
        self._alike: Counter[str] = Counter()

    @property
    def down(self) -> bool:
        """Whether the server seems to be down for everybody, so that no text is to blame."""
        return self.length >= _LONG_RUN and self._name != failure.REFUSED

    def answered(self) -> None:
        """An answer came: the run is over."""
        self.length, self.ever = 0, True
        self._alike.clear()

    def failed(self, failed: Failure) -> bool:
        """Count a failure; tell whether there is no point in going on."""
        if failed.name in (failure.FILTERED, failure.TOO_LONG):  # the server works: it looked at the text
            return False
        if not self.length:
            self._began = time.monotonic()
        self.length += 1
        self._name = failed.name
        self._alike[failed.name] += 1
        if failed.fatal or (failed.fatal_at_first and not self.ever):
            return True
        limits = _PATIENCE if self.ever else _PATIENCE | _AT_FIRST
        count, seconds = limits[failed.name]
        # A server that fails in many ways is a bad one, not one that is down.
        return self._alike[failed.name] >= count and time.monotonic() - self._began >= seconds
