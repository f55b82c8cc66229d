"""The names of what can go wrong with one request; a text that gets no reply keeps one of them."""

from typing import NamedTuple

RATE_LIMITED = "rate limited"
SERVER_ERROR = "server error"
TIME_OUT = "time out"
CONNECTION = "connection"
REFUSED = "refused"
TOO_LONG = "too long"
FILTERED = "filtered"
GARBLED = "garbled"
EMPTY = "empty"


class Failure(NamedTuple):
    """A request that brought no answer."""

    name: str
    sentence: str
    """What the server said, or what happened: one line, without the key."""
    wait: float | None = None
    """Seconds that the server asks everybody to wait for."""
    reached: bool = True
    """Whether the server may have seen the request."""
    answered: bool = True
    """Whether it said so by a status: then it did no work that costs."""
    fatal: bool = False
    """Whether every other request would fail alike."""
    fatal_at_first: bool = False
    """The same, unless there was an answer before: then it is about the text."""
    unwanted: str = ""
    """The field of the request that the server does not take."""


class LimitReachedError(Exception):
    """Ends a job that may send no more; the text says which limit."""


class NotSentError(Exception):
    """The pool was told to wait between the making of a request and its sending."""
