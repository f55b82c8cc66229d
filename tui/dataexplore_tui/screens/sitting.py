"""What the screens share while one file is open."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dataexplore.dataset.opening import Head

if TYPE_CHECKING:  # the session brings Polars, which the first screen does not wait for
    from dataexplore.session.session import Session
    from dataexplore.signals.signal import Signal

_NO_SCORES = frozenset({"id", "_id", "uid", "index", "idx", "sample_id", "example_id"})
"""Columns of numbers that say which row it is, not how good."""


@dataclass
class Sitting:
    """One file from opening to leaving; the session comes when all rows are read."""

    head: Head
    workspace: Path | None = None
    session: "Session | None" = None
    signal: str = ""
    """The signal that lists show and new rules go by."""
    python: str | None = None
    """The interpreter that tunes; None is the program's own."""
    came_from: int = 0
    """The mode that opened these rows in mode 1, for Esc to go back to; 0 when none did."""
    tune_next: bool = False
    """Whether mode 6 opens its form when it comes on screen."""
    notices: list[str] = field(default_factory=list)

    def opened(self, session: "Session") -> None:
        """Take over the session and choose a first signal."""
        self.session = session
        signals = session.columns.signals
        ranked = sorted(signals, key=lambda name: (name in _NO_SCORES, signals[name].origin == "computed"))
        self.signal = ranked[0] if ranked else ""
        if session.workspace.notice:
            self.notices.append(session.workspace.notice)

    @property
    def score(self) -> "Signal | None":
        """The signal that lists show beside the length, which they show anyway."""
        signals = self.session.columns.signals if self.session is not None else {}
        return signals.get(self.signal) if self.signal != "response_chars" else None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.head.source.path.name
