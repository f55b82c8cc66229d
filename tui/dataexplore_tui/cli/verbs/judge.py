"""`dataexplore judge`: scores by a model or a measure, in a job that is resumed and never pays twice."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import start
from dataexplore.jobs.launchers import run_foreground
from dataexplore.jobs.status import FINISHED, Status
from dataexplore.judge.judge import signal_name
from dataexplore.judge.rubric import load_rubric, shipped
from dataexplore.judge.wanted import standing
from dataexplore.judge.words import figures, in_words
from dataexplore.session.judging import Planned, make_job, plan_judging
from dataexplore.text import short
from dataexplore.workspace.location import find_folder
from dataexplore.workspace.workspace import make_workspace
from dataexplore_tui.cli.batches import KEYS as BATCH_KEYS
from dataexplore_tui.cli.batches import add_batches, check_batches, run_batches
from dataexplore_tui.cli.judges import add_judge, add_limits, add_rows, request_of, rows_of
from dataexplore_tui.cli.opened import reading
from dataexplore_tui.cli.options import DONE, PROBLEMS, UsageError, add_file, interpreter
from dataexplore_tui.cli.output import plural, put, put_json, say, table
from dataexplore_tui.cli.progress import ProgressLine
from dataexplore_tui.cli.selftest import ABOUT, KEYS, run_selftest

_ABOUT = f"""\
Asks a judge about rows and keeps its scores in the workspace, as a signal that
`scores`, `select` and the screen know. Three sorts of judges:

  --model M --base-url URL      a model behind an OpenAI-compatible endpoint
  --model DIR --local           a model on this machine, by its probabilities
  --measure checks|tokens|ifd   no model's opinion: rules, lengths, IFD

Replies are kept by what a row says and by all that makes the judge the judge it
is. So nothing is asked twice: run again, appended to, sorted anew, only what is
missing is asked. A reply in which no score is found is `unparsed`, never a
number. It runs as a job: --detach lets it go on when the terminal is closed,
Ctrl-C stops it within seconds, and the same command goes on from there.

--dry-run counts rows, requests, tokens and, with your price list, the price;
nothing is sent. A score is what one model said of one text; docs/judging.md
tells what it is not.

{ABOUT}"""
_KEYS = f"""\
keys: signal, rows, scored, inferred (of the scored: by --per-group), unparsed,
  errors {{name: rows}}, left (not asked yet, or nothing is said in them); and of
  this job: job, state, reason, requests, tokens, prompt_tokens,
  completion_tokens, cost (null without a price), currency, seconds; with
  --dry-run: signal, rows, known (have a reply), inferred, blank (nothing is
  said in them), texts (to be asked about), requests, prompt_tokens,
  completion_tokens, most_tokens, cost, most_cost, currency
{BATCH_KEYS}
{KEYS}
exit codes: 0 done or started, 1 some rows ended in an error or the job ended
  before its end, 2 refused; a limit that was reached is no error"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `judge` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_file(parser)
    add_judge(parser)
    add_rows(parser)
    add_limits(parser)
    add_batches(parser)
    parser.add_argument("--python", metavar="P", help="the interpreter with torch, for --local and --measure")
    parser.add_argument("--rubrics", action="store_true", help="list the shipped rubrics")
    parser.add_argument("--selftest", action="store_true", help="try whether text in a row moves the judge")
    parser.add_argument("--dry-run", action="store_true", help="count and price what would be asked")
    parser.add_argument("--detach", action="store_true", help="start the job and return")


