"""`compare` with a judge: each pair of answers in both orders, in a job that never pays twice."""

from argparse import ArgumentParser, Namespace

from dataexplore.compare.asking import Panel
from dataexplore.compare.comparison import Comparison
from dataexplore.compare.pairwise import Pair
from dataexplore.jobs.launchers import run_foreground
from dataexplore.jobs.status import FINISHED, Status
from dataexplore.judge.endpoint.budget import Limits
from dataexplore.judge.kinds import Asking
from dataexplore.judge.request import Request
from dataexplore.judge.words import figures, in_words
from dataexplore_tui.cli.compared import Judged
from dataexplore_tui.cli.judges import add_limits
from dataexplore_tui.cli.options import UsageError, positive
from dataexplore_tui.cli.output import plural, say
from dataexplore_tui.cli.progress import ProgressLine


def add_panel(parser: ArgumentParser) -> None:
    """Add the choice of the judge."""
    judge = parser.add_argument_group("the judge")
    judge.add_argument("--model", metavar="M", help="as the endpoint knows it")
    judge.add_argument(
        "--base-url", metavar="URL", help="of an OpenAI-compatible endpoint: http://host:8000/v1"
    )
    judge.add_argument("--plain", action="store_true", help="do not ask for JSON by a schema")
    judge.add_argument(
        "--answer", metavar="N", type=positive, default=160, help="tokens of a reply at most (160)"
    )
    add_limits(parser)


def request_of(arguments: Namespace) -> Request | None:
    """Return the judge that is asked for, None for none; raise UsageError for half of one."""
    if not arguments.model and not arguments.base_url:
        return None
    if not arguments.model or not arguments.base_url:
        raise UsageError("a judge needs both: --model, the name, and --base-url, the endpoint's address")
    return Request(
        model=arguments.model,
        base_url=arguments.base_url,
        asking=Asking(answer=arguments.answer, structured=not arguments.plain),
        concurrency=arguments.concurrency,
        timeout=arguments.timeout,
        limits=Limits(arguments.max_requests, arguments.max_tokens, arguments.max_cost),
        prices=arguments.prices,
        key_env=arguments.key_env,
        key_file=arguments.key_file,
    )


def review(request: Request, comparison: Comparison, pairs: list[Pair]) -> tuple[Judged, Status]:
    """Ask about every pair that has no reply yet."""
    panel = Panel(comparison.workspace, request)
    missing = panel.missing(pairs)
    job, status = None, Status(FINISHED)
    if missing:
        job = panel.job(missing, comparison.jobs[0].spec.dataset)
        count = plural(len(missing), "question")
        say(f"{job.id}: {count} to {request.model}; Ctrl-C stops, the same command goes on")
        with ProgressLine() as progress:
            asked = job
            status = run_foreground(asked, lambda status: progress.show(in_words(status, figures(asked))))
    return Judged(panel.judge, job, panel.reviewed(pairs)), status
