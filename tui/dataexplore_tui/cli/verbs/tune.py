"""`dataexplore tune`: a fine-tune on the rows, counted first, then run here or detached."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import start
from dataexplore.jobs.launchers import run_foreground
from dataexplore.jobs.status import FINISHED, Status
from dataexplore.session.training import training_rows
from dataexplore.text import short
from dataexplore.tune.preflight import Preflight, preflight
from dataexplore.tune.presets import PRESETS, preset
from dataexplore.tune.samples import read_prompts
from dataexplore.tune.settings import METHODS, TuneSettings
from dataexplore.tune.start import create_run
from dataexplore.workspace.location import make_folder
from dataexplore_tui.cli.experiment import ABOUT, KEYS, add_experiment, is_experiment, run_experiment
from dataexplore_tui.cli.jobs import LossWatch, loss_of
from dataexplore_tui.cli.launching import ABOUT as LAUNCHING
from dataexplore_tui.cli.launching import add_launching, launcher_from, send
from dataexplore_tui.cli.opened import reading
from dataexplore_tui.cli.options import DONE, PROBLEMS, add_file, finite, interpreter, positive, whole
from dataexplore_tui.cli.output import put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine

_ABOUT = """\
Trains a LoRA adapter on the rows that are not dropped (--only-kept: only those
that are kept). First the rows are counted by the interpreter that will train:
tokens, rows cut to --max-tokens, rows with nothing to learn. Then the run is
made as a job in the workspace. It goes on when the terminal is closed with
--detach; without it, it is watched to its end, and Ctrl-C asks it to save a
checkpoint and stop. `dataexplore runs` lists, stops and resumes jobs.

{experiment}

{launching}

presets: {presets}"""
_KEYS = """\
keys: job (null for a dry run), state (dry-run, created, starting, finished,
  stopped, failed ...), rows (trained on), given, tokens, truncated, untrainable
  (rows left out), untrainable_rows (from 0), steps, device, held_out (rows),
  memory and disk (bytes, estimated); and after a run: loss, reason, folder;
{experiment}
exit codes: 0 done or started, 1 the run ended without an adapter, 2 refused"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `tune` takes."""
    parser.description = _ABOUT.format(presets=", ".join(PRESETS), experiment=ABOUT, launching=LAUNCHING)
    parser.epilog = _KEYS.format(experiment=KEYS)
    add_file(parser)
    parser.add_argument("--base", metavar="MODEL", required=True, help="a model folder or a hub id")
    parser.add_argument(
        "--preset", metavar="P", default="quick", help="where the settings start from (quick)"
    )
    parser.add_argument("--epochs", metavar="N", type=positive, help="passes over the rows")
    parser.add_argument("--lr", metavar="X", type=finite, help="the learning rate")
    parser.add_argument("--max-tokens", metavar="N", type=positive, help="longer rows are cut at the end")
    parser.add_argument("--method", choices=METHODS, help="train an adapter, or every weight (lora)")
    parser.add_argument(
        "--held-out", metavar="N", type=finite, help="rows, or a share, measured and not trained on"
    )
    parser.add_argument(
        "--sample-prompts", metavar="F", type=Path, help="prompts, one a line, answered at every epoch"
    )
    parser.add_argument("--token-budget", metavar="N", type=positive, help="tokens computed at once")
    parser.add_argument("--processes", metavar="N", type=positive, help="GPUs that train together (1)")
    parser.add_argument(
        "--seed", metavar="N", type=whole, help="for the order of rows and the adapter's start (0)"
    )
    parser.add_argument(
        "--python", metavar="P", help="the interpreter with torch, transformers and peft (this one)"
    )
    parser.add_argument("--only-kept", action="store_true", help="leave out undecided rows")
    parser.add_argument(
        "--chosen",
        action="store_true",
        help="of preference data learn the chosen answers, and those labelled true",
    )
    add_experiment(parser)
    add_launching(parser)
    parser.add_argument("--detach", action="store_true", help="start the run and return")
    parser.add_argument("--dry-run", action="store_true", help="count, and train nothing")


