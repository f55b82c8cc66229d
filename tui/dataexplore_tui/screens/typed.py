"""Steps and settings as a person types them on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataexplore.duplicates.kinds import KINDS
from dataexplore.duplicates.policy import check_policy
from dataexplore.errors import RuleError
from dataexplore.journal.decision import DROP, KEEP, Decision
from dataexplore.selection.recipe import rule_from
from dataexplore.selection.recipes.shipped import Asked
from dataexplore.selection.rules import (
    Cluster,
    Duplicates,
    Facility,
    KCenter,
    Language,
    Length,
    Longest,
    Only,
    Quota,
    Random,
    Regex,
    SemDeDup,
    Spread,
    Stratified,
    Threshold,
    Top,
)
from dataexplore.text import short
from dataexplore_tui.screens.files import RowsIn

if TYPE_CHECKING:
    from dataexplore.selection.rule import Rule

_LINKAGES = ("single", "star", "complete")
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_TAIL = re.compile(r"(?:^|\s)(seed|k)\s+(\d+)(?=\s|$)")
_WINDOW = re.compile(r"(\d+)?\s*(?:-|–|to)\s*(\d+)?|(\d+)")


@dataclass(frozen=True)
class Typed:
    """The words after the kind of a step, and the settings that any of them may end with."""

    kind: str
    rest: str
    """As typed, the settings taken out."""
    words: tuple[str, ...]
    signal: str
    """The one on screen, which a step goes by when none is named."""
    seed: int = 0
    k: int | None = None

    def word(self, place: int, what: str) -> str:
        """Return one of the words; raise RuleError with the example when it is lacking."""
        if place < len(self.words):
            return self.words[place]
        raise RuleError(f"{self.kind} needs {what}; for example: {EXAMPLES[self.kind]}")

    def size(self, place: int) -> int:
        """Return a number of rows."""
        return whole(self.word(place, "a number of rows"), "a number of rows")

    def number(self, place: int, what: str) -> float:
        """Return a number."""
        return number(self.word(place, what), what)

    def after(self, name: str) -> str | None:
        """Return the word after another."""
        if name not in self.words:
            return None
        return self.word(self.words.index(name) + 1, f"a name after {name!r}")


def step_of(text: str, signal: str) -> Rule:
    """Return the rule that a line describes; raise RuleError saying what is lacking, with an example.

    What no words say is said as in a recipe, as one JSON object.
    """
    if text.lstrip().startswith("{"):
        return _as_in_a_recipe(text)
    kind, _, rest = text.strip().partition(" ")
    make = _KINDS.get(kind.lower())
    if make is None:
        raise RuleError(f"no step is called {short(kind, 40)!r}; there are {', '.join(_KINDS)}")
    settings: dict[str, int] = {}
    if kind.lower() not in ("regex", "only", "in", "not-in"):  # whose words are not the program's
        settings = {name: int(value) for name, value in _TAIL.findall(rest)}
        rest = _TAIL.sub("", rest)
    words = tuple(quoted or bare for quoted, bare in _WORD.findall(rest))
    return make(Typed(kind.lower(), rest.strip(), words, signal, settings.get("seed", 0), settings.get("k")))


def _as_in_a_recipe(text: str) -> Rule:
    try:
        step = json.loads(text)
    except ValueError as error:
        raise RuleError(f"what begins with {{ is a step in JSON: {short(str(error), 80)}") from None
    return rule_from(step)


def whole(text: str, what: str) -> int:
    """Return a whole number from 1; raise RuleError."""
    bare = text.replace(",", "").replace("_", "")
    if not bare.isdecimal() or int(bare) < 1:
        raise RuleError(f"{short(text, 40)} is not {what}")
    return int(bare)


def number(text: str, what: str) -> float:
    """Return a number; raise RuleError."""
    try:
        return float(text)
    except ValueError:
        raise RuleError(f"{short(text, 40)} is not {what}") from None


def settings_of(text: str, names: Sequence[str]) -> Asked:
    """Return a recipe's settings, each a name and a value; raise RuleError for others."""
    words = [quoted or bare for quoted, bare in _WORD.findall(text.replace("=", " "))]
    if len(words) % 2:
        raise RuleError(f"{short(words[-1], 40)} has no value; write pairs such as size 1000")
    given: dict[str, str] = {}
    signals: list[str] = []
    for name, value in zip(words[::2], words[1::2], strict=True):
        if name == "signal":
            signals.append(value)
        elif name in names:
            given[name] = value
        else:
            raise RuleError(f"it has no {short(name, 40)}; it has {', '.join(names)}")
    return Asked(
        whole(given["size"], "a number of rows") if "size" in given else None,
        tuple(signals),
        whole(given["seed"], "a seed") if given.get("seed", "0") != "0" else 0,
        number(given["threshold"], "a threshold") if "threshold" in given else None,
        whole(given["k"], "a number of clusters") if "k" in given else None,
    )


def _signal(typed: Typed, words: Sequence[str]) -> str:
    """Return the signal that is named, else the one on screen."""
    name = words[0] if words else typed.signal
    if not name:
        raise RuleError(f"{typed.kind} needs a signal to go by; for example: {EXAMPLES[typed.kind]}")
    return name


def _threshold(typed: Typed) -> Rule:
    words = [word for word in typed.words if word != ">="]
    if not words:
        raise RuleError(f"threshold needs a number; for example: {EXAMPLES['threshold']}")
    return Threshold(_signal(typed, words[:-1]), number(words[-1], "a threshold"))


def _only(typed: Typed) -> Rule:
    if not typed.rest:
        raise RuleError(f"only needs a filter; for example: {EXAMPLES['only']}")
    return Only(typed.rest)


