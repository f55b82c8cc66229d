"""The three states of a row, and the acts that decide or edit rows."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.keys import Keys

Decisions = NDArray[np.int8]
"""One `Decision` per row."""


class Decision(IntEnum):
    """What was decided on a row."""

    UNDECIDED = 0
    KEEP = 1
    DROP = 2

    @property
    def word(self) -> str:
        """The decision as it is written in files and filters."""
        return self.name.lower()


UNDECIDED, KEEP, DROP = Decision.UNDECIDED, Decision.KEEP, Decision.DROP


@dataclass(frozen=True)
class Act:
    """Rows decided together, by hand or by a rule, for one reason, or edited; undone and redone as one."""

    keys: Keys = field(repr=False)
    decisions: Decisions = field(repr=False)
    """The new state of each key; UNDECIDED takes an earlier decision back."""
    reason: str
    hand: bool
    rule: dict[str, Any] | None = None
    """The rule as it stands in a recipe; None when it was by hand."""
    edits: tuple[bytes | None, ...] = field(default=(), repr=False)
    """Of an act that edits: each key's row as JSON on one line, None for the source's own."""


def editing(keys: Keys, edits: tuple[bytes | None, ...], reason: str) -> Act:
    """Return the act that gives rows other bytes."""
    return Act(keys, np.empty(0, np.int8), reason, hand=True, edits=edits)
