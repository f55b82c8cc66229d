"""The form of a judge: which one, on which rows, what it may cost; counted before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from dataexplore.errors import JudgeError
from dataexplore.judge.endpoint.address import in_the_open
from dataexplore_tui.screens.form import Field, Form
from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, WARN, line, shown

if TYPE_CHECKING:
    from dataexplore.judge.endpoint.estimate import Estimate
    from dataexplore.judge.request import Request
    from dataexplore.session.judging import Planned

ROWS = ("in view", "not dropped", "kept", "all")


@dataclass(frozen=True)
class Wanted:
    """What the form asks for."""

    request: Request
    rows: str
    """One of ROWS."""
    sample: int | None
    """So many of them at random, None for all."""
    threshold: float | None
    """One row of each duplicate group at this similarity; None: every row."""
    python: str | None
    fields: dict[str, str]
    """As they were filled in: the next form begins with them."""


class JudgeForm(Form[Wanted, "Planned"]):
    """Counts texts, tokens and price before anything is sent."""

    TITLE_WORD = "judge"
    FIRST = (
        "enter counts texts, tokens and, with your price list, the price; nothing is sent before enter again"
    )
    FIELDS: ClassVar[tuple[Field, ...]] = (
        ("kind", "judge", "endpoint / local model / checks / tokens / ifd"),
        ("model", "model", "as the endpoint knows it, or a folder"),
        ("base_url", "address", "of an OpenAI-compatible endpoint: http://127.0.0.1:8000/v1"),
        (
            "rubric",
            "rubric",
            "accuracy, helpfulness, quality, complexity, rarity, following, multi_turn, a file",
        ),
        ("rows", "rows", "in view / not dropped / kept / all"),
        ("sample", "at random", "so many of them; nothing: all of them"),
        ("threshold", "one per group", "similarity of duplicate groups: one is asked, the others inferred"),
        ("concurrency", "at once", "requests at a time at most (8)"),
        ("cost", "cost at most", "stops before; needs your price list"),
        ("requests", "requests", "at most; stops before another one"),
        ("key", "key", "a variable's name (OPENAI_API_KEY), or a file that you alone can read"),
        ("python", "interpreter", "with torch, for local, tokens and ifd; this one"),
    )

    def __init__(self, initial: dict[str, str], plan: Callable[[Wanted], Planned]) -> None:
        super().__init__(initial)
        self._plan = plan

    def wanted(self, values: dict[str, str]) -> Wanted:
        """Return the judge and the rows that the fields ask for."""
        return wanted_of(values)

    def count(self, wanted: Wanted) -> Planned:
        """Look up what is known and price the rest."""
        return self._plan(wanted)

    def told(self, found: Planned) -> list[Text]:
        """Return rows, texts, tokens and price as lines."""
        asked, cost = found.wanted, found.estimate
        rows = len(asked.rows) + asked.blank
        lines = [
            line(
                (f"{rows:,} rows", STRONG),
                f"  {found.known:,} have a reply, {len(asked.missing):,} texts are to be judged",
            ),
            line(("signal  ", DIM), shown(asked.judge.name, STRONG)),
        ]
        if asked.blank:
            lines.append(line((f"{asked.blank:,} rows say nothing and are left out", DIM)))
        if asked.inferred.any():
            lines.append(line((f"{int(asked.inferred.sum()):,} rows get the score of their duplicate", DIM)))
        if cost is not None:
            lines += _price_lines(cost, str(found.settings["base_url"]))
        ready = (
            " starts it; it goes on when you leave" if asked.missing else " closes: nothing is to be asked"
        )
        return [*lines, line(("enter", ACCENT), ready)]


def _price_lines(cost: Estimate, address: str) -> list[Text]:
    lines = [
        line(
            f"{cost.requests:,} requests, about {cost.prompt_tokens:,} tokens to read and "
            f"{cost.completion_tokens:,} to write"
        )
    ]
    if cost.cost is None or cost.most_cost is None:
        lines.append(shown("no price is known for this model", WARN))
    else:
        price = f"about {cost.cost:,.2f} {cost.currency}, at most {cost.most_cost:,.2f}"
        lines.append(shown(price, STRONG))
    open_words = ", unencrypted" if in_the_open(address) else ""
    lines.append(shown(f"the rows' texts go to {address}{open_words}", WARN if open_words else DIM))
    return lines


def wanted_of(values: dict[str, str]) -> Wanted:
    """Return what the fields ask for; raise JudgeError naming the field that does not fit."""
    from dataexplore.judge.endpoint.budget import Limits
    from dataexplore.judge.request import Request

    kind = {"": "endpoint", "local model": "local"}.get(values["kind"], values["kind"])
    rows = values["rows"] or ROWS[0]
    if rows not in ROWS:
        raise JudgeError(f"rows: write one of {', '.join(ROWS)}")
    key = values["key"]
    in_file = "/" in key or "." in key
    request = Request(
        kind=kind,
        model=values["model"],
        base_url=values["base_url"],
        rubric=values["rubric"] or "accuracy",
        concurrency=int(_number(values, "concurrency") or 8),
        limits=Limits(requests=_whole(values, "requests"), cost=_number(values, "cost")),
        key_env="OPENAI_API_KEY" if in_file or not key else key,
        key_file=Path(key) if in_file else None,
    )
    sample, threshold = _whole(values, "sample"), _number(values, "threshold")
    return Wanted(request, rows, sample, threshold, values["python"] or None, dict(values))


def _whole(values: dict[str, str], name: str) -> int | None:
    number = _number(values, name)
    if number is not None and (number < 1 or number != int(number)):
        raise JudgeError(f"{name}: {values[name]} is not a whole number from 1")
    return None if number is None else int(number)


def _number(values: dict[str, str], name: str) -> float | None:
    text = values[name].replace(",", "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise JudgeError(f"{name}: {values[name]} is not a number")
    return number
