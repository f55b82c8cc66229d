"""`dataexplore compare`: which of two models answers better, and how sure that is."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from dataexplore.compare.imported import read_reviews
from dataexplore.compare.outcome import by_set, outcome
from dataexplore.jobs.status import FINISHED
from dataexplore_tui.cli.compared import Judged, found, lines
from dataexplore_tui.cli.comparing import add_models, answer, asked_for
from dataexplore_tui.cli.options import DONE, PROBLEMS, UsageError, add_json, whole
from dataexplore_tui.cli.outcomes import found_of, outcome_lines
from dataexplore_tui.cli.output import put, put_json
from dataexplore_tui.cli.reviewing import add_panel, request_of, review

_ABOUT = """\
Has two models answer the same prompts, greedily and with the same settings,
and asks a judge about each pair of answers in both orders. RUN is a tune job's
name or folder, or base:FOLDER for a model as it is. Prompts come from --prompts
(`prompt`, and if there are any `reference` and `set`; or any dataset), else
from rows of the runs' own dataset. Those that either run was tuned on, word for
word or nearly, are found and left out first.

A model wins a prompt if it wins both orders, or one while the other is even; a
judge that contradicts itself has made a tie. The score is (wins - losses) /
prompts + 1; the interval holds 95 % of the scores that as many prompts, drawn
from these, have. A judge that prefers the longer answer shows in two figures:
how often the longer one won, and what share would be left to the first model
were both equally long. Without --model nobody judges: you get both losses on
the reference answers and a few answers to read.

Each part is a job that outlives the terminal. Run the command again and it does
only what is missing: no prompt is answered twice, no question paid twice.

--import-reviews counts reviews made elsewhere instead: rows with `scores` and
`scores_reverse` (pairs, each in the order in which the answers were shown), or
`review` and `review_reverse` (replies that begin with two numbers); `Answer1`
and `Answer2` for the lengths, and `set`. A reply that cannot be read is no
score: its prompt counts apart."""
_KEYS = """\
keys: prompts, wins, ties, losses, unparsed, score, interval [low, high],
  sign_test, flips, flip_rate, longer_wins, length_controlled, by_set {name:
  the same}; null for what these prompts cannot tell, and for all of them
  without a judge
keys with runs, besides: comparison, state, reason, first and second {model,
  job, state, answered, cut, new_tokens, reference_loss, seconds}, decoding,
  given, compared, excluded [{prompt, set, sides, row, similarity, kind}],
  unanswered {reason: prompts}, reference {references, first, second, tokens,
  lower, difference, interval, comparable}, judge {model, judge, job, same,
  errors, left, requests}, people (blind votes) {wins, ties, losses, prompts,
  same, decided, same_decided, kappa}, samples [{set, prompt, first, second,
  verdict}]
exit codes: 0 done, 1 a job ended before its end or some questions ended in an
  error, 2 refused"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `compare` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    add_models(parser)
    add_panel(parser)
    parser.add_argument(
        "--import-reviews",
        metavar="FILE",
        type=Path,
        help="count reviews made elsewhere, in any format that opens, and ask nobody",
    )
    parser.add_argument(
        "--seed",
        metavar="N",
        type=whole,
        default=0,
        help="for the interval and for rows drawn by --limit (0)",
    )
    add_json(parser)


def run(arguments: Namespace) -> int:
    """Print who won, and how much of that is chance, order and length."""
    if arguments.import_reviews is None:
        if len(arguments.runs) != 2:
            raise UsageError("name two runs to compare, or --import-reviews FILE")
        return _compare(arguments)
    if arguments.runs or arguments.model:
        raise UsageError("--import-reviews compares no runs and asks no judge: leave them out")
    reviews = read_reviews(arguments.import_reviews)
    whole_outcome, parts = outcome(reviews, arguments.seed), by_set(reviews, arguments.seed)
    if arguments.json:
        put_json(found_of(whole_outcome, parts))
    else:
        put(outcome_lines(whole_outcome, parts))
    return DONE


def _compare(arguments: Namespace) -> int:
    request = request_of(arguments)
    asked = asked_for(arguments)
    status = answer(asked)
    answered = asked.comparison.answered()
    judged: Judged | None = None
    if request is not None and status.state == FINISHED:
        judged, status = review(request, asked.comparison, answered.pairs)
    said = found(asked, answered, judged, status, arguments.seed)
    if arguments.json:
        put_json(said)
    else:
        put(lines(said, judged, arguments.seed))
    whole_answer = status.state == FINISHED and not (judged and judged.reviewed.errors)
    return DONE if whole_answer else PROBLEMS
