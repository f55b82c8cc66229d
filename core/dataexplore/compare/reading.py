"""Reads two scores out of a judge's reply; what cannot be read has a reason and is never a number."""

import re

from dataexplore.text import short

LOWEST, HIGHEST = 1, 10
FIRST, SECOND = "first", "second"
"""What the answers are called, in the order in which they are shown."""
Scores = tuple[float, float]
_LONGEST = 100_000
"""Characters of a reply that are read."""
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_THINKING = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_NUMBER = r"\d+(?:\.\d+)?"
_SCORE = rf"({_NUMBER})(?:\s*/\s*{HIGHEST})?(?![\d/%]|\.\d|e\d|\s*[-–]\s*\d)"
_FIELD = re.compile(rf'["\']({FIRST}|{SECOND})["\']\s*:\s*["\']?{_SCORE}')
_LINE = re.compile(rf"[\s*_`(\[]*{_SCORE}[\s,;|]+(?:and\s+)?{_SCORE}[\s*_`)\].]*")
_NAMED = re.compile(
    rf"\b(?:(?:assistant|answer|response|model)\s*#?\s*([12ab])|({FIRST}|{SECOND})(?:\s+\w+)?)\b"
    r"[\s*_`\"']*(?:\([^()\n]{0,30}\))?(?:'s)?\s*(?:overall\s+)?(?:score|rating)?[\s*_`\"']*"
    rf"(?:is|[:=]|-\s)[\s*_`\"']*{_SCORE}",
    re.IGNORECASE,
)
_SECONDS = ("2", "b", SECOND)


def read_pair(reply: str) -> tuple[Scores | None, str]:
    """Return the scores in the order in which the answers were shown, or None and why there are none.

    Looked for in this order: the fields `first` and `second` of an object, also of a cut one; a first line
    of two numbers, as in the reviews of Vicuna and AlpaGasus; `Assistant 1: 8, Assistant 2: 7`. Several
    different ones of a sort are no scores.
    """
    text = _THOUGHT.sub(" ", reply[:_LONGEST]).strip()
    if not text:
        return None, "the reply is empty"
    if _THINKING.search(text):
        return None, "cut off while thinking: allow a longer answer"
    for pairs in (_told(_FIELD, text), _first_line(text), _told(_NAMED, text)):
        if len(pairs) > 1:
            return None, "several pairs of scores: " + ", ".join(f"{a:g} {b:g}" for a, b in sorted(pairs)[:3])
        for pair in pairs:
            return _in_range(pair)
    return None, f"no two scores in {short(text, 60)!r}"


def _first_line(text: str) -> set[Scores]:
    """Return the two numbers that are all that stands on the first line."""
    line, _, _ = text.partition("\n")
    found = _LINE.fullmatch(line)
    return {(float(found[1]), float(found[2]))} if found else set()


def _told(pattern: re.Pattern[str], text: str) -> set[Scores]:
    """Return every combination of what is said of the first and of the second."""
    first: set[float] = set()
    second: set[float] = set()
    for found in pattern.finditer(text):
        *which, score = (one for one in found.groups() if one is not None)
        (second if which[0].casefold() in _SECONDS else first).add(float(score))
    return {(one, other) for one in first for other in second}


def _in_range(pair: Scores) -> tuple[Scores | None, str]:
    for score in pair:
        if not LOWEST <= score <= HIGHEST:
            return None, f"{score:g} is out of range: {LOWEST} to {HIGHEST}"
    return pair, ""
