"""What `compare` prints of wins, ties and losses."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dataexplore.compare.outcome import Outcome
from dataexplore.text import short
from dataexplore_tui.cli.output import plural, table


def found_of(one: Outcome, parts: Mapping[str, Outcome]) -> dict[str, Any]:
    """Return an outcome and those of its test sets as JSON has them."""
    return _found(one) | {"by_set": {name: _found(part) for name, part in parts.items()}}


def outcome_lines(one: Outcome, parts: Mapping[str, Outcome]) -> list[str]:
    """Return an outcome for people: a table by set, and what chance, order and length have to do with it."""
    named = [(short(name, 40) or "(no set)", part) for name, part in parts.items()]
    rows = [*(named if len(named) > 1 else []), ("all", one)]
    lines = table(
        [(name, *_counts(part), _span(part)) for name, part in rows],
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


def _found(one: Outcome) -> dict[str, Any]:
    return {"prompts": one.prompts} | asdict(one) | {"flip_rate": one.flip_rate}


def _counts(one: Outcome) -> tuple[int, int, int, int, str]:
    score = "-" if one.score is None else f"{one.score:.3f}"
    return one.prompts, one.wins, one.ties, one.losses, score


def _span(one: Outcome) -> str:
    return "-" if one.interval is None else "{:.3f} to {:.3f}".format(*one.interval)
