"""The expected score: a mean over the likeliest scores, each weighed by its probability."""

import math
import re
from collections.abc import Sequence
from typing import Any

from dataexplore.judge.rubric import Rubric

_LABEL = re.compile(r"(?:score|rating)[\"'*\s]*[:=]?[\"'*\s]*$", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def expected_score(tokens: Sequence[dict[str, Any]], score: float, rubric: Rubric) -> float | None:
    """Return the mean over the rubric's numbers among the likeliest tokens where the score stands.

    The token that was chosen stands for the score that was read (`4` of `4.5` for 4.5). None when the server
    gave no probabilities there. After G-Eval (Liu et al. 2023).
    """
    words = [word if isinstance(word := one.get("token"), str) else "" for one in tokens]
    place = _place(words, score)
    if place is None:
        return None
    weights: dict[float, float] = {}
    chosen = words[place].strip()
    for one in _likeliest(tokens[place]):
        word, chance = str(one.get("token", "")).strip(), _chance(one.get("logprob"))
        value = score if word == chosen else _number(word)
        if value is not None and value in rubric.scores and chance:
            weights[value] = max(weights.get(value, 0.0), 0.0) + chance
    total = sum(weights.values())
    return sum(value * weight for value, weight in weights.items()) / total if total else None


def _likeliest(token: dict[str, Any]) -> list[dict[str, Any]]:
    given = token.get("top_logprobs")
    found = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    if any(one.get("token") == token.get("token") for one in found):
        return found
    return [*found, token]  # a chosen token may not be among the likeliest


def _place(words: Sequence[str], score: float) -> int | None:
    """Return the token in which the score begins: after its label, or else the last such number."""
    text = "".join(words)
    places = [one.start() for one in _NUMBER.finditer(text) if _number(one[0]) == score]
    labelled = [start for start in places if _LABEL.search(text[max(0, start - 40) : start])]
    if not places:
        return None
    start, at = (labelled or places)[-1], 0
    for place, word in enumerate(words):
        at += len(word)
        if at > start:
            return place if _number(word.strip()) is not None else None
    return None


def _number(word: str) -> float | None:
    return float(word.replace(",", ".")) if _NUMBER.fullmatch(word) else None


def _chance(logprob: object) -> float:
    return math.exp(min(0.0, logprob)) if isinstance(logprob, int | float) else 0.0
