"""Reads a score out of a reply; what cannot be read is unparsed with its reason, never a number."""

import json
import re
from collections.abc import Iterable, Sequence

from dataexplore.judge.rubric import Rubric
from dataexplore.text import short

_LONGEST = 100_000
"""Characters of a reply that are read: no judge needs more."""
_LARGE = 1e9
"""No rubric goes so far; NaN and infinity are no scores either."""
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_THINKING = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_WIDE = str.maketrans("０１２３４５６７８９．：／－", "0123456789.:/-")
_HALF = re.compile(r"(\d) ?½")
_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_OF = rf"(?:\s*(?:/|out\s+of|von|sur|de)\s*(?P<of>{_NUMBER}))?"
_NO_MORE = r"(?!\s*(?:-|–|to|bis|~)\s*\d)(?![\d.,]*\d)(?!\s*%)(?!e\d)(?![ \t]+\d)(?![½¼¾⁄])"
"""What makes a number a part of a range, of a longer number or of another one."""
_FIELD = re.compile(
    rf'["\'](?:score|rating)["\']\s*:\s*["\']?(?P<score>{_NUMBER}){_OF}(?=["\'\s,}}]|$)', re.I
)
_LABELLED = re.compile(
    r"(?:\b(?:score|rating|grade|note|bewertung)\b|评分|評分|得分|分数|分數|打分)"
    r"[\s*_`\"']*(?:\([^()\n]{0,30}\)\s*)?(?:is|of|would\s+be|为|為|是)?[\s*_`\"']*(?:[:=]|-\s)?[\s*_`\"']*"
    rf"(?P<score>{_NUMBER}){_OF}{_NO_MORE}",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    rf"(?<![\d/.,])(?P<score>{_NUMBER})\s*(?:/|out\s+of)\s*(?P<of>{_NUMBER})(?![\d/])", re.I
)
_LINE = re.compile(
    rf"^[\s*_#`>\"'(\[]*(?P<score>{_NUMBER}){_OF}\s*(?:points?|stars?|分)?[\s*_`\"')\].。]*$",
    re.IGNORECASE | re.MULTILINE,
)
_PROSE = re.compile(
    r"\b(?:gives?|gave|rated?|assign(?:ed)?|award(?:ed)?|deserves?|say|is)\b"
    r"(?:\s+(?:it|this|the|that|row|answer|response|an?|as|about|at|of|score|rating))*[\s*_`\"']+"
    rf"(?P<score>{_NUMBER}){_OF}(?=[\s*_`\"')]*(?:[.!,;]?\s*$|[.!,;]\s|\s(?:because|since|as|for)\b))",
    re.IGNORECASE | re.MULTILINE,
)


def read_score(text: str, rubric: Rubric) -> tuple[float | None, str]:
    """Return the score in a reply, or None and why there is none.

    Looked for in this order: an object with a score, also a cut one; a labelled number (`Score: 4.5`); one
    of the highest (`4.5/5`); a line that is a number; a number that is given in prose (`I give it a 4.`).
    Several different ones of a sort are no score.
    """
    text = _HALF.sub(r"\1.5", _THOUGHT.sub(" ", text[:_LONGEST]).translate(_WIDE)).strip()
    if not text:
        return None, "the reply is empty"
    if _THINKING.search(text):
        return None, "cut off while thinking: allow a longer answer"
    for found in (
        _objects(text, ("score", "rating", "Score", "Rating", rubric.name)),
        _matches(_FIELD, text),
        _matches(_LABELLED, text),
        _matches(_FRACTION, text),
        _matches(_LINE, text),
        _matches(_PROSE, text),
    ):
        if found:
            return _one(found, rubric)
    return None, f"no score in {short(text, 60)!r}"


Found = list[tuple[float, float | None]]
"""Scores and, where it was said, of how many."""


def _objects(text: str, names: Sequence[str]) -> Found:
    """Return the scores of whole JSON objects; a value that is no number is none."""
    decoder, at, found = json.JSONDecoder(), text.find("{"), []
    tries = 0
    while at >= 0 and tries < 20:
        tries += 1
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            found += _values(value, names)
        at = text.find("{", end)
    return found


def _values(value: object, names: Sequence[str]) -> Found:
    if not isinstance(value, dict):
        return []
    for name in names:
        score = value.get(name)
        if isinstance(score, int | float) and not isinstance(score, bool):
            return [(float(score), None)] if abs(score) < _LARGE else []
        if isinstance(score, str):
            return _matches(_LINE, score)
    return []


def _matches(pattern: re.Pattern[str], text: str) -> Found:
    return [
        (_number(found["score"]), _number(found["of"]) if found["of"] else None)
        for found in pattern.finditer(text)
    ]


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _one(found: Iterable[tuple[float, float | None]], rubric: Rubric) -> tuple[float | None, str]:
    different = sorted(set(found), key=str)
    scores = {score for score, _ in different}
    if len(scores) > 1:
        return None, f"several scores: {', '.join(f'{score:g}' for score in sorted(scores)[:5])}"
    score = scores.pop()
    for _, other in different:
        if other is not None and other != rubric.highest:
            return None, f"{score:g} out of {other:g}, asked for {rubric.lowest:g} to {rubric.highest:g}"
    if not rubric.lowest <= score <= rubric.highest:
        return None, f"{score:g} is out of range: {rubric.lowest:g} to {rubric.highest:g}"
    steps = (score - rubric.lowest) / rubric.step
    if abs(steps - round(steps)) > 1e-6:
        return None, f"{score:g} is between two steps of {rubric.step:g}"
    return score, ""
