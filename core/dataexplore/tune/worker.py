"""The tune job: rows.jsonl in, adapter out; `--dry-run` prints what it would do and trains nothing."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dataexplore.errors import DataexploreError, JobError
from dataexplore.jobs.context import JobContext, reason_of
from dataexplore.jobs.files import to_line
from dataexplore.jobs.folder import Job
from dataexplore.jobs.turn import StopAskedError, turn
from dataexplore.tune import model as models
from dataexplore.tune.checkpoints import newest_complete
from dataexplore.tune.curve import curve
from dataexplore.tune.devices import devices
from dataexplore.tune.estimate import estimate
from dataexplore.tune.mask import masks
from dataexplore.tune.packages import require_packages, versions
from dataexplore.tune.plan import Plan, plan
from dataexplore.tune.ranks import Ranks
from dataexplore.tune.settings import TuneSettings
from dataexplore.tune.team import Silent, team

ROWS = "rows.jsonl"


def run(context: JobContext) -> None:
    """Wait for the device, train on the job's rows and publish the result.

    Raises JobError with the reason where that fails.
    """
    settings = TuneSettings.from_json(context.spec.settings)
    try:
        with ExitStack() as turns:
            for device in devices(settings.processes):
                turns.enter_context(turn(context, device))
            _train(context, settings)
    except StopAskedError:
        context.stopped()


def _train(context: JobContext, settings: TuneSettings) -> None:
    began = time.monotonic()
    context.status("loading")
    tokenizer, planned = _prepared(context.folder / ROWS, settings, context.status)
    counts = summary(planned)
    context.event("planned", **{**counts, "untrainable": planned.untrainable[:1000]})
    if planned.untrainable:
        context.event("left out", rows=len(planned.untrainable), reason="nothing to learn in them")
    if not planned.encoded:
        raise JobError(
            f"none of the {planned.given} rows has anything to learn: every answer is empty or cut off"
        )

    from dataexplore.tune.train import prepare, publish

    found = newest_complete(context.folder / "checkpoints")
    with team(context.folder, settings.processes, found) as ranks:
        tuned = prepare(context, settings, planned, tokenizer, found, ranks)
        tuned.train()
    tuned.recorder.close()
    if not tuned.complete:
        context.stopped()
        return
    facts = {
        **{name: value for name, value in counts.items() if name != "untrainable"},
        "untrainable": len(planned.untrainable),
        **_losses(context, settings),
        "device": models.device(),
        **tuned.recorder.facts(),
        "seconds": round(time.monotonic() - began, 1),
        "versions": versions(),
    }
    name = publish(context, tuned, facts)
    context.finish({**facts, name: name})


def follow(folder: Path, checkpoint: Path | None) -> None:
    """Train beside the job's worker, as one of the further processes of its team."""
    settings = TuneSettings.from_json(Job(folder).spec.settings)
    tokenizer, planned = _prepared(folder / ROWS, settings, lambda told: None)

    from dataexplore.tune.train import prepare

    ranks = Ranks.from_environment()
    prepare(Silent(folder), settings, planned, tokenizer, checkpoint, ranks).train()
    ranks.leave()


def _prepared(path: Path, settings: TuneSettings, tell: Callable[[str], object]) -> tuple[Any, Plan]:
    """Return the tokenizer and the plan of a job's rows."""
    require_packages(settings.method, settings.processes)
    models.quiet()
    tokenizer = models.load_tokenizer(settings.base)
    rows = read_rows(path)
    told = f"of {len(rows):,}"
    return tokenizer, plan(rows, tokenizer, settings, lambda done: tell(f"encoding row {done:,} {told}"))


def dry_run(rows: Path, settings: TuneSettings) -> dict[str, Any]:
    """Return the preflight's figures: the same arrays as would be trained, by the interpreter that would."""
    tokenizer, planned = _prepared(rows, settings, lambda told: None)
    device = models.device()
    need = estimate(settings, planned, cuda=device != "cpu")
    shown = masks(planned.encoded, tokenizer)
    return {**summary(planned), **asdict(need), "device": device, "versions": versions(), "shown": shown}


def summary(planned: Plan) -> dict[str, Any]:
    """Return a plan's counts without its arrays."""
    names = ("given", "rows", "tokens", "supervised", "truncated", "lost", "untrainable", "unended")
    more = ("stop_supervised", "p50", "p95", "longest", "steps", "template")
    return {**{name: getattr(planned, name) for name in (*names, *more)}, "held_out": len(planned.held_out)}


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a job; raise JobError where the file is not what `create_run` wrote."""
    try:
        with path.open("rb") as file:
            return [json.loads(line) for line in file]
    except (OSError, ValueError) as error:
        raise JobError(f"{path.name}: the job's rows cannot be read ({error})") from None


def _losses(context: JobContext, settings: TuneSettings) -> dict[str, float | None]:
    """Return where the losses began and ended; raise JobError where a smoke run learned nothing by heart."""
    lines = curve(context.job)
    losses = [line["loss"] for line in lines if line.get("loss") is not None]
    held_out = [line["held_out_loss"] for line in lines if line.get("held_out_loss") is not None]
    if len(losses) > 1 and losses[-1] >= losses[0]:
        told = f"the loss did not fall: {losses[0]:.3f} to {losses[-1]:.3f}"
        if settings.preset == "smoke":
            raise JobError(f"{told} on rows to learn by heart")
        context.event("warning", reason=told)
    return {
        "first_loss": losses[0] if losses else None,
        "last_loss": losses[-1] if losses else None,
        **({"held_out_loss": held_out[-1]} if held_out else {}),
    }


def main(arguments: list[str]) -> int:
    """Run one of `_USAGE`; a dry run prints one JSON object, the figures or {"error": sentence}."""
    if len(arguments) != 3 or arguments[0] not in ("--dry-run", "--follow"):
        print(_USAGE, file=sys.stderr)  # noqa: T201 # stdout and stderr are the log
        return 2
    if arguments[0] == "--follow":
        follow(Path(arguments[1]), Path(arguments[2]) if arguments[2] else None)
        return 0
    try:
        settings = TuneSettings.from_json(json.loads(Path(arguments[2]).read_text("utf-8")))
        found = dry_run(Path(arguments[1]), settings)
    except Exception as error:
        if not isinstance(error, DataexploreError):
            sys.excepthook(type(error), error, error.__traceback__)
        found = {"error": reason_of(error)}
    sys.stdout.buffer.write(to_line(found))
    return 1 if "error" in found else 0


_USAGE = """\
usage: python -m dataexplore.tune.worker --dry-run ROWS SETTINGS
       python -m dataexplore.tune.worker --follow FOLDER CHECKPOINT"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
