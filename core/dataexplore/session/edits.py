"""Edits as acts: what may take a row's place, what is said of it, and what a recipe's edits would change."""

from collections.abc import Mapping

import numpy as np

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.edits import with_edits
from dataexplore.dataset.keys import key_text
from dataexplore.dataset.parse import Record, parse
from dataexplore.dataset.turns import same_value
from dataexplore.errors import EditError
from dataexplore.journal.decision import Act, Decisions, editing
from dataexplore.selection.layers import rows_by_text
from dataexplore.selection.recipe import Edit
from dataexplore.session.known import Known
from dataexplore.text import short

_NAMED = 3
"""Fields that the reason of an edit names; of more it tells the number."""


def edit_act(dataset: Dataset, row: int, new: bytes) -> Act | None:
    """Return the act that gives a row other bytes, None when it has them already.

    The source's own bytes take an edit back. Raises EditError for what is not one JSON object.
    """
    dataset.require(np.array([row]))
    line = on_one_line(new.strip(b" \t\r\n"))
    record = parse(line)
    if isinstance(record, str):
        raise EditError(f"row {row + 1:,} stays as it is: the edit is no row ({short(record, 120)})")
    now, own = dataset.raw(row), dataset.original(row)
    back = line == on_one_line(own)
    if line == now or (back and row not in dataset.edits):
        return None
    reason = "edit taken back" if back else f"edited {_what(dataset.record(row), record)}"
    return editing(dataset.keys[[row]], (None if back else line,), reason)


def recipe_changes(dataset: Dataset, edits: tuple[Edit, ...]) -> dict[int, bytes]:
    """Return what a recipe's edits change, by row; keys of other datasets are passed over."""
    changes = {}
    for edit in edits:
        for row in rows_by_text(dataset, (edit.key,)).tolist():
            if edit.row.encode() != dataset.raw(row):
                changes[row] = edit.row.encode()
    return changes


def recipe_act(dataset: Dataset, changes: Mapping[int, bytes]) -> Act:
    """Return the act that makes a recipe's edits."""
    rows = np.array(list(changes), np.int64)
    return editing(dataset.keys[rows], tuple(changes.values()), "edited, in the recipe")


def as_edits(dataset: Dataset) -> tuple[Edit, ...]:
    """Return the edits of a dataset as a recipe has them."""
    rows = sorted(dataset.edits)
    return tuple(Edit(key_text(int(dataset.keys[row])), dataset.edits[row].decode()) for row in rows)


def supposing(known: Known, changes: Mapping[int, bytes]) -> Known:
    """Return what would be known about the rows if some had other bytes."""
    return _Supposed(known, changes) if changes else known


class _Supposed(Known):
    def __init__(self, known: Known, changes: Mapping[int, bytes]) -> None:
        self.dataset = with_edits(known.dataset, changes)
        self.columns = known.columns.edited(self.dataset)
        self.analysis = known.analysis.edited(self.dataset)
        self._decisions = known.decisions

    @property
    def decisions(self) -> Decisions:
        return self._decisions


def on_one_line(row: bytes) -> bytes:
    """Return a row that was written over several lines: JSON has no raw line end inside a string."""
    return row.replace(b"\r", b" ").replace(b"\n", b" ")


def _what(before: Record, after: Record) -> str:
    names = [
        name
        for name in dict.fromkeys([*after, *before])
        if (name in before) != (name in after) or not same_value(before.get(name), after.get(name))
    ]
    if len(names) > _NAMED:
        return f"{len(names)} fields"
    return ", ".join(short(name, 40) for name in names) or "nothing but its spelling"
