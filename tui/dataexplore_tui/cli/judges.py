"""What the command line says of a judge: which one, which rows, and what it may cost."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np

from dataexplore.judge.endpoint.budget import Limits
from dataexplore.judge.kinds import Asking
from dataexplore.judge.request import Request
from dataexplore.judge.wanted import Rows
from dataexplore.session.session import Session
from dataexplore_tui.cli.options import UsageError, finite, positive, whole

_RUBRIC = "accuracy"
_ENDPOINT_ONLY = ("expected", "plain", "max_requests", "max_tokens", "max_cost", "prices", "key_file")


def add_judge(parser: ArgumentParser) -> None:
    """Add the choice of the judge."""
    judge = parser.add_argument_group("the judge")
    judge.add_argument(
        "--model", metavar="M", help="as the endpoint knows it; a folder for --local, --measure"
    )
    judge.add_argument(
        "--base-url", metavar="URL", help="of an OpenAI-compatible endpoint: http://host:8000/v1"
    )
    judge.add_argument(
        "--rubric",
        metavar="R",
        help=f"a shipped rubric's name or a TOML file ({_RUBRIC}; --rubrics lists them)",
    )
    judge.add_argument(
        "--local", action="store_true", help="ask the model in the folder --model, on this machine"
    )
    judge.add_argument(
        "--measure", choices=("checks", "tokens", "ifd"), help="ask nobody: rule checks, exact lengths, IFD"
    )
    judge.add_argument("--name", metavar="S", help="what the signal is called (default: rubric and model)")
    judge.add_argument(
        "--expected", action="store_true", help="a second signal: the mean of the likeliest scores (logprobs)"
    )
    judge.add_argument("--plain", action="store_true", help="do not ask for JSON by a schema")
    judge.add_argument("--temperature", metavar="T", type=finite, default=0.0, help="(0)")
    judge.add_argument("--seed", metavar="N", type=whole, default=0, help="sent along, and of --sample (0)")
    judge.add_argument(
        "--answer", metavar="N", type=positive, default=120, help="tokens of a reply at most (120)"
    )


def add_rows(parser: ArgumentParser) -> None:
    """Add the choice of rows."""
    rows = parser.add_argument_group("the rows (all of them)")
    rows.add_argument("--where", metavar="SQL", help="only rows that match a filter")
    rows.add_argument("--limit", metavar="N", type=positive, help="the first N of them")
    rows.add_argument(
        "--sample", metavar="N", type=positive, help="N of them at random, the same with one --seed"
    )
    rows.add_argument(
        "--per-group",
        metavar="T",
        type=finite,
        help="one row of each duplicate group at T; the others inferred",
    )


def add_limits(parser: ArgumentParser) -> None:
    """Add how hard an endpoint is asked, and what may be spent."""
    limits = parser.add_argument_group("an endpoint")
    limits.add_argument(
        "--concurrency", metavar="N", type=positive, default=8, help="requests at once at most (8)"
    )
    limits.add_argument(
        "--timeout", metavar="S", type=finite, default=120.0, help="seconds for a reply (120)"
    )
    limits.add_argument(
        "--max-requests", metavar="N", type=positive, help="of this job: stop before another request"
    )
    limits.add_argument(
        "--max-tokens", metavar="N", type=positive, help="of this job: stop before more are used"
    )
    limits.add_argument(
        "--max-cost", metavar="X", type=finite, help="of this job: stop before more is spent; needs prices"
    )
    limits.add_argument(
        "--prices", metavar="F", type=Path, help="your price list (TOML; see docs/judging.md)"
    )
    limits.add_argument(
        "--key-env", metavar="NAME", default="OPENAI_API_KEY", help="variable with the key (OPENAI_API_KEY)"
    )
    limits.add_argument("--key-file", metavar="F", type=Path, help="file with the key, readable by you alone")


def request_of(arguments: Namespace) -> Request:
    """Return the judge that is asked for; raise UsageError for what does not fit together."""
    limits = Limits(arguments.max_requests, arguments.max_tokens, arguments.max_cost)
    if arguments.measure:
        _refuse(
            arguments,
            f"--measure {arguments.measure}",
            "base_url",
            "rubric",
            "local",
            "name",
            *_ENDPOINT_ONLY,
        )
        if arguments.measure == "checks":
            _refuse(arguments, "--measure checks", "model")
        return Request(kind=arguments.measure, model=_folder(arguments))
    rubric = arguments.rubric or _RUBRIC
    if arguments.local:
        _refuse(arguments, "--local", "base_url", *_ENDPOINT_ONLY)
        return Request("local", _folder(arguments), rubric=rubric, name=arguments.name or "")
    if not arguments.model:
        raise UsageError("--model is missing: the name that the endpoint knows the judge by")
    if not arguments.base_url:
        raise UsageError(
            "--base-url is missing: the endpoint's address; --local for a folder on this machine"
        )
    asking = Asking(
        arguments.temperature, arguments.seed, arguments.answer, not arguments.plain, arguments.expected
    )
    return Request(
        "endpoint",
        arguments.model,
        arguments.base_url,
        rubric,
        arguments.name or "",
        asking,
        arguments.concurrency,
        arguments.timeout,
        limits,
        arguments.prices,
        arguments.key_env,
        arguments.key_file,
    )


def rows_of(arguments: Namespace, session: Session) -> Rows:
    """Return the rows to be judged."""
    count = len(session.dataset)
    rows = np.flatnonzero(session.where(arguments.where)) if arguments.where else np.arange(count)
    if arguments.sample is not None:
        chosen = np.random.default_rng(arguments.seed).permutation(len(rows))[: arguments.sample]
        rows = rows[np.sort(chosen)]
    return rows[: arguments.limit]


def _folder(arguments: Namespace) -> str:
    if not arguments.model and arguments.measure != "checks":
        raise UsageError("--model is missing: the folder of the model")
    return arguments.model or ""


def _refuse(arguments: Namespace, by: str, *names: str) -> None:
    for name in names:
        if getattr(arguments, name):
            raise UsageError(f"--{name.replace('_', '-')} has no meaning with {by}: leave it out")
