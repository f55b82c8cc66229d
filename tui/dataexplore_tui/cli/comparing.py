"""`compare` with two runs: who they are, on which prompts, and the jobs that are still to be done."""

import time
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path

from dataexplore.compare.comparison import Comparison, comparison
from dataexplore.compare.decoding import Decoding
from dataexplore.compare.gathering import held_out, prompts_of
from dataexplore.compare.prompt import Prompt
from dataexplore.compare.side import BASE, Side, bare, of_run
from dataexplore.compare.trained import THRESHOLD, Leak, Trained
from dataexplore.errors import InputRefusedError, JobError
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launchers import Progress, run_foreground
from dataexplore.jobs.status import FINISHED, Status
from dataexplore.text import short
from dataexplore.workspace.location import make_folder
from dataexplore_tui.cli.files import Files
from dataexplore_tui.cli.jobs import find, jobs_in
from dataexplore_tui.cli.opened import load
from dataexplore_tui.cli.options import UsageError, finite, interpreter, positive
from dataexplore_tui.cli.output import plural, say
from dataexplore_tui.cli.progress import ProgressLine

_DRAWN = 200
_EVERY = 0.5  # seconds between two looks at a job that somebody else started


@dataclass(frozen=True)
class Asked:
    """What is to be compared."""

    comparison: Comparison
    given: int
    """Prompts before those that were trained on were left out."""
    leaks: list[Leak]


def add_models(parser: ArgumentParser) -> None:
    """Add the choice of models and prompts."""
    parser.add_argument(
        "runs", metavar="RUN", nargs="*", help="two of: a tune job's name or folder, base:FOLDER, base:HUB/ID"
    )
    parser.add_argument(
        "--in",
        metavar="DIR",
        type=Path,
        default=Path(),
        dest="place",
        help="where names are looked for (here)",
    )
    parser.add_argument("--prompts", metavar="FILE", help="what to ask (default: rows nobody was tuned on)")
    parser.add_argument(
        "--limit",
        metavar="N",
        type=positive,
        help=f"the first N prompts; without --prompts so many rows, drawn by --seed ({_DRAWN})",
    )
    parser.add_argument(
        "--threshold",
        metavar="T",
        type=finite,
        default=THRESHOLD,
        help=f"leave out prompts as like a row trained on ({THRESHOLD:g} of the 5-grams)",
    )
    parser.add_argument(
        "--max-new-tokens", metavar="N", type=positive, default=512, help="longer answers are cut (512)"
    )
    parser.add_argument(
        "--temperature", metavar="T", type=finite, default=0.0, help="of the models (0: greedy)"
    )
    parser.add_argument(
        "--workspace", metavar="DIR", type=Path, help="where jobs and replies are kept (the first run's)"
    )
    parser.add_argument("--python", metavar="P", help="the interpreter with torch (each run's own)")


def asked_for(arguments: Namespace) -> Asked:
    """Find models and prompts, and find or make the jobs; raise UsageError for what does not fit."""
    if not 0 < arguments.threshold <= 1:
        raise UsageError(
            f"--threshold: a similarity lies above 0 and up to 1; {arguments.threshold:g} does not"
        )
    decoding = Decoding(arguments.max_new_tokens, arguments.temperature)
    jobs = [_job(name, arguments.place) for name in arguments.runs]
    sides = [
        bare(name.removeprefix(BASE)) if job is None else of_run(job)
        for name, job in zip(arguments.runs, jobs, strict=True)
    ]
    source = arguments.prompts or str(_dataset([job for job in jobs if job]))
    with ProgressLine() as progress:
        progress.show("looking for prompts that were trained on")
        trained = Trained([job.folder / "rows.jsonl" if job else None for job in jobs], arguments.threshold)
        given, kept, leaks = _prompts(arguments, source, trained)
    python = interpreter(arguments.python)
    own = [job.spec.python for job in jobs if job]
    pythons = [python or (job.spec.python if job else next(iter(own), None)) for job in jobs]
    runs = [job for job in jobs if job]
    if arguments.workspace or not runs:
        workspace = make_folder(Path(source), arguments.workspace)
    else:
        workspace = runs[0].folder.parent.parent
    made = comparison(workspace, _two(sides), kept, decoding, Path(source).name, pythons)
    return Asked(made, given, leaks)


def answer(asked: Asked) -> Status:
    """Have both models answer, as far as they have not; return how the last job ended."""
    status = Status(FINISHED)
    for side, job in zip(asked.comparison.sides, asked.comparison.jobs, strict=True):
        if job.status().state != FINISHED:
            prompts = plural(len(asked.comparison.prompts), "prompt")
            say(f"{job.id}: {short(side.name, 80)} on {prompts}; Ctrl-C stops, the same command goes on")
        with ProgressLine() as progress:
            status = finished(job, lambda status, line=progress: line.show(_in_words(status)))
        if status.state != FINISHED:
            break
    return status


def finished(job: Job, shown: Progress) -> Status:
    """Start the job or go on with it and wait for its end; one that works already is only watched."""
    while (status := job.status()).alive:
        shown(status)
        time.sleep(_EVERY)
    return status if status.state == FINISHED else run_foreground(job, shown)


def _in_words(status: Status) -> str:
    count = f" {status.done:,} of {status.total:,}" if status.total else ""
    return f"{status.state}: {status.phase}{count}"


def _two(sides: list[Side]) -> tuple[Side, Side]:
    first, second = sides
    return first, second


def _job(name: str, place: Path) -> Job | None:
    """Return the job of a name or folder, None for a model as it is."""
    if name.startswith(BASE):
        return None
    if (Path(name) / "spec.json").is_file():
        return Job(Path(name).resolve())
    if Path(name).is_dir():
        raise JobError(
            f"{short(name, 200)}: is no job's folder; say {BASE}{short(name, 200)} for a model as it is"
        )
    return find(jobs_in(place), name)


def _dataset(jobs: list[Job]) -> Path:
    """Return the file that the runs' rows are from."""
    paths = {job.folder.parents[3] / job.spec.dataset for job in jobs}
    if len(paths) != 1 or not next(iter(paths)).is_file():
        raise UsageError("--prompts is missing: there is no one dataset here to draw rows from")
    return paths.pop()


def _prompts(arguments: Namespace, source: str, trained: Trained) -> tuple[int, list[Prompt], list[Leak]]:
    dataset = load(Files((source,)))
    if arguments.prompts is None:
        kept, leaks = held_out(dataset, trained, arguments.limit or _DRAWN, arguments.seed)
        return len(kept) + len(leaks), kept, leaks
    found = prompts_of(dataset, range(len(dataset)))
    if not found:
        raise InputRefusedError(f"{short(source, 200)}: has no prompts")
    kept, leaks = trained.apart(found)
    if not kept:
        raise InputRefusedError(
            f"{short(source, 200)}: the runs were tuned on every prompt of it; name others"
        )
    return len(found), kept[: arguments.limit], leaks