def run(arguments: Namespace) -> int:
    """Count, start and, unless detached, watch a run."""
    settings = settings_of(arguments)
    python = interpreter(arguments.python)
    launcher = launcher_from(arguments, experiment=is_experiment(arguments))
    with reading(arguments.file, arguments.workspace) as session:
        if is_experiment(arguments):
            folder = make_folder(session.dataset.path, arguments.workspace)
            return run_experiment(arguments, session, settings.with_changes(held_out=0), folder, python)
        rows = training_rows(session, only_kept=arguments.only_kept, learn_chosen=arguments.chosen)
        dataset = session.dataset.path
    with ProgressLine() as progress:
        progress.show("counting tokens")
        counted = preflight(rows, settings, python)
    found = _counts(counted)
    if arguments.dry_run:
        return _finish(arguments, {"job": None, "state": "dry-run", **found}, DONE)
    jobs = make_folder(dataset, arguments.workspace) / "jobs"
    job = create_run(jobs, rows, settings, dataset.name, python)
    del rows
    if launcher or arguments.detach:
        status = send(launcher, job, arguments) if launcher else start(job).status()
        return _finish(arguments, {"job": job.id, **_outcome(job, status), **found}, DONE)
    say(f"{job.id} started; Ctrl-C stops it with a checkpoint")
    loss = LossWatch(job)
    with ProgressLine() as progress:
        status = run_foreground(job, lambda status: progress.show(_line(status, loss.latest())))
    found = {"job": job.id, **_outcome(job, status), **found}
    return _finish(arguments, found, DONE if status.state == FINISHED else PROBLEMS)


def settings_of(arguments: Namespace) -> TuneSettings:
    """Return the preset with what the command line changes in it."""
    given = {
        "epochs": arguments.epochs,
        "learning_rate": arguments.lr,
        "max_tokens": arguments.max_tokens,
        "method": arguments.method,
        "held_out": arguments.held_out,
        "token_budget": arguments.token_budget,
        "processes": arguments.processes,
        "sample_prompts": read_prompts(arguments.sample_prompts) if arguments.sample_prompts else None,
        "seed": arguments.seed,
    }
    overrides = {name: value for name, value in given.items() if value is not None}
    return preset(arguments.preset, arguments.base, **overrides)


def _counts(counted: Preflight) -> dict[str, Any]:
    return {
        "rows": counted.rows,
        "given": counted.given,
        "tokens": counted.tokens,
        "truncated": counted.truncated,
        "untrainable": len(counted.untrainable),
        "untrainable_rows": counted.untrainable,
        "steps": counted.steps,
        "device": counted.device,
        "held_out": counted.held_out,
        "memory": counted.memory,
        "disk": counted.disk,
    }


def _outcome(job: Job, status: Status) -> dict[str, Any]:
    return {"state": status.state, "loss": loss_of(job), "reason": status.reason, "folder": str(job.folder)}


def _line(status: Status, loss: float | None) -> str:
    step = f"  step {status.done:,} of {status.total:,}" if status.total else ""
    return f"{status.state}: {status.phase}{step}" + (f"  loss {loss:.3f}" if loss is not None else "")


def _finish(arguments: Namespace, found: dict[str, Any], code: int) -> int:
    if arguments.json:
        put_json(found)
        return code
    names = (
        "job",
        "state",
        "reason",
        "rows",
        "tokens",
        "truncated",
        "untrainable",
        "steps",
        "device",
        "held_out",
        "memory",
        "disk",
        "loss",
        "folder",
    )
    shown = [(name, found[name]) for name in names if found.get(name) not in (None, "")]
    put(
        table(
            [
                (name, short(f"{value:,}" if isinstance(value, int) else str(value), 200))
                for name, value in shown
            ]
        )
    )
    return code
