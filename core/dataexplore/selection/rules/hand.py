"""What was decided by hand, as a step of a recipe."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Step


@dataclass(frozen=True)
class ByHand(Step):
    """Decisions made by hand between two rules: the rules after it see them, and none changes them."""

    kind: ClassVar[str] = "hand"
    keep: tuple[str, ...] = ()
    """Row keys, as hexadecimal digits."""
    drop: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    """Rows whose decision was taken back."""

    @property
    def title(self) -> str:
        """Who decided."""
        return "by hand"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Ask nothing of the rules: these decisions lie over theirs."""
        nothing = np.zeros(len(alive), bool)
        return Outcome(nothing, nothing)