def _top(typed: Typed) -> Rule:
    size = whole(typed.words[-1] if typed.words else typed.word(0, "a number of rows"), "a number of rows")
    return Top(_signal(typed, typed.words[:-1]), size, typed.seed)


def _duplicates(typed: Typed) -> Rule:
    threshold, words = typed.number(0, "a similarity"), list(typed.words[1:])
    by = typed.after("by")
    if by is not None:
        at = words.index("by")
        del words[at : at + 2]
    kinds = tuple(word for word in words if word in KINDS)
    linkage = next((word for word in words if word in _LINKAGES), None)
    policy = " ".join(word for word in words if word not in (*KINDS, *_LINKAGES))
    policy = policy or ("best score" if by else "longest")
    check_policy(policy)
    signal = by or (_signal(typed, ()) if policy == "best score" else None)
    return Duplicates(threshold, policy, signal, linkage, kinds)


def _quota(typed: Typed) -> Rule:
    orders = [word for word in typed.words[1:] if word in ("best", "longest", "random")]
    order = orders[0] if orders else "random"
    signal = (typed.after("by") or _signal(typed, ())) if order == "best" else None
    top, most = (typed.after(name) for name in ("top", "most"))
    return Quota(
        typed.size(0),
        order,
        signal,
        _column(typed),
        typed.k,
        typed.seed,
        whole(top, "a number of rows") if top else 0,
        whole(most, "a number of rows") if most else None,
    )


def _cluster(typed: Typed) -> Rule:
    decision = typed.word(1, "keep or drop")
    if typed.k is None:
        raise RuleError(f"cluster needs the number of clusters, too; for example: {EXAMPLES['cluster']}")
    number = typed.word(0, "the number of a cluster")
    if not number.isdecimal():
        raise RuleError(f"{short(number, 40)} is not the number of a cluster")
    return Cluster(int(number), typed.k, typed.seed, decision)


def _rows_in(typed: Typed, decision: Decision) -> Rule:
    typed.word(0, "a file")
    return RowsIn(typed.words, decision)


def _column(typed: Typed) -> str | None:
    per = typed.after("per")
    return None if per in (None, "cluster", "clusters") else per


def _stratified(typed: Typed) -> Rule:
    return Stratified(typed.size(0), typed.seed, _column(typed), typed.k)


def _spread(typed: Typed) -> Rule:
    if len(typed.words) < 2:
        raise RuleError(f"spread needs a size and a cosine; for example: {EXAMPLES['spread']}")
    names = tuple(typed.words[:-2]) or (_signal(typed, ()),)
    size, alike = typed.words[-2:]
    return Spread(names, number(alike, "a cosine"), whole(size, "a number of rows"), typed.seed)


def _length(typed: Typed) -> Rule:
    found = _WINDOW.match(typed.rest)
    if found is None or found[0].strip() in ("-", "–", "to"):
        raise RuleError(f"length needs a window; for example: {EXAMPLES['length']}")
    low, high, least = found.groups()
    rest = typed.rest[found.end() :].split()
    unit = "tokens" if "tokens" in rest else "characters"
    fields = [word for word in rest if word not in ("tokens", "characters")]
    most = int(high) if high else None
    return Length(int(low or least or 0), most, fields[0] if fields else "response", unit)


def _regex(typed: Typed) -> Rule:
    field, _, pattern = typed.rest.partition(" ")
    start, _, last = pattern.strip().rpartition(" ")
    decision = last if start and last in ("keep", "drop") else "drop"
    pattern = start if start and last in ("keep", "drop") else pattern.strip()
    if not pattern:
        raise RuleError(f"regex needs a field and a pattern; for example: {EXAMPLES['regex']}")
    return Regex(field, pattern, decision)


def _language(typed: Typed) -> Rule:
    typed.word(0, "a language")
    return Language(typed.words)


EXAMPLES = {
    "threshold": "threshold helpful 4.5",
    "only": "only tokens > 50",
    "top": "top helpful 3000",
    "duplicates": "duplicates 0.9 longest",
    "kcenter": "kcenter 1000",
    "quota": "quota 10 per cluster",
    "length": "length 50-2000",
    "regex": "regex response ^Sorry drop",
    "spread": "spread helpful 1000 0.9",
    "language": "language en",
    "random": "random 1000 seed 1",
    "longest": "longest 1000",
    "stratified": "stratified 1000 per cluster",
    "facility": "facility 1000",
    "semdedup": "semdedup 0.95",
    "in": "in kept.jsonl",
    "not-in": "not-in test.jsonl",
    "cluster": "cluster 12 drop k 161",
}
"""One line of each kind, the likeliest kinds first."""

_KINDS: dict[str, Callable[[Typed], Rule]] = {
    "threshold": _threshold,
    "only": _only,
    "top": _top,
    "duplicates": _duplicates,
    "kcenter": lambda typed: KCenter(typed.size(0), typed.seed),
    "quota": _quota,
    "length": _length,
    "regex": _regex,
    "spread": _spread,
    "language": _language,
    "random": lambda typed: Random(typed.size(0), typed.seed),
    "longest": lambda typed: Longest(typed.size(0)),
    "stratified": _stratified,
    "facility": lambda typed: Facility(typed.size(0), typed.seed),
    "semdedup": lambda typed: SemDeDup(typed.number(0, "a similarity"), typed.k, typed.seed),
    "in": lambda typed: _rows_in(typed, KEEP),
    "not-in": lambda typed: _rows_in(typed, DROP),
    "cluster": _cluster,
}
