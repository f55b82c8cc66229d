"""The two controls that every selection needs beside it: as many rows at random, and the longest."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Picking, chosen, generator, size_of


@dataclass(frozen=True)
class Random(Picking):
    """Keep `size` of the rows that are left, drawn with a seed: the control every selection needs."""

    kind: ClassVar[str] = "random"
    size: int
    seed: int = 0

    @property
    def title(self) -> str:
        """Size and seed."""
        return f"random {self.size:,}, seed {self.seed}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Draw without replacement."""
        rows = np.flatnonzero(alive)
        drawn = generator(self.seed).permutation(rows)[: size_of(self.size, rows)]
        return chosen(drawn, alive)


@dataclass(frozen=True)
class Longest(Picking):
    """Keep the `size` longest responses of the rows that are left: a strong baseline (arXiv 2402.04833)."""

    kind: ClassVar[str] = "longest"
    size: int

    @property
    def title(self) -> str:
        """The size."""
        return f"longest {self.size:,}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Take by characters; of equal ones the first."""
        rows = np.flatnonzero(alive)
        order = np.argsort(-known.dataset.response_chars[rows], kind="stable")
        return chosen(rows[order[: size_of(self.size, rows)]], alive)
