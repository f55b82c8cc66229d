"""Runs as lines, and one run's curve, figures and log."""

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
from dataexplore_tui.widgets.bars import chart
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, WARN, line, shown, shown_lines
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle

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
        loss = run.last("loss")
        words = line(
            " ",
            sign,
            shown(f" {base_name(run.job):<14.14}", STRONG),
            (f" {run.job.id[-6:]}  ", DIM),
            f"{status.state:<9}{share}",
            f"  loss {loss:.3f}" if loss is not None else "",
            (f"  {run.eta}" if run.eta else "", ACCENT),
        )
        return line(words, "  ", shown(status.reason, DROP)) if status.reason else words


def base_name(job: Job) -> str:
    """Return the last part of the base model's name, or the job's kind where there is none."""
    try:
        return str(job.spec.settings.get("base", job.kind)).rstrip("/").rpartition("/")[2]
    except JobError:
        return job.kind


def _metrics(run: Watched, *wanted: tuple[str, str, str]) -> list[tuple[str, Style] | str]:
    parts: list[tuple[str, Style] | str] = []
    for name, words, form in wanted:
        value = run.last(name)
        if value is not None:
            parts += [(f"{words} ", DIM), f"{value:{form}}   "]
    return parts


class RunPane(Lines):
    """Everything about one run."""

    def __init__(self) -> None:
        super().__init__(id="run", classes="pane")

    def show_run(self, run: Watched, *, log: bool) -> None:
        """Show curve and figures, or the log."""
        status = run.status
        retitle(self, Text.assemble(shown(run.job.id), f" · {status.state}"))
        self.flow(
            lambda width, height: self._shown(run, log, max(20, width), max(6, height)), keep_place=True
        )

    def _shown(self, run: Watched, log: bool, width: int, height: int) -> list[Text]:
        return self._log(run, height) if log else [*self._figures(run), *self._curve(run, width, height)]

    def _figures(self, run: Watched) -> list[Text]:
        status, spec = run.status, run.job.spec
        lines = [
            line(
                ("step ", DIM),
                f"{status.done:,} of {status.total:,}   ",
                shown(status.phase if status.alive else "", DIM),
            )
        ]
        if status.reason:
            lines.append(shown(status.reason, DROP))
        lines.append(line(*_metrics(run, ("loss", "loss", ".3f"), ("tokens_per_second", "tok/s", ",.0f"))))
        left = (f"left {run.eta}", ACCENT) if run.eta else ""
        lines.append(
            line(*_metrics(run, ("learning_rate", "lr", ".1e"), ("grad_norm", "grad norm", ".2f")), left)
        )
        settings = spec.settings
        lines.append(
            line(
                shown(base_name(run.job), STRONG),
                f"  {spec.rows:,} rows  ",
                shown(str(settings.get("preset"))),
            )
        )
        rate = f"lr {settings.get('learning_rate')}  rows of up to {settings.get('max_tokens')} tokens"
        lines.append(shown(f"{settings.get('epochs')} epochs  {rate}", DIM))
        if status.state == "finished":
            lines.append(line(("adapter ", DIM), shown(str(run.job.folder / "adapter"), KEEP)))
        if status.resumable:
            lines.append(line(("r ", ACCENT), ("goes on from the last checkpoint", DIM)))
        return [*lines, Text()]

    def _curve(self, run: Watched, width: int, height: int) -> list[Text]:
        losses = run.losses
        if not losses:
            wait = "no step yet" if run.status.alive else "no step was made"
            return [line((wait, DIM)), Text(), *self._log(run, 8)]
        rows = max(3, min(12, height - 12))
        plot = chart(losses, width - 9, rows)
        marks = [f"{max(losses):>7.3f} "] + [" " * 8] * (rows - 2) + [f"{min(losses):>7.3f} "]
        lines = [line((mark, DIM), (one, ACCENT)) for mark, one in zip(marks, plot, strict=True)]
        return [*lines, line((f"{'':8}step 1 … {run.metrics[-1]['step']:,}", DIM))]

    def _log(self, run: Watched, height: int) -> list[Text]:
        lines = [one for raw in run.job.log_tail(height) for one in shown_lines(raw, DIM)]
        return lines[-height:] or [line(("the log is empty", DIM))]
