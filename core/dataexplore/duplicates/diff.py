"""Shows two texts as what they share and what one has alone, word by word."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]

# A character of a script without spaces is a word of its own.
_WORDS = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|\s+|[^\w\s]"
)
MOST_WORDS = 5000
# Pairs of equal words, which difflib walks through again and again: 100,000 take up to 2 s, and English prose
# of 3,000 words has about as many.
MOST_MATCHES = 100_000


@dataclass(frozen=True)
class Piece:
    """A stretch of text that both texts share, or only one has."""

    kind: Kind
    text: str
    compared: bool = True
    """False for a stretch too long to compare word by word: it may hold words that both texts share."""


def word_diff(a: str, b: str) -> list[Piece]:
    """Return the pieces that turn `a` into `b`: same and removed rebuild `a`, same and added rebuild `b`.

    Common ends are always found; a middle of more than a few thousand words is not compared.
    """
    left, right = _WORDS.findall(a), _WORDS.findall(b)
    start = _shared(left, right)
    end = _shared(left[start:][::-1], right[start:][::-1])
    pieces = [Piece("same", "".join(left[:start]))]
    pieces += _middle(left[start : len(left) - end], right[start : len(right) - end])
    pieces.append(Piece("same", "".join(left[len(left) - end :])))
    return _merged(pieces)


def _shared(left: list[str], right: list[str]) -> int:
    """Return how many words both lists begin with."""
    for place, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return place
    return min(len(left), len(right))


def _middle(left: list[str], right: list[str]) -> list[Piece]:
    if left and right and _too_long(left, right):
        return [Piece("removed", "".join(left), False), Piece("added", "".join(right), False)]
    pieces: list[Piece] = []
    # white space seeds no match, or every blank would pair with every blank
    matcher = SequenceMatcher(str.isspace, left, right, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(left[i:i_end])))
        else:
            pieces += [Piece("removed", "".join(left[i:i_end])), Piece("added", "".join(right[j:j_end]))]
    return pieces


def _too_long(left: list[str], right: list[str]) -> bool:
    if max(len(left), len(right)) > 2 * MOST_WORDS:  # words and the white space between them
        return True
    counts = Counter(word for word in right if not word.isspace())
    return sum(counts[word] for word in left if not word.isspace()) > MOST_MATCHES


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Join neighbours of one kind and leave out empty ones."""
    merged: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if merged and (merged[-1].kind, merged[-1].compared) == (piece.kind, piece.compared):
            merged[-1] = Piece(piece.kind, merged[-1].text + piece.text, piece.compared)
        else:
            merged.append(piece)
    return merged
