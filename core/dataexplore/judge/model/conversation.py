"""What is said in a row as a model's tokens, and where the last answer stands among them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dataexplore.judge.asked import Said
from dataexplore.tune.template import IGNORED, ROLES, Template

Messages = Sequence[Mapping[str, str]]


class Span(NamedTuple):
    """A conversation that ends with an answer."""

    ids: list[int]
    start: int
    """Where the answer's first token stands."""
    stop: int
    """Behind its last one; the answer's end token, which no person wrote, follows here."""


def messages_of(said: Said, template: Template) -> tuple[list[dict[str, str]], str]:
    """Return turns as messages, or why the model cannot read them.

    Lone surrogates, which no tokenizer takes, become question marks.
    """
    unknown = next((role for role, _ in said if role not in ROLES), None)
    if unknown is not None:
        return [], "a turn of an unknown role"
    made = [{"role": role, "content": text.encode("utf-8", "replace").decode("utf-8")} for role, text in said]
    return made, template.refusal(made) if made else "nothing is said"


def opening(template: Template, messages: Messages) -> list[int]:
    """Return the tokens of a conversation up to where the model's answer begins."""
    ids, labels = template.render([*messages, {"role": "assistant", "content": ""}])
    return ids[: _end(labels)]


def last_answer(template: Template, messages: Messages) -> Span | None:
    """Return where the last message, an answer, stands; None where that cannot be told.

    An answer is encoded by itself, so its tokens are the same whatever stands before it.
    """
    ids, _ = template.render(messages)
    bare, labels = template.render([*messages[:-1], {"role": "assistant", "content": ""}])
    start = _end(labels)
    stop = start + len(ids) - len(bare)
    same = ids[:start] == bare[:start] and ids[stop:] == bare[start:]
    return Span(ids, start, stop) if same else None


def _end(labels: Sequence[int]) -> int:
    """Return where the last stretch of learned tokens begins: of an empty answer, its end."""
    place = len(labels)
    while place and labels[place - 1] == IGNORED:
        place -= 1
    while place and labels[place - 1] != IGNORED:
        place -= 1
    return place
