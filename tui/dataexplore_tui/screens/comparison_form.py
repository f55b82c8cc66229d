"""The form of a comparison: two models, the prompts, the judge; counted before anything is started."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from dataexplore.errors import JobError
from dataexplore_tui.screens.form import Field, Form
from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, WARN, line, shown

if TYPE_CHECKING:
    from dataexplore.session.pairing import Planned, Questions, Wish

HELD_OUT = "held-out rows"
_TOKENS = 512


class ComparisonForm(Form["Wish", "Planned"]):
    """Counts prompts, those that were trained on, and questions to the judge."""

    TITLE_WORD = "compare"
    FIRST = "enter counts prompts and questions; nothing is started before enter again"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        ("first", "first", "a run's number, or base:FOLDER for a model as it is"),
        ("second", "second", "a run's number, or base:FOLDER for a model as it is"),
        ("prompts", "prompts", f"a file, or {HELD_OUT}: rows that nobody was tuned on"),
        ("limit", "how many", "the file's first, or so many rows (200)"),
        ("tokens", "longest answer", f"tokens; a longer one is cut ({_TOKENS})"),
        ("model", "judge", "as the endpoint knows it; nothing: nobody judges"),
        ("base_url", "address", "of an OpenAI-compatible endpoint: http://127.0.0.1:8000/v1"),
        ("key", "key", "a variable's name (OPENAI_API_KEY), or a file that you alone can read"),
        ("python", "interpreter", "with torch; each run's own"),
    )

    def __init__(self, initial: dict[str, str], plan: Callable[[Wish], Planned]) -> None:
        super().__init__(initial)
        self._plan = plan

    def wanted(self, values: dict[str, str]) -> Wish:
        """Return the comparison that the fields ask for."""
        return wish_of(values)

    def count(self, wanted: Wish) -> Planned:
        """Find models and prompts and count."""
        return self._plan(wanted)

    def told(self, found: Planned) -> list[Text]:
        """Return prompts, questions and tokens as lines."""
        known = f"  {found.answered:,} of them answered by both already" if found.answered else ""
        lines = [
            line((f"{len(found.prompts):,} prompts", STRONG), shown(f" of {found.source}", DIM), known),
            line(
                (
                    f"{len(found.leaks):,} of {found.given:,} left out: a run was tuned on them, or nearly",
                    WARN if found.leaks else DIM,
                )
            ),
        ]
        if found.questions is None:
            lines.append(line(("nobody judges: held-out losses and answers to read", WARN)))
        else:
            address = found.wish.request.base_url if found.wish.request else ""
            lines += _question_lines(found, found.questions, address)
        return [*lines, line(("enter", ACCENT), " starts it; its jobs go on when you leave")]


def _question_lines(found: Planned, asked: Questions, address: str) -> list[Text]:
    from dataexplore.judge.endpoint.address import in_the_open

    open_words = ", unencrypted" if in_the_open(address) else ""
    most = "at most " if found.answered < len(found.prompts) else ""
    tokens = (
        f"{most}about {asked.prompt_tokens:,} tokens to read and {asked.completion_tokens:,} to write"
        if asked.asked
        else "every reply is there already"
    )
    return [
        line((f"{asked.asked:,} questions to the judge", STRONG), f", each pair in both orders: {tokens}"),
        shown(f"prompts and answers go to {address}{open_words}", WARN if open_words else DIM),
    ]


def wish_of(values: dict[str, str]) -> Wish:
    """Return what the fields ask for; raise DataexploreError naming the field that does not fit."""
    from dataexplore.compare.decoding import Decoding
    from dataexplore.session.contest import judge_request
    from dataexplore.session.pairing import Wish

    if not values["first"] or not values["second"]:
        raise JobError("name two models: runs by their numbers, or base:FOLDER for a model as it is")
    if bool(values["model"]) != bool(values["base_url"]):
        raise JobError("a judge needs both, its name and its address; empty both, and nobody judges")
    request = None
    if values["model"]:
        key = values["key"]
        in_file = "/" in key or "." in key
        request = judge_request(
            values["model"],
            values["base_url"],
            "OPENAI_API_KEY" if in_file or not key else key,
            Path(key).expanduser() if in_file else None,
        )
    prompts = values["prompts"]
    return Wish(
        (values["first"], values["second"]),
        "" if prompts == HELD_OUT else prompts,
        _whole(values, "limit", "how many"),
        Decoding(_whole(values, "tokens", "longest answer") or _TOKENS),
        request,
        values["python"] or None,
    )


def _whole(values: dict[str, str], name: str, words: str) -> int | None:
    text = values[name].replace(",", "")
    if not text:
        return None
    if not text.isdecimal() or not int(text):
        raise JobError(f"{words}: {values[name]} is not a whole number from 1")
    return int(text)
