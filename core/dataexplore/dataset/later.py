"""A value that is made while others go on."""

import sys
from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")
_TURN = 0.0005
"""Seconds that a thread may compute before others: at Python's 0.005 a search takes a second beside it."""


class Later(Generic[T]):
    """Made in a thread of its own that ends with the program; who asks for the value waits for it."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._value: T | None = None
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def start(self, *, now: bool = False) -> None:
        """Begin; `now` comes back when it is made."""
        if now:
            self._run()
        else:
            sys.setswitchinterval(_TURN)
            self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether it is made."""
        return self._value is not None

    def value(self) -> T:
        """Wait for the value; raise what its making raised."""
        if self._value is None and self._error is None:
            self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._value is not None
        return self._value

    def _run(self) -> None:
        try:
            self._value = self._make()
        except BaseException as error:
            self._error = error
