"""A line on stderr that says how far slow work is, where someone watches."""

import sys
import time
from types import TracebackType

from dataexplore.text import visible

_EVERY = 0.1  # seconds between two drawings


class ProgressLine:
    """Redraws one line in place; writes nothing when stderr is no terminal, and leaves nothing behind."""

    def __init__(self, what: str = "") -> None:
        self._what = what
        self._on = sys.stderr.isatty()
        self._drawn_at = 0.0

    def __enter__(self) -> "ProgressLine":
        return self

    def __call__(self, done: int, total: int) -> None:
        """Show `done` of `total`."""
        self.show(f"{self._what} {done:,} of {total:,}" if total else self._what)

    def show(self, text: str) -> None:
        """Show a text in place of what is there."""
        now = time.monotonic()
        if self._on and now - self._drawn_at >= _EVERY:
            self._drawn_at = now
            sys.stderr.write(f"\r\x1b[K{visible(text)[:78]}")
            sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn_at:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
