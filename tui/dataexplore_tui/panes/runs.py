"""Jobs as lines, and what was read of each so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.style import Style
from rich.text import Text

from dataexplore.errors import JobError
from dataexplore.jobs.folder import Job
from dataexplore.jobs.status import Status
from dataexplore.tune.curve import merge
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, WARN, line, shown

_SIGNS: dict[str, tuple[str, Style]] = {
    "starting": ("◌", DIM),
    "running": ("●", ACCENT),
    "stopping": ("◍", WARN),
    "stopped": ("◼", WARN),
    "finished": ("✓", KEEP),
    "failed": ("✗", DROP),
    "lost": ("?", DROP),
}


@dataclass
class Watched:
    """A job with what was read of it so far; `look` reads only what is new."""

    job: Job
    status: Status = field(default_factory=lambda: Status("starting"))
    metrics: list[dict[str, Any]] = field(default_factory=list)
    _offset: int = 0

    def look(self) -> bool:
        """Read what is new; True when anything is."""
        status = self.job.status()
        new, self._offset = self.job.metrics(self._offset)
        if new:
            self.metrics = merge(self.metrics, new)
        changed = bool(new) or status != self.status
        self.status = status
        return changed

    @property
    def losses(self) -> list[float]:
        """The training loss, step by step."""
        return [float(one["loss"]) for one in self.metrics if isinstance(one.get("loss"), int | float)]

    def last(self, name: str) -> float | None:
        """Return the newest value of a metric."""
        found = (one[name] for one in reversed(self.metrics) if isinstance(one.get(name), int | float))
        return next((float(value) for value in found), None)

    @property
    def eta(self) -> str:
        """Time left by the pace of the last steps; empty when it is not known."""
        if self.status.state != "running" or len(self.metrics) < 2 or not self.status.total:
            return ""
        recent = [one for one in self.metrics[-20:] if isinstance(one.get("seconds"), int | float)]
        while len(recent) > 1 and recent[0]["seconds"] > recent[-1]["seconds"]:
            recent.pop(0)  # a resumed run counts its seconds anew
        if len(recent) < 2 or recent[-1]["step"] == recent[0]["step"]:
            return ""
        pace = (recent[-1]["seconds"] - recent[0]["seconds"]) / (recent[-1]["step"] - recent[0]["step"])
        left = max(0, round(pace * (self.status.total - self.status.done)))
        return f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"


class RunsSource:
    """One job a line, newest first."""

    def __init__(self, runs: Sequence[Watched]) -> None:
        self.runs = runs

    def __len__(self) -> int:
        return len(self.runs)

    def line(self, index: int, width: int) -> Text:
        """Return one job as a line."""
        run = self.runs[index]
        status = run.status
        sign = _SIGNS.get(status.state, ("!", DROP))
        share = f"{100 * status.done // status.total:>3} %" if status.total else " " * 5
        loss, held = run.last("loss"), run.last("held_out_loss")
        words = line(
            " ",
            sign,
            shown(f" {run_name(run.job):<18.18}", STRONG),
            (f" {run.job.id[-6:]}  ", DIM),
            f"{status.state:<9}{share}",
            f"  loss {loss:.3f}" if loss is not None else "",
            f"  held-out {held:.3f}" if held is not None else "",
            (f"  {run.eta}" if run.eta else "", ACCENT),
            shown(f"  {status.phase}", DIM) if status.phase.startswith("waiting") and status.alive else "",
        )
        return line(words, "  ", shown(status.reason, DROP)) if status.reason else words


def run_name(job: Job) -> str:
    """Return what people call a job: its arm, its base model, its judge, or its kind."""
    try:
        settings = job.spec.settings
    except JobError:
        return job.kind
    judge = settings.get("judge")
    names = judge.get("signals") if isinstance(judge, dict) else None
    if isinstance(names, list) and names:
        return str(names[0])
    if settings.get("label"):
        return str(settings["label"])
    return str(settings.get("base", job.kind)).rstrip("/").rpartition("/")[2]
