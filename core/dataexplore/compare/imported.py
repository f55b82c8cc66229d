"""Reads reviews that were made elsewhere: rows with both answers and a judge's replies in both orders."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from dataexplore.compare.review import Review
from dataexplore.dataset.loading import open_dataset
from dataexplore.dataset.parse import Record
from dataexplore.errors import InputRefusedError
from dataexplore.text import short

_STRAIGHT = ("scores", "review")
_SWAPPED = ("scores_reverse", "review_reverse")
_PAIR = re.compile(
    r"\s*(-?\d+(?:\.\d+)?)(?:\s*/\s*\d+)?[\s,;]+(-?\d+(?:\.\d+)?)(?:\s*/\s*\d+)?\s*(?:$|[\n.])"
)
"""How a review in the form of Vicuna's begins: the two scores on a line of their own."""


def read_reviews(path: Path) -> list[Review]:
    """Return the reviews of a file in any of the formats that open as a dataset.

    A row has `scores` (a pair, as a list or as text) or `review` (a reply that begins with two numbers), and
    the same with `_reverse` for the other order, in the order in which the answers were shown; `Answer1`
    and `Answer2` for the lengths, and `set`. Raises InputRefusedError when no row has both orders.
    """
    dataset = open_dataset(path)
    if dataset.unreadable:
        first = dataset.unreadable[0]
        raise InputRefusedError(f"{short(str(path), 200)}: line {first.line}: {first.reason}")
    records = [dataset.record(row) for row in range(len(dataset))]
    if not any(_has(record, _STRAIGHT) and _has(record, _SWAPPED) for record in records):
        raise InputRefusedError(
            f"{short(str(path), 200)}: no row has a review in both orders; a row needs scores and "
            "scores_reverse, or review and review_reverse"
        )
    return [_review(record) for record in records]


def _has(record: Record, names: Sequence[str]) -> bool:
    return any(name in record for name in names)


def _review(record: Record) -> Review:
    swapped = _scores(record, _SWAPPED)
    answers = record.get("Answer1"), record.get("Answer2")
    first, second = answers
    lengths = (len(first), len(second)) if isinstance(first, str) and isinstance(second, str) else None
    of = record.get("set")
    return Review(
        of if isinstance(of, str) else "",
        _scores(record, _STRAIGHT),
        None if swapped is None else swapped[::-1],
        lengths,
    )


def _scores(record: Record, names: Sequence[str]) -> tuple[float, float] | None:
    """Return two scores in the order in which the answers were shown; None where there are not two."""
    pair, reply = (record.get(name) for name in names)
    if isinstance(pair, str):
        try:
            pair = json.loads(pair)
        except json.JSONDecodeError:
            pair = None
    if pair is None and isinstance(reply, str) and (found := _PAIR.match(reply)):
        pair = [float(found[1]), float(found[2])]
    if not isinstance(pair, list) or len(pair) != 2:
        return None
    first, second = pair
    # A negative score is how some parsers write a reply that they could not read.
    if not all(type(one) in (int, float) and one >= 0 for one in pair):
        return None
    return float(first), float(second)
