"""One job, whole: a run's figures and curves, another job's progress, or the log."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from dataexplore.judge.words import in_words
from dataexplore_tui.panes.runs import Watched, run_name
from dataexplore_tui.widgets.bars import chart
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, line, shown, shown_lines
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle, wrapped

_GIB = 2**30
_SETTINGS = ("model", "encoder", "field", "base_url", "concurrency", "folder")
"""What is told of jobs that are no runs."""


class RunPane(Lines):
    """Everything about one job."""

    def __init__(self) -> None:
        super().__init__(id="run", classes="pane")

    def show_run(self, run: Watched, *, log: bool) -> None:
        """Show curve and figures, or the log."""
        retitle(self, Text.assemble(shown(run_name(run.job)), f" · {run.job.id} · {run.status.state}"))
        self.flow(lambda width, height: _laid_out(run, log, max(20, width), max(6, height)), keep_place=True)


def _laid_out(run: Watched, log: bool, width: int, height: int) -> list[Text]:
    if log:
        return _log(run, height)
    if run.job.kind != "tune":
        return [*_other(run, width), Text(), *_log(run, max(4, height - 12))]
    return [*_figures(run, width), *_curves(run, width, height)]


def _other(run: Watched, width: int) -> list[Text]:
    """Tell about a job that is no run: what it does, how far it is, what it was told."""
    spec, status = run.job.spec, run.status
    lines = wrapped(shown(in_words(status, run.metrics[-1] if run.metrics else {})), width)
    lines.append(line(f"{spec.rows:,} texts  ", shown(spec.dataset, DIM)))
    for name in _SETTINGS:
        if spec.settings.get(name) not in (None, ""):
            lines.append(line(shown(f"{name:<12}", DIM), shown(str(spec.settings[name]))))
    if status.resumable:
        lines.append(line(("r ", ACCENT), ("goes on from what is stored", DIM)))
    return lines


def _figures(run: Watched, width: int) -> list[Text]:
    status, spec = run.status, run.job.spec
    settings = spec.settings
    lines = [
        line(
            ("step ", DIM),
            f"{status.done:,} of {status.total:,}   ",
            shown(status.phase if status.alive else "", DIM),
        )
    ]
    if status.reason:
        lines += wrapped(shown(status.reason, DROP), width)
    lines.append(
        line(
            *_metrics(run, ("loss", "loss", ".3f"), ("held_out_loss", "held-out", ".3f")),
            *_metrics(run, ("tokens_per_second", "tok/s", ",.0f")),
            (f"left {run.eta}", ACCENT) if run.eta else "",
        )
    )
    lines.append(line(*_metrics(run, ("learning_rate", "lr", ".1e"), ("grad_norm", "grad norm", ".2f"))))
    if gpu := _gpu(run):
        lines.append(line(*gpu))
    base = str(settings.get("base", "")).rstrip("/").rpartition("/")[2]
    method = f"{settings.get('preset')} · {settings.get('method') or 'lora'}"
    lines.append(line(shown(base, STRONG), f"  {spec.rows:,} rows  ", shown(method)))
    rate = f"lr {settings.get('learning_rate')}  rows of up to {settings.get('max_tokens')} tokens"
    lines.append(shown(f"{settings.get('epochs')} epochs  {rate}", DIM))
    if status.state == "finished":
        found = next((name for name in ("adapter", "model") if (run.job.folder / name).is_dir()), "adapter")
        lines.append(line((f"{found} ", DIM), shown(str(run.job.folder / found), KEEP)))
    if status.resumable:
        lines.append(line(("r ", ACCENT), ("goes on from the last checkpoint", DIM)))
    return [*lines, Text()]


def _metrics(run: Watched, *wanted: tuple[str, str, str]) -> list[tuple[str, Style] | str]:
    parts: list[tuple[str, Style] | str] = []
    for name, words, form in wanted:
        value = run.last(name)
        if value is not None:
            parts += [(f"{words} ", DIM), f"{value:{form}}   "]
    return parts


def _gpu(run: Watched) -> list[tuple[str, Style] | str]:
    parts: list[tuple[str, Style] | str] = []
    if (share := run.last("mfu")) is not None:
        parts += [("MFU ", DIM), f"{100 * share:.0f} %   "]
    if (memory := run.last("memory")) is not None:
        parts += [("memory ", DIM), f"{memory / _GIB:.1f} GiB   "]
    parts += _metrics(run, ("power", "W", ".0f"), ("temperature", "°C", ".0f"))
    return parts


def _curves(run: Watched, width: int, height: int) -> list[Text]:
    losses = run.losses
    if not losses:
        wait = "no step yet" if run.status.alive else "no step was made"
        return [line((wait, DIM)), Text(), *_log(run, 8)]
    rows = max(3, min(12, height - 12))
    plot = chart(losses, width - 9, rows)
    marks = [f"{max(losses):>7.3f} "] + [" " * 8] * (rows - 2) + [f"{min(losses):>7.3f} "]
    lines = [line((mark, DIM), (one, ACCENT)) for mark, one in zip(marks, plot, strict=True)]
    lines.append(line((f"{'':8}step 1 … {run.metrics[-1]['step']:,}", DIM)))
    held = [(one["epoch"], one["held_out_loss"]) for one in run.metrics if "held_out_loss" in one]
    if held:
        told = "  ".join(f"{epoch:g}: {loss:.3f}" for epoch, loss in held[-8:])
        lines += wrapped(line(("held-out by epoch  ", DIM), told), width)
    return lines


def _log(run: Watched, height: int) -> list[Text]:
    lines = [one for raw in run.job.log_tail(height) for one in shown_lines(raw, DIM)]
    return lines[-height:] or [line(("the log is empty", DIM))]
