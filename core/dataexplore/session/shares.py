"""Which step of an act decided each row: acts of several steps have it with them."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.keys import Keys
from dataexplore.journal.journal import Entry
from dataexplore.journal.ledger import Rows
from dataexplore.selection.recipe import rule_from
from dataexplore.selection.rule import Rule

Places = NDArray[np.int16]
"""Per row, or key, the place of the step that decided it; -1 where none did."""

SEVERAL: Final = "recipe"
"""The kind of an act of several steps."""
_BY: Final = "by"


def several(rules: Sequence[Rule], by: Places) -> dict[str, Any]:
    """Return several steps as a journalled act has them, and which of them decided each of its rows."""
    packed = zlib.compress(by.astype("<i2").tobytes(), 9).hex()
    return {"kind": SEVERAL, "step": [rule.as_step() for rule in rules], _BY: packed}


def rules_of(step: dict[str, Any]) -> list[Rule]:
    """Return the rules of a journalled act."""
    return [rule_from(one) for one in step["step"]] if step["kind"] == SEVERAL else [rule_from(step)]


def tells(entry: Entry) -> bool:
    """Tell whether an act of several steps has with it which of them decided a row; older ones have not."""
    return _BY in (entry.act.rule or {})


class Shares:
    """Reads once from each act which of its steps decided which row."""

    def __init__(self, size: int, rows_of: Callable[[Keys], Rows]) -> None:
        self._size = size
        self._rows_of = rows_of
        self._read: dict[int, Places] = {}

    def places(self, entry: Entry) -> Places:
        """Return per row the place of the step that decided it: 0 of an act of one, -1 if it is not told."""
        if entry.seq not in self._read:
            self._read[entry.seq] = self._places(entry)
        return self._read[entry.seq]

    def told(self, entry: Entry | None, row: int) -> Entry | None:
        """Return a row's entry as if it were the one step that decided it; lists of keys are left out."""
        rule = entry.act.rule if entry else None
        if entry is None or rule is None:
            return entry
        if rule["kind"] != SEVERAL:
            return replace(entry, act=replace(entry.act, rule=_brief(rule))) if "keys" in rule else entry
        place = int(self.places(entry)[row])
        if place < 0:
            plain = {"kind": SEVERAL, "step": [_brief(step) for step in rule["step"]]}
            return replace(entry, act=replace(entry.act, rule=plain))
        step = _brief(rule["step"][place])
        return replace(entry, act=replace(entry.act, reason=rule_from(step).title, rule=step))

    def _places(self, entry: Entry) -> Places:
        rule = entry.act.rule or {}
        if rule.get("kind") != SEVERAL:
            return np.broadcast_to(np.int16(0), self._size)
        places = np.full(self._size, -1, np.int16)
        by = _unpacked(rule.get(_BY))
        if len(by) == len(entry.act.keys) and (by < len(rule["step"])).all():
            rows = self._rows_of(entry.act.keys)
            places[rows[rows >= 0]] = by[rows >= 0]
        return places


def _unpacked(text: object) -> Places:
    try:
        return np.frombuffer(zlib.decompress(bytes.fromhex(str(text))), "<i2").astype(np.int16)
    except (ValueError, zlib.error):
        return np.empty(0, np.int16)


def _brief(step: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name != "keys"}
