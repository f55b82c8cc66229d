"""Where the messages of a conversation stand among a template's own words."""

import re
from dataclasses import dataclass
from typing import Any

from dataexplore.errors import JobError
from dataexplore.text import short

_MARK = "\t{}qj7zx\t"  # no template contains it; the tabs show whether the template trims


@dataclass(frozen=True)
class Piece:
    """A stretch of the rendered text: the template's own words, or one message's (`message` is its place)."""

    text: str
    message: int | None = None


def chat_layout(tokenizer: Any, roles: tuple[str, ...]) -> list[Piece]:
    """Return how the tokenizer's chat template renders these roles; raise JobError where it refuses."""
    try:
        return _laid_out(tokenizer, roles)
    except JobError:
        if "tool" not in roles:
            raise
    # Many templates know no tools: what a tool answers is then said by the user, marked as an answer.
    pieces = []
    for piece in _laid_out(tokenizer, tuple("user" if role == "tool" else role for role in roles)):
        if piece.message is not None and roles[piece.message] == "tool":
            pieces += [Piece("<tool_response>\n"), piece, Piece("\n</tool_response>")]
        else:
            pieces.append(piece)
    return pieces


def _laid_out(tokenizer: Any, roles: tuple[str, ...]) -> list[Piece]:
    marked = [{"role": role, "content": _MARK.format(place)} for place, role in enumerate(roles)]
    try:
        text = tokenizer.apply_chat_template(marked, tokenize=False)
    except Exception as error:
        why = short(str(error).strip().split("\n")[0] or type(error).__name__, 160)
        raise JobError(f"the model's chat template refuses {'+'.join(roles)} messages: {why}") from None
    found = list(re.finditer(r"\t?(\d+)qj7zx\t?", text))
    if [int(match[1]) for match in found] != list(range(len(roles))):
        raise JobError("the model's chat template leaves messages out or changes their order")
    if any(text[: match.start()].endswith("\\t") for match in found):
        raise JobError("the model's chat template writes messages as JSON")
    pieces, at = [], 0
    for match in found:
        if match.start() > at:
            pieces.append(Piece(text[at : match.start()]))
        trims = not (match[0].startswith("\t") and match[0].endswith("\t"))
        pieces.append(Piece("trim" if trims else "", int(match[1])))
        at = match.end()
    return [*pieces, Piece(text[at:])] if text[at:] else pieces


def plain_layout(roles: tuple[str, ...]) -> list[Piece]:
    """Return plain headers, for a tokenizer without a chat template."""
    pieces = []
    for place, role in enumerate(roles):
        gap = "\n\n" if place and roles[place - 1] == "assistant" else ""
        if role == "user":
            pieces += [Piece(gap + "### Instruction:\n"), Piece("", place), Piece("\n\n")]
        elif role == "assistant":
            pieces += [Piece(gap + "### Response:\n"), Piece("", place)]
        elif role == "tool":
            pieces += [Piece(gap + "### Tool:\n"), Piece("", place), Piece("\n\n")]
        else:
            pieces += [*([Piece(gap)] if gap else []), Piece("", place), Piece("\n\n")]
    return pieces
