"""How far a job of many rows is, told about once a second."""

import time

from dataexplore.jobs.context import JobContext

_EVERY = 1.0


class Progress:
    """Rows done, rows a second and the time left, from the pace since this worker began."""

    def __init__(self, context: JobContext, phase: str, done: int, total: int) -> None:
        self._context = context
        self._phase = phase
        self._first = self.done = done
        self._total = total
        self._began = self._told = time.monotonic()
        context.status(phase, done, total)

    def add(self, rows: int) -> None:
        """Count rows as done."""
        self.done += rows
        self.tell()

    def tell(self) -> None:
        """Report when a second has gone by since the last time."""
        if time.monotonic() - self._told >= _EVERY:
            self.report()

    def report(self) -> None:
        """Report now."""
        now = self._told = time.monotonic()
        seconds = now - self._began
        pace = (self.done - self._first) / max(seconds, 1e-3)
        self._context.status(self._phase, self.done, self._total)
        self._context.metric(
            step=self.done,
            seconds=round(seconds, 3),
            per_second=round(pace, 3),
            eta=round((self._total - self.done) / pace, 1) if pace else None,
        )
