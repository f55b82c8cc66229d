"""Rules as the words by which a person would type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dataexplore.errors import DataexploreError
from dataexplore.selection.rules import Listed, Regex
from dataexplore.text import visible
from dataexplore_tui.screens.typed import step_of

if TYPE_CHECKING:
    from dataexplore.selection.rule import Rule


def words_of(rule: Rule) -> str:
    """Return the line that `step_of` makes a rule from: in words, or as in a recipe what no words say.

    Of the rows in files it tells the files' names: where they are is not known any more.
    """
    write = _WORDS.get(rule.kind)
    words = write(rule) if write else ""
    if isinstance(rule, Listed):
        return visible(words)
    if words.isprintable() and _reads_back(words, rule):
        return words
    return json.dumps(rule.as_step())


def _reads_back(words: str, rule: Rule) -> bool:
    try:
        return step_of(words, "") == rule
    except DataexploreError:
        return False


def _line(*words: object, **named: object) -> str:
    """Join words and settings; what is unset is left out."""
    said = [_word(word) for word in words if word not in (None, "")]
    for name, value in named.items():
        if value not in (None, "", 0):
            said += [name, _word(value)]
    return " ".join(said)


def _word(word: object) -> str:
    if isinstance(word, float):
        return repr(word).removesuffix(".0")
    text = str(word)
    return f'"{text}"' if any(letter.isspace() for letter in text) else text


def _duplicates(rule: Any) -> str:
    policy = rule.policy.split(" ")
    return _line("duplicates", rule.threshold, *policy, *rule.kinds, rule.linkage, by=rule.signal)


def _quota(rule: Any) -> str:
    last = {"top": rule.top, "most": rule.most, "k": rule.k, "seed": rule.seed}
    per = rule.column or "cluster"
    return _line("quota", rule.each, rule.order, by=rule.signal, per=per, **last)


def _length(rule: Any) -> str:
    window = f"{rule.least}-{'' if rule.most is None else rule.most}"
    return _line("length", window, rule.field, rule.unit)


def _regex(rule: Regex) -> str:
    return f"regex {rule.field} {rule.pattern} {rule.decision}"


def _listed(rule: Listed) -> str:
    return _line("not-in" if rule.decision == "drop" else "in", *rule.file.split(", "))


_WORDS: dict[str, Callable[[Any], str]] = {
    "threshold": lambda rule: _line("threshold", rule.signal, rule.at),
    "only": lambda rule: f"only {rule.where}",
    "top": lambda rule: _line("top", rule.signal, rule.size, seed=rule.seed),
    "duplicates": _duplicates,
    "kcenter": lambda rule: _line("kcenter", rule.size, seed=rule.seed),
    "quota": _quota,
    "length": _length,
    "regex": _regex,
    "spread": lambda rule: _line("spread", *rule.signals, rule.size, rule.threshold, seed=rule.seed),
    "language": lambda rule: _line("language", *rule.languages),
    "random": lambda rule: _line("random", rule.size, seed=rule.seed),
    "longest": lambda rule: _line("longest", rule.size),
    "stratified": lambda rule: _line(
        "stratified", rule.size, per=rule.column or "cluster", k=rule.k, seed=rule.seed
    ),
    "facility": lambda rule: _line("facility", rule.size, seed=rule.seed),
    "semdedup": lambda rule: _line("semdedup", rule.threshold, k=rule.k, seed=rule.seed),
    "cluster": lambda rule: _line("cluster", str(rule.cluster), rule.decision, k=rule.k, seed=rule.seed),
    "listed": _listed,
}
