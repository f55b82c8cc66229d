"""`tune --arms` and `tune --sizes`: an experiment's arms as runs that take turns on the device."""

import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import reap, start
from dataexplore.jobs.status import FINISHED
from dataexplore.selection.arms import NAMES
from dataexplore.selection.export import leaving
from dataexplore.session.experiment import ALPAGASUS, EQUAL, Design, Drawn, draw, make_runs
from dataexplore.session.session import Session
from dataexplore.tune.settings import TuneSettings
from dataexplore_tui.cli.jobs import loss_of
from dataexplore_tui.cli.options import DONE, PROBLEMS, UsageError, positive, whole
from dataexplore_tui.cli.output import plural, put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine

ABOUT = f"""\
An experiment is one command: --arms kept,random,longest,full makes a run of
each arm (as `arms` makes them); --sizes {",".join(map(str, ALPAGASUS))} --signal S makes runs of
the best so many rows by a score, of as many random ones as the largest, and of
all rows: that is the AlpaGasus experiment. All have the same settings; they
wait for one another on the device, and one that fails leaves the others alone.
--held-out N keeps N rows (with those that ask the same) out of every arm and
measures each run's loss on them after every epoch. `dataexplore compare` then
lets a judge compare two of the runs."""
KEYS = """\
  with --arms or --sizes: experiment [{arm, job, rows, tokens (estimated),
  steps, state, reason, loss, held_out_loss, folder}], held_out (rows), equal"""
_EVERY = 0.5


def add_experiment(parser: ArgumentParser) -> None:
    """Add the arms and what they share."""
    group = parser.add_argument_group("an experiment")
    group.add_argument("--arms", metavar="LIST", type=_names, help=f"of {', '.join(NAMES)}")
    group.add_argument("--sizes", metavar="LIST", type=_sizes, help="the best so many rows by --signal")
    group.add_argument("--signal", metavar="S", help="the score that --sizes goes by")
    group.add_argument("--seeds", metavar="N", type=positive, default=1, help="draws of a random arm (1)")
    group.add_argument("--equal", choices=EQUAL, default="rows", help="what arms have as much of (rows)")


def is_experiment(arguments: Namespace) -> bool:
    """Tell whether arms are asked for; raise UsageError for what does not fit together."""
    if arguments.arms and arguments.sizes:
        raise UsageError(
            "--arms are the kept rows and controls, --sizes the best by a score: name one of them"
        )
    if arguments.sizes and not arguments.signal:
        raise UsageError("--sizes takes the best rows by a score: name it with --signal")
    if arguments.signal and not arguments.sizes:
        raise UsageError("--signal is what --sizes goes by: say how many rows")
    return bool(arguments.arms or arguments.sizes)


def run_experiment(
    arguments: Namespace, session: Session, settings: TuneSettings, folder: Path, python: str | None
) -> int:
    """Draw the arms, make their runs and, unless detached, watch them to their ends."""
    design = Design(
        arguments.arms or (),
        arguments.sizes or (),
        arguments.signal or "",
        arguments.seeds,
        settings.seed,
        arguments.equal,
        int(arguments.held_out or 0),
    )
    kept = leaving(session.state.decisions, only_kept=arguments.only_kept)
    drawn = draw(session, kept, design)
    if arguments.dry_run:
        return _told(arguments, design, drawn, [None] * len(drawn.arms), settings, DONE)
    jobs = make_runs(session, drawn, settings, design, folder / "jobs", python, learn_chosen=arguments.chosen)
    for job in jobs:
        start(job)
    say(f"{plural(len(jobs), 'run')} queued; {', '.join(arm.name for arm in drawn.arms)}")
    if not arguments.detach:
        _watch(jobs)
    ended = all(job.status().state == FINISHED for job in jobs)
    return _told(arguments, design, drawn, jobs, settings, DONE if ended or arguments.detach else PROBLEMS)


def _watch(jobs: Sequence[Job]) -> None:
    """Wait until all have ended; Ctrl-C asks those that are left to stop with a checkpoint."""
    with ProgressLine() as progress:
        while True:
            try:
                reap()
                alive = [job for job in jobs if job.status().alive]
                if not alive:
                    return
                status = alive[0].status()
                step = f"step {status.done:,} of {status.total:,}" if status.total else ""
                label = alive[0].spec.settings.get("label")
                progress.show(f"{label}: {status.phase} {step}, {len(alive) - 1:,} wait")
                time.sleep(_EVERY)
            except KeyboardInterrupt:
                say("stopping them all; `dataexplore runs JOB --resume` goes on")
                for job in reversed(alive):
                    control.stop(job)


def _told(
    arguments: Namespace,
    design: Design,
    drawn: Drawn,
    jobs: Sequence[Job | None],
    settings: TuneSettings,
    code: int,
) -> int:
    found = [
        {
            "arm": arm.name,
            "rows": len(arm.rows),
            "tokens": arm.tokens,
            "steps": _steps(design, drawn, settings, len(arm.rows)),
            **(_outcome(job) if job is not None else {}),
        }
        for arm, job in zip(drawn.arms, jobs, strict=True)
    ]
    if arguments.json:
        put_json({"experiment": found, "held_out": len(drawn.held), "equal": design.equal})
        return code
    names = [name for name in found[0] if name not in ("folder", "reason")]
    put(table([[one[name] for name in names] for one in found], names))
    put([f"{one['arm']}: {one['reason']}" for one in found if one.get("reason")])
    if len(drawn.held):
        put(["", f"{plural(len(drawn.held), 'row')} held out of every arm"])
    return code


def _steps(design: Design, drawn: Drawn, settings: TuneSettings, rows: int) -> int:
    return settings.steps(len(drawn.arms[0].rows) if design.equal == "steps" else rows)


def _outcome(job: Job) -> dict[str, Any]:
    status, result = job.status(), job.result() or {}
    return {
        "job": job.id,
        "state": status.state,
        "reason": status.reason,
        "loss": loss_of(job),
        "held_out_loss": result.get("held_out_loss"),
        "folder": str(job.folder),
    }


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(whole(part.strip()) for part in text.split(","))
    except ArgumentTypeError:
        raise ArgumentTypeError(f"{text!r} are no sizes; write 3000,6000,9000") from None
