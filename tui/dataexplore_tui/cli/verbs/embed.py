"""`dataexplore embed`: vectors of all rows, made once, by a job that can be left alone."""

from argparse import ArgumentParser, Namespace
from typing import Any

from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import start
from dataexplore.jobs.launchers import run_foreground
from dataexplore.jobs.status import FINISHED, Status
from dataexplore.text import short
from dataexplore.vectors.job import create_embedding
from dataexplore.vectors.texts import check_field, texts_of
from dataexplore.workspace.location import make_folder
from dataexplore_tui.cli.encoding import add_encoding, say_shared, shared_found
from dataexplore_tui.cli.opened import load
from dataexplore_tui.cli.options import DONE, PROBLEMS, add_edits, add_file, interpreter
from dataexplore_tui.cli.output import put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine

_ABOUT = """\
Turns the rows' texts into vectors and keeps them in the workspace, where
`duplicates`, `clusters`, `select` and the screen find them: with a large model
this is the slow part of each. A row that has a vector by this encoder already
is not encoded again, so after 1,000 rows were appended 1,000 are encoded.

It runs as a job. --detach lets it go on when the terminal is closed; without
it, it is watched to its end, and Ctrl-C stops it: what was encoded is kept, and
`dataexplore runs JOB --resume` or the same command goes on from there."""
_KEYS = """\
keys: job, state (starting, finished, stopped, failed ...), reason, encoder,
  field, edited (rows), rows, without_text (rows that have no such text, so no
  vector), system (share of rows with a system message), shared [{text, place,
  rows}] (neither is compared), folder, and of a finished job: encoded (rows
  that had no vector yet), without_vector, dimensions, device, threshold (from
  which rows usually are alike with this encoder), meaning (of that threshold),
  warning (scripts that the encoder was not made for, "" if none), seconds
exit codes: 0 done or started, 1 the job ended before its end, 2 refused"""
_TOLD = ("encoded", "without_vector", "dimensions", "device", "threshold", "meaning", "warning", "seconds")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `embed` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_edits(parser, default=True)
    add_encoding(parser)
    parser.add_argument("--python", metavar="P", help="the interpreter with sentence-transformers (this one)")
    parser.add_argument("--detach", action="store_true", help="start the job and return")


def run(arguments: Namespace) -> int:
    """Start the job and, unless detached, watch it."""
    check_field(arguments.field)
    python = interpreter(arguments.python)
    dataset = load(arguments.file, arguments.workspace, edits=arguments.edits)
    texts = texts_of(dataset, arguments.field, strip=not arguments.keep_shared)
    say_shared(texts)
    folder = make_folder(dataset.path, arguments.workspace)
    job = create_embedding(folder / "jobs", folder / "vectors", dataset, texts, arguments.encoder, python)
    facts = {
        "encoder": arguments.encoder,
        "field": texts.field,
        "edited": len(dataset.edits),
        "rows": len(dataset),
        "without_text": texts.blank,
        "system": texts.system,
        "shared": shared_found(texts),
        "folder": str(job.folder),
    }
    del dataset, texts
    if arguments.detach:
        return _finish(arguments, {**_outcome(job, start(job).status()), **facts}, DONE)
    say(f"{job.id} started; Ctrl-C stops it, and what was encoded is kept")
    with ProgressLine() as progress:
        status = run_foreground(job, lambda status: progress.show(_line(status)))
    found = {**_outcome(job, status), **facts, **_told(job)}
    if found.get("warning"):
        say(found["warning"])
    return _finish(arguments, found, DONE if status.state == FINISHED else PROBLEMS)


def _outcome(job: Job, status: Status) -> dict[str, Any]:
    return {"job": job.id, "state": status.state, "reason": status.reason}


def _told(job: Job) -> dict[str, Any]:
    result = job.result() or {}
    return {name: result[name] for name in _TOLD if name in result}


def _line(status: Status) -> str:
    rows = f"  row {status.done:,} of {status.total:,}" if status.total else ""
    return f"{status.state}: {status.phase}{rows}"


def _finish(arguments: Namespace, found: dict[str, Any], code: int) -> int:
    if arguments.json:
        put_json(found)
        return code
    shown = [
        (name, value) for name, value in found.items() if name not in ("shared", "warning") and value != ""
    ]
    put(
        table(
            [
                (name, short(f"{value:,}" if isinstance(value, int) else str(value), 200))
                for name, value in shown
            ]
        )
    )
    return code
