"""Names clusters by the terms they use more than the rest: class-based TF-IDF (Grootendorst 2022)."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from dataexplore.clusters.stop_words import CJK_STOP, STOP_WORDS
from dataexplore.vectors.arrays import IntArray

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TERMS = re.compile(rf"[{_CJK}]+|[^\W\d_{_CJK}][^\W_{_CJK}]+")
# The start of a long text says what it is about.
CHARACTERS = 2000
# Texts of a cluster that are asked which characters a pair stands between, and how many must agree.
_ASKED = 500
_AGREE = 0.8
_FEW = 4
_LONGEST = 8


def terms(texts: Sequence[str], labels: IntArray, k: int, count: int = 3) -> list[tuple[str, ...]]:
    """Return up to `count` terms for each of `k` clusters, the most telling first.

    A term counts once per text; rows labelled -1 are left out. Chinese and Japanese terms are pairs of
    characters, made longer as long as most texts go on alike.
    """
    within: list[list[str]] = [[] for _ in range(k)]
    by_cluster: list[Counter[str]] = [Counter() for _ in range(k)]
    for text, label in zip(texts, np.asarray(labels).tolist(), strict=True):
        if label >= 0:
            by_cluster[label].update(term_set(text))
            if not text.isascii() and len(within[label]) < _ASKED:
                within[label].append(text[:CHARACTERS])
    total: Counter[str] = Counter()
    for counts in by_cluster:
        total.update(counts)
    average = sum(total.values()) / max(k, 1)
    return [
        _best(counts, total, average, count, some) for counts, some in zip(by_cluster, within, strict=True)
    ]


def term_set(text: str) -> set[str]:
    """Return the terms of a text: lower-case words of two letters or more, and pairs of CJK characters."""
    found = set(_TERMS.findall(text[:CHARACTERS].lower()))
    if not text.isascii():
        runs = {run for run in found if run[0] >= "\u3040" and re.match(f"[{_CJK}]", run)}
        found = (found - runs).union(_pairs(runs))
    return found - STOP_WORDS


def _pairs(runs: Iterable[str]) -> set[str]:
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return {pair for pair in pairs if pair not in CJK_STOP and CJK_STOP.isdisjoint(pair)}


def _best(
    counts: Counter[str], total: Counter[str], average: float, count: int, texts: Sequence[str]
) -> tuple[str, ...]:
    """Return the terms with the highest share here, weighted by how rare they are everywhere."""
    # a term of one text names nothing, unless there is nothing else
    often = {term: number for term, number in counts.items() if number > 1} or counts
    size = np.array(list(often.values()), np.float64)
    weights = size * np.log1p(average / np.array([total[term] for term in often], np.float64))
    ranked = sorted(zip((-weights).tolist(), often, strict=True))
    chosen: list[str] = []
    for _, term in ranked:
        if len(chosen) == count:
            break
        if not any(_alike(term, other) for other in chosen):
            whole = _grown(term, texts) if _is_pair(term) else term
            if not any(_alike(whole, other) for other in chosen):
                chosen.append(whole)
    return tuple(chosen)


def _grown(pair: str, texts: Sequence[str]) -> str:
    """Make a pair of characters longer, as in 工智 to 人工智能, where most texts have the same neighbours."""
    term = pair
    while len(term) < _LONGEST:
        before: Counter[str] = Counter()
        after: Counter[str] = Counter()
        for text in texts:
            at = text.find(term)
            if at >= 0:
                before[text[at - 1 : at]] += 1
                after[text[at + len(term) : at + len(term) + 1]] += 1
        longer = [(char, char + term) for char in before] + [(char, term + char) for char in after]
        numbers = [*before.values(), *after.values()]
        enough = max(_FEW, _AGREE * sum(after.values()))
        grown = [
            whole
            for (char, whole), number in zip(longer, numbers, strict=True)
            if number >= enough and re.fullmatch(f"[{_CJK}]", char) and char not in CJK_STOP
        ]
        if not grown:
            break
        term = grown[0]
    return term


def _is_pair(term: str) -> bool:
    return term[0] >= "\u3040" and len(term) == 2


def _alike(term: str, other: str) -> bool:
    """Return whether one is the other's plural, or two CJK terms overlap."""
    if term[0] >= "\u3040" and other[0] >= "\u3040":
        return term in other or other in term or term[-1] == other[0] or other[-1] == term[0]
    return term.rstrip("s") == other.rstrip("s")
