"""Rules that go by a signal: a threshold, the best."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Picking, Step, chosen, falling, generator, size_of


@dataclass(frozen=True)
class Threshold(Step):
    """Keep `signal >= at`, drop what is below, leave the unscored (AlpaGasus, arXiv 2307.08701)."""

    kind: ClassVar[str] = "threshold"
    signal: str
    at: float

    @property
    def title(self) -> str:
        """The condition."""
        return f"{self.signal} >= {self.at:g}"

    @property
    def dropped(self) -> str:
        """What the score was."""
        return f"{self.signal} < {self.at:g}"

    @property
    def slot(self) -> str:
        """One threshold per signal."""
        return f"threshold {self.signal}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Compare; NaN is neither above nor below."""
        scores = known.scores(self.signal)
        with np.errstate(invalid="ignore"):
            return Outcome(scores >= self.at, scores < self.at)


@dataclass(frozen=True)
class Top(Picking):
    """Keep the `size` rows with the highest score; ties are drawn with a seed."""

    kind: ClassVar[str] = "top"
    signal: str
    size: int
    seed: int = 0

    @property
    def title(self) -> str:
        """Size and signal."""
        return f"top {self.size:,} by {self.signal}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Take from the top; what is unscored is not in the running."""
        scores = known.scores(self.signal)
        rows = generator(self.seed).permutation(np.flatnonzero(alive & ~np.isnan(scores)))
        order = np.argsort(falling(scores[rows]), kind="stable")
        return chosen(rows[order[: size_of(self.size, rows)]], alive)