def run(arguments: Namespace) -> int:
    """Find out what is missing, ask about it, and tell how the rows stand."""
    if arguments.rubrics:
        return _told(arguments, {one.label: one.title for one in map(load_rubric, shipped())}, DONE)
    check_batches(arguments)
    if arguments.selftest and (arguments.detach or arguments.per_group is not None):
        raise UsageError(
            "--selftest waits for its answers and asks about single rows: leave --detach and --per-group out"
        )
    request = request_of(arguments)
    python = interpreter(arguments.python)
    with reading(arguments.file, arguments.workspace) as session:
        path = session.dataset.path
        folder = find_folder(path, arguments.workspace)
        if not arguments.dry_run:
            folder = make_workspace(path, arguments.workspace)
        if arguments.selftest:
            return run_selftest(arguments, session, request, folder, python)
        with ProgressLine("looking up rows"):
            rows = rows_of(arguments, session)
            batch = arguments.batch_out is not None
            planned = plan_judging(session, request, rows, arguments.per_group, folder, batch=batch)
        _tell_name(arguments, planned)
        if arguments.dry_run:
            return _dry(arguments, planned)
        if arguments.batch_out or arguments.batch_in:
            return _told(arguments, *run_batches(arguments, planned))
        job = make_job(session, planned, python)
    if job is None:
        why = "every row has its reply already" if len(planned.wanted.rows) else "no row is to be judged"
        say(f"{why}: nothing was asked")
        return _told(arguments, _found(planned, None, Status(FINISHED)), DONE)
    if arguments.detach:
        found = {"signal": planned.wanted.judge.name, **_outcome(job, start(job).status())}
        return _told(arguments, found, DONE)
    return _work(arguments, job, planned)


def _tell_name(arguments: Namespace, planned: Planned) -> None:
    name = planned.wanted.judge.name
    if arguments.name and name != signal_name(arguments.name):
        say(f"the signal is called {name}: this judge has that name already, or the other is taken")


def _work(arguments: Namespace, job: Job, planned: Planned) -> int:
    texts = plural(len(planned.wanted.missing), "text")
    say(f"{job.id}: {texts} to judge; Ctrl-C stops, the same command goes on from there")
    with ProgressLine() as progress:
        status = run_foreground(job, lambda status: progress.show(in_words(status, figures(job))))
    for event in job.events():
        if event.get("event") == "warning":
            say(str(event.get("text")))
    found = _found(planned, job, status)
    ended = status.state == FINISHED or figures(job).get("stopped_by", "") not in ("", "asked")
    return _told(arguments, found, DONE if ended and not found["errors"] else PROBLEMS)


def _found(planned: Planned, job: Job | None, status: Status) -> dict[str, Any]:
    spent = figures(job) if job else {}
    tokens = {name: spent.get(name, 0) for name in ("prompt_tokens", "completion_tokens")}
    return {
        "signal": planned.wanted.judge.name,
        **asdict(standing(planned.wanted, planned.judgements)),
        **_outcome(job, status),
        "requests": spent.get("requests", 0),
        "tokens": sum(tokens.values()),
        **tokens,
        "cost": spent.get("cost"),
        "currency": spent.get("currency", ""),
        "seconds": spent.get("seconds", 0.0),
    }


def _dry(arguments: Namespace, planned: Planned) -> int:
    asked = planned.wanted
    found = {
        "signal": asked.judge.name,
        "rows": len(asked.rows) + asked.blank,
        "known": planned.known,
        "inferred": int(asked.inferred.sum()),
        "blank": asked.blank,
        "texts": len(asked.missing),
        **(asdict(planned.estimate) if planned.estimate else {"requests": 0}),
    }
    return _told(arguments, found, DONE)


def _outcome(job: Job | None, status: Status) -> dict[str, Any]:
    return {"job": job.id if job else "", "state": status.state, "reason": status.reason}


def _told(arguments: Namespace, found: dict[str, Any], code: int) -> int:
    if arguments.json:
        put_json(found)
        return code
    put(table([(name, value) for name, value in _flat(found) if value not in ("", None)]))
    return code


def _flat(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in found.items():
        if name == "errors":
            yield from ((f"error: {short(kind, 60)}", rows) for kind, rows in value.items())
        else:
            yield name, _word(value)


def _word(value: Any) -> Any:
    if isinstance(value, list):
        return short(", ".join(map(str, value)), 400)
    return short(value, 200) if isinstance(value, str) else value
