"""`dataexplore runs`: the jobs of the datasets here, and ways to stop and resume them."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launchers import launcher_of
from dataexplore.text import short
from dataexplore_tui.cli.jobs import find, jobs_in, loss_of
from dataexplore_tui.cli.launching import SLURM, slurm_of, where
from dataexplore_tui.cli.options import DONE, UsageError, add_json
from dataexplore_tui.cli.output import put, put_json, say, table

_ABOUT = """\
Lists the jobs of every dataset in the current folder, newest first. --in names
another folder, a dataset, or a workspace. JOB is a job's name, or a beginning
or ending of it that no other job has; it is listed alone, with more about it.

--stop asks the job to save a checkpoint and stop; --kill ends it at once.
--resume goes on from the last checkpoint, where the job ran before: a job of a
Slurm cluster is queued again, and with --slurm any job is, with what is given
there changed. Slurm is asked how its jobs are, at most every ten seconds."""
_KEYS = """\
keys: runs [{job, kind, state, step, total, loss, reason, dataset, folder,
  where}]; step and loss are the latest, where is "here" or as in "Slurm job 12
  on node3"; with JOB the one object itself"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `runs` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    parser.add_argument(
        "job", metavar="JOB", nargs="?", help="a job's name, or a unique beginning or ending of it"
    )
    acts = parser.add_mutually_exclusive_group()
    acts.add_argument("--stop", action="store_true", help="ask the job to save a checkpoint and stop")
    acts.add_argument(
        "--resume", action="store_true", help="start the job again, detached, from its last checkpoint"
    )
    acts.add_argument(
        "--kill", action="store_true", help="end the job at once; what came after its last checkpoint is lost"
    )
    parser.add_argument("--slurm", metavar="LIST", action="append", help=f"with --resume: {SLURM}")
    parser.add_argument(
        "--in", metavar="DIR", type=Path, default=Path(), dest="place", help="where to look (here)"
    )
    add_json(parser)


def run(arguments: Namespace) -> int:
    """List the jobs, or do something to one of them."""
    if arguments.slurm and not arguments.resume:
        raise UsageError("--slurm says how to --resume")
    jobs = jobs_in(arguments.place)
    if arguments.job is None:
        if arguments.stop or arguments.resume or arguments.kill:
            raise UsageError("name the job; `dataexplore runs` lists them")
        return _list(arguments, jobs)
    job = find(jobs, arguments.job)
    if arguments.stop:
        control.stop(job)
        say(f"{job.id} was asked to stop; it saves a checkpoint first")
    elif arguments.kill:
        control.kill(job)
    elif arguments.slurm:
        slurm_of(arguments.slurm).submit(job)
    elif arguments.resume:
        control.resume(job)
    found = _about(job)
    if arguments.json:
        put_json(found)
    else:
        put(table([(name, _text(value)) for name, value in found.items() if value not in (None, "")]))
    return DONE


def _list(arguments: Namespace, jobs: list[Job]) -> int:
    found = [_about(job) for job in jobs]
    if arguments.json:
        put_json({"runs": found})
    elif found:
        names = ["job", "kind", "state", "step", "total", "loss"]
        if any(one["where"] != "here" for one in found):
            names.append("where")
        rows = [
            [one[name] if name in ("step", "total", "loss") else short(one[name], 60) for name in names]
            for one in found
        ]
        put(table(rows, names))
    else:
        say(f"{short(str(arguments.place), 200)}: no jobs here")
    return DONE


def _about(job: Job) -> dict[str, Any]:
    status = launcher_of(job).poll(job)
    try:
        dataset = job.spec.dataset
    except JobError:
        dataset = ""
    return {
        "job": job.id,
        "kind": job.kind,
        "state": status.state,
        "step": status.done,
        "total": status.total,
        "loss": loss_of(job),
        "phase": status.phase,
        "reason": status.reason,
        "dataset": dataset,
        "folder": str(job.folder),
        "where": where(job),
    }


def _text(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else short(str(value), 300)
