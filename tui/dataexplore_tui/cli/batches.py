"""`judge --batch-out`, `--batch-in`: judging by files that a person sends and fetches, at half the price."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dataexplore.session.batches import answers_in, write_requests
from dataexplore.session.judging import Planned
from dataexplore_tui.cli.options import DONE, PROBLEMS, UsageError

KEYS = """\
  with --batch-out: signal, rows, known, texts, files, and the price of a batch
  (prompt_tokens ... currency); with --batch-in: signal, rows, scored, inferred,
  unparsed, errors, left, stored, known (answers that were there already),
  foreign (of other judges or rows), unreadable, prompt_tokens,
  completion_tokens, cost, currency"""


def add_batches(parser: ArgumentParser) -> None:
    """Add the writing and reading of batch files."""
    batch = parser.add_argument_group("OpenAI's batch files (half the price, within a day)")
    batch.add_argument("--batch-out", metavar="DIR", type=Path, help="write requests-1.jsonl ... to upload")
    batch.add_argument(
        "--batch-in", metavar="F", type=Path, action="append", help="read answers (output and error files)"
    )


def check_batches(arguments: Namespace) -> None:
    """Raise UsageError for options that do not fit together."""
    if not (arguments.batch_out or arguments.batch_in):
        return
    if arguments.batch_out and arguments.batch_in:
        raise UsageError("--batch-out writes requests and --batch-in reads answers: one at a time")
    if arguments.measure or arguments.local or arguments.selftest:
        raise UsageError("batch files are for an endpoint's judge with a rubric: name --model and --base-url")


def run_batches(arguments: Namespace, planned: Planned) -> tuple[dict[str, Any], int]:
    """Write requests or read answers; return what is to be printed and the exit code."""
    found: dict[str, Any] = {"signal": planned.wanted.judge.name}
    if arguments.batch_out:
        if not planned.wanted.missing:
            raise UsageError("every row has its reply already: there is nothing to write")
        files = write_requests(planned, arguments.batch_out)
        counted = asdict(planned.estimate) if planned.estimate else {}
        return {
            **found,
            "rows": len(planned.wanted.rows) + planned.wanted.blank,
            "known": planned.known,
            **counted,
            "files": [str(path) for path in files],
        }, DONE
    read, stands, cost = answers_in(planned, arguments.batch_in)
    found |= asdict(stands)
    found |= {
        "stored": read.stored,
        "known": read.known,
        "foreign": read.foreign,
        "unreadable": read.unreadable,
    }
    found |= {"prompt_tokens": read.prompt_tokens, "completion_tokens": read.completion_tokens}
    found |= {"cost": cost, "currency": planned.estimate.currency if planned.estimate else ""}
    return found, PROBLEMS if stands.errors else DONE
