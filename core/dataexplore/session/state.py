"""What the screen shows at one moment: frozen, so that any thread may read it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dataexplore.journal.decision import DROP, KEEP, Decision, Decisions
from dataexplore.journal.ledger import Rows


@dataclass(frozen=True)
class Counts:
    """How many rows are where; keep + drop + undecided is every row."""

    keep: int = 0
    drop: int = 0
    undecided: int = 0
    kept_tokens: int = 0
    """Estimated tokens of the kept rows."""

    @property
    def rows(self) -> int:
        """All rows."""
        return self.keep + self.drop + self.undecided


@dataclass(frozen=True)
class View:
    """The rows on screen, in their order, and how they were chosen."""

    rows: Rows = field(repr=False)
    filter: str = ""
    sort: str = ""
    descending: bool = True

    def position(self, row: int) -> int | None:
        """Return where a row stands in the view, None when it is filtered out."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else None


@dataclass(frozen=True)
class State:
    """Decisions, counts and view after the last act."""

    decisions: Decisions = field(repr=False)
    counts: Counts
    view: View
    undo: str = ""
    """What undo would take back, in words; empty when there is nothing."""
    redo: str = ""
    acts: int = 0
    """Journal entries so far: two states with equal `acts` hold the same decisions and edits."""
    edited: int = 0
    """Rows that are not as the source has them."""

    def decision(self, row: int) -> Decision:
        """Return the decision on a row."""
        return Decision(int(self.decisions[row]))


NO_ROWS = np.empty(0, np.int64)
EMPTY = State(np.empty(0, np.int8), Counts(), View(NO_ROWS))


def count(decisions: Decisions, tokens: NDArray[np.integer]) -> Counts:
    """Count decisions and the tokens of the kept rows."""
    kept = decisions == KEEP
    keep, drop = int(np.count_nonzero(kept)), int(np.count_nonzero(decisions == DROP))
    return Counts(keep, drop, len(decisions) - keep - drop, int(tokens[kept].sum()))
