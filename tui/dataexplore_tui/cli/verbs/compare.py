"""`dataexplore compare`: which of two models answers better, and how sure that is."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dataexplore.compare.imported import read_reviews
from dataexplore.compare.outcome import Outcome, by_set, outcome
from dataexplore.text import short
from dataexplore_tui.cli.options import DONE, add_json, whole
from dataexplore_tui.cli.output import plural, put, put_json, table

_ABOUT = """\
Counts reviews of two models' answers that a judge made in both orders: the
first model wins a prompt if it wins both orders, or one while the other is
even; a judge that contradicts itself has made a tie. The score is (wins -
losses) / prompts + 1; the interval holds 95 % of the scores that as many
prompts, drawn from these, have. A judge that prefers the longer answer shows
in two figures: how often the longer one won, and what share would be left to
the first model were both equally long.

--import-reviews reads rows with `scores` and `scores_reverse` (pairs, each in
the order in which the answers were shown), or `review` and `review_reverse`
(replies that begin with two numbers); `Answer1` and `Answer2` for the lengths,
and `set`. A reply that cannot be read is no score: its prompt counts apart."""
_KEYS = """\
keys: prompts, wins, ties, losses, unparsed, score, interval [low, high],
  sign_test, flips, flip_rate, longer_wins, length_controlled, by_set {name:
  the same}; null for what these prompts cannot tell"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `compare` takes."""
    parser.description = _ABOUT
    parser.epilog = _KEYS
    parser.add_argument(
        "--import-reviews",
        metavar="FILE",
        type=Path,
        required=True,
        help="reviews made elsewhere, in any format that opens",
    )
    parser.add_argument("--seed", metavar="N", type=whole, default=0, help="for the interval (0)")
    add_json(parser)


def run(arguments: Namespace) -> int:
    """Print who won, and how much of that is chance, order and length."""
    reviews = read_reviews(arguments.import_reviews)
    whole_outcome, parts = outcome(reviews, arguments.seed), by_set(reviews, arguments.seed)
    if arguments.json:
        put_json(_found(whole_outcome) | {"by_set": {name: _found(one) for name, one in parts.items()}})
        return DONE
    named = [(short(name, 40) or "(no set)", one) for name, one in parts.items()]
    rows = named if len(named) > 1 else []
    put(_lines([*rows, ("all", whole_outcome)], whole_outcome))
    return DONE


def _found(one: Outcome) -> dict[str, Any]:
    return {"prompts": one.prompts} | asdict(one) | {"flip_rate": one.flip_rate}


def _lines(rows: list[tuple[str, Outcome]], one: Outcome) -> list[str]:
    lines = table(
        [(name, *_counts(outcome), _span(outcome)) for name, outcome in rows],
        ("set", "prompts", "wins", "ties", "losses", "score", "95 %"),
    )
    lines.append("")
    if one.unparsed:
        lines.append(f"{plural(one.unparsed, 'prompt')} with a reply that could not be read, counted apart")
    if one.flip_rate is not None:
        share = f"{one.flip_rate:.1%}"
        lines.append(f"the judge contradicts itself when the order is swapped on {one.flips:,} ({share})")
    if one.sign_test is not None:
        lines.append(f"chance of such a split of wins and losses between equals: {one.sign_test:.3g}")
    if one.longer_wins is not None:
        lines.append(f"the longer answer won {one.longer_wins:.1%} of the decided prompts")
    if one.length_controlled is not None:
        share = f"{one.length_controlled:.1%}"
        lines.append(f"were answers equally long, the first model would win {share}, a tie being half a win")
    return lines


def _counts(one: Outcome) -> tuple[int, int, int, int, str]:
    score = "-" if one.score is None else f"{one.score:.3f}"
    return one.prompts, one.wins, one.ties, one.losses, score


def _span(one: Outcome) -> str:
    return "-" if one.interval is None else "{:.3f} to {:.3f}".format(*one.interval)
