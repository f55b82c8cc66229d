"""Rows as they are trained, token by token: which are learned and which are only read."""

from collections.abc import Sequence
from typing import Any

from dataexplore.tune.plan import Encoded
from dataexplore.tune.template import IGNORED

ROWS, TOKENS = 3, 1500
"""What is shown of a run: some rows, and so many tokens of each at most."""

Shown = list[tuple[str, bool]]
"""Each token's text, and whether it is learned."""


def masks(encoded: Sequence[Encoded], tokenizer: Any) -> list[tuple[int, Shown]]:
    """Return row number and tokens of the first, the middle and the last row: the very arrays of the run.

    A character that several tokens make up stands with the last of them.
    """
    places = sorted({0, len(encoded) // 2, len(encoded) - 1})[:ROWS] if encoded else []
    return [(encoded[place].row, _tokens(encoded[place], tokenizer)) for place in places]


def _tokens(row: Encoded, tokenizer: Any) -> Shown:
    shown: Shown = []
    waiting: list[int] = []
    for place, (token, label) in enumerate(zip(row.input_ids, row.labels, strict=True)):
        if place == TOKENS:
            break
        waiting.append(token)
        text = tokenizer.decode(waiting, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        if text.endswith("\ufffd") and len(waiting) < 8:
            continue
        shown.append((text, label != IGNORED and place > 0))
        waiting = []
    return shown
