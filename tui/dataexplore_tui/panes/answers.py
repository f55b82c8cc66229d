"""One prompt with both answers, and what the judge said of them in each order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from dataexplore_tui.panes.abreast import abreast, block, said_lines
from dataexplore_tui.panes.comparison import Names
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, WARN, line, shown
from dataexplore_tui.widgets.strips import wrapped

if TYPE_CHECKING:
    from dataexplore.compare.pairwise import Pair
    from dataexplore.compare.review import Review
    from dataexplore.judge.replies import Reply
    from dataexplore.session.verdicts import Verdicts

_LONGEST = 600
"""Characters of a judge's words that are shown."""
_WON: Mapping[int, tuple[str, Style]] = {
    1: ("W  the first won", KEEP),
    0: ("T  a tie", DIM),
    -1: ("L  the second won", DROP),
}
Fits = Callable[["Review | None"], bool]

FILTERS: Mapping[str, Fits] = {
    "all": lambda review: True,
    "wins": lambda review: review is not None and review.judged and review.verdict > 0,
    "losses": lambda review: review is not None and review.judged and review.verdict < 0,
    "ties": lambda review: review is not None and review.judged and review.verdict == 0,
    "contradictions": lambda review: review is not None and review.flipped,
}
"""By name, which prompts are read."""


def chosen(found: Verdicts, name: str) -> list[Pair]:
    """Return the pairs that a filter leaves."""
    fits, reviews = FILTERS[name], found.reviews
    return [pair for pair in found.answered.pairs if fits(reviews.get(pair.prompt.key))]


def pair_lines(pair: Pair, found: Verdicts, names: Names, width: int) -> list[Text]:
    """Return a pair as lines of at most `width` cells."""
    lines = [*said_lines(pair.prompt.said, width), Text(end="")]
    heads = (
        line(("first  ", ACCENT), shown(names.first, STRONG), _size(pair.first)),
        line(("second  ", ACCENT), shown(names.second, STRONG), _size(pair.second)),
    )
    lines += abreast((heads[0], pair.first), (heads[1], pair.second), width)
    if pair.prompt.reference:
        lines += [Text(end=""), line(("reference", ACCENT)), *block(pair.prompt.reference, width)]
    lines += [Text(end=""), *_verdict(pair, found, width)]
    vote = next((one for one in found.votes if one.prompt == pair.prompt.key), None)
    if vote is not None:
        lines.append(line(("you, blind  ", DIM), _WON[vote.verdict]))
    return lines


def _size(text: str) -> tuple[str, Style]:
    return f"  {len(text):,} characters", DIM


def _verdict(pair: Pair, found: Verdicts, width: int) -> list[Text]:
    review = found.reviews.get(pair.prompt.key)
    if pair.same:
        return [line(("both said the same: a tie that nobody was asked about", DIM))]
    if found.reviewed is None:
        return []
    lines = []
    if review is None:
        lines.append(line(("not judged yet", WARN)))
    elif not review.judged:
        lines.append(line(("a reply could not be read: counted apart", WARN)))
    else:
        flip = ("   another winner in each order", WARN) if review.flipped else ""
        lines.append(line(("verdict  ", DIM), _WON[review.verdict], flip))
    orders = (("first, then second", False), ("second, then first", True))
    for (words, turned), reply in zip(orders, found.replies_to(pair), strict=True):
        lines += [one for part in _said(words, turned, reply) for one in wrapped(part, max(8, width))]
    return lines


def _said(words: str, turned: bool, reply: Reply | None) -> list[Text]:
    """Return one order's scores, in the order of the models, and the judge's words."""
    head = (f"shown {words}: ", DIM)
    if reply is None:
        return [line(head, ("not asked yet", WARN))]
    if len(reply.scores) != 2:
        return [line(head, shown(reply.reason, WARN)), *_words(reply.text)]
    first, second = reply.scores[::-1] if turned else reply.scores
    scores = f"first {first:g}, second {second:g}"
    return [line(head, (scores, STRONG)), *_words(reply.text)]


def _words(text: str) -> list[Text]:
    """Return the reason where the judge gave one by itself, else all that it said."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    reason = found.get("reason") if isinstance(found, dict) else None
    said = reason if isinstance(reason, str) else text
    return [line("  ", shown(" ".join(said.split())[:_LONGEST]))] if said.strip() else []
