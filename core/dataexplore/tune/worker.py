"""The tune job: rows.jsonl in, adapter out; `--dry-run` prints what it would do and trains nothing."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from dataexplore.errors import DataexploreError, JobError
from dataexplore.jobs.context import JobContext, reason_of
from dataexplore.jobs.files import to_line
from dataexplore.tune import model as models
from dataexplore.tune.packages import require_packages, versions
from dataexplore.tune.plan import Plan, plan
from dataexplore.tune.settings import TuneSettings


def run(context: JobContext) -> None:
    """Train on the job's rows and publish the adapter; raise JobError with the reason where that fails."""
    began = time.monotonic()
    settings = TuneSettings.from_json(context.spec.settings)
    context.status("loading")
    require_packages()
    models.quiet()
    tokenizer = models.load_tokenizer(settings.base)
    rows = read_rows(context.folder / "rows.jsonl")
    planned = plan(
        rows, tokenizer, settings, lambda done: context.status(f"encoding row {done:,} of {len(rows):,}")
    )
    counts = summary(planned)
    context.event("planned", **{**counts, "untrainable": planned.untrainable[:1000]})
    if planned.untrainable:
        context.event("left out", rows=len(planned.untrainable), reason="nothing to learn in them")
    if not planned.encoded:
        raise JobError(
            f"none of the {planned.given} rows has anything to learn: every answer is empty or cut off"
        )

    from dataexplore.tune.train import publish, train

    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id or 0
    trained, recorder = train(context, settings, planned, pad)
    if recorder.stopping:
        context.stopped()
        return
    losses = _losses(context)
    facts = {
        **{name: value for name, value in counts.items() if name != "untrainable"},
        "untrainable": len(planned.untrainable),
        "first_loss": losses[0] if losses else None,
        "last_loss": losses[-1] if losses else None,
        "device": models.device(),
        "seconds": round(time.monotonic() - began, 1),
        "versions": versions(),
    }
    if len(losses) > 1 and losses[-1] >= losses[0]:
        if settings.preset == "smoke":
            raise JobError(
                f"the loss did not fall ({losses[0]:.3f} to {losses[-1]:.3f}) on rows to learn by heart"
            )
        context.event("warning", reason=f"the loss did not fall: {losses[0]:.3f} to {losses[-1]:.3f}")
    publish(context, trained, facts)
    context.finish({**facts, "adapter": "adapter"})


def dry_run(rows: Path, settings: TuneSettings) -> dict[str, Any]:
    """Return the preflight's figures: the same arrays as would be trained, by the interpreter that would."""
    require_packages()
    models.quiet()
    tokenizer = models.load_tokenizer(settings.base)
    planned = plan(read_rows(rows), tokenizer, settings)
    return {**summary(planned), "device": models.device(), "versions": versions()}


def summary(planned: Plan) -> dict[str, Any]:
    """Return a plan's counts without its arrays."""
    names = ("given", "rows", "tokens", "supervised", "truncated", "untrainable")
    more = ("p50", "p95", "longest", "steps", "template")
    return {name: getattr(planned, name) for name in (*names, *more)}


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a job; raise JobError where the file is not what `create_run` wrote."""
    try:
        with path.open("rb") as file:
            return [json.loads(line) for line in file]
    except (OSError, ValueError) as error:
        raise JobError(f"{path.name}: the job's rows cannot be read ({error})") from None


def _losses(context: JobContext) -> list[float]:
    by_step = {
        line["step"]: line["loss"] for line in context.job.metrics()[0] if line.get("loss") is not None
    }
    return [by_step[step] for step in sorted(by_step)]


def main(arguments: list[str]) -> int:
    """`--dry-run ROWS SETTINGS`: print one JSON object, the figures or {"error": sentence}."""
    if len(arguments) != 3 or arguments[0] != "--dry-run":
        print("usage: python -m dataexplore.tune.worker --dry-run ROWS SETTINGS", file=sys.stderr)  # noqa: T201 # stdout and stderr are the log
        return 2
    try:
        settings = TuneSettings.from_json(json.loads(Path(arguments[2]).read_text("utf-8")))
        found = dry_run(Path(arguments[1]), settings)
    except Exception as error:
        if not isinstance(error, DataexploreError):
            sys.excepthook(type(error), error, error.__traceback__)
        found = {"error": reason_of(error)}
    sys.stdout.buffer.write(to_line(found))
    return 1 if "error" in found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
