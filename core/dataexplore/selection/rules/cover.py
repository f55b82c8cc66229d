"""Rules that go by the distance between rows: few rows that cover the others, and rows unlike one another."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataexplore.coverage.facility import facility_location
from dataexplore.coverage.kcenter import k_center
from dataexplore.coverage.spread import spread
from dataexplore.errors import RuleError
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Picking, chosen, falling, generator, size_of


@dataclass(frozen=True)
class KCenter(Picking):
    """Keep `size` rows, each the farthest from those before it (LTD, arXiv 2305.09246)."""

    kind: ClassVar[str] = "kcenter"
    since: ClassVar[int] = 3
    size: int
    seed: int = 0
    """Draws the first row."""

    @property
    def title(self) -> str:
        """Size and seed."""
        return f"k-center {self.size:,}, seed {self.seed}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Pick among the rows that are left and have a vector."""
        rows = np.flatnonzero(alive)
        size = size_of(self.size, rows)
        generator(self.seed)
        picked = k_center(known.vectors(), size, self.seed, rows, known.progress)
        return chosen(picked, alive)


@dataclass(frozen=True)
class Facility(Picking):
    """Keep `size` rows so that every row left has one as like it as can be (facility location)."""

    kind: ClassVar[str] = "facility"
    since: ClassVar[int] = 3
    size: int
    seed: int = 0
    """Draws the rows that each step looks at."""

    @property
    def title(self) -> str:
        """Size and seed."""
        return f"facility location {self.size:,}, seed {self.seed}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Pick among the rows that are left and have a vector."""
        rows = np.flatnonzero(alive)
        size = size_of(self.size, rows)
        generator(self.seed)
        picked = facility_location(known.vectors(), size, self.seed, rows, known.progress)
        return chosen(picked, alive)


@dataclass(frozen=True)
class Spread(Picking):
    """Keep the best rows that are unlike all better ones kept (DEITA, arXiv 2312.15685)."""

    kind: ClassVar[str] = "spread"
    since: ClassVar[int] = 3
    signals: tuple[str, ...]
    """Of several the product counts, as DEITA multiplies complexity and quality."""
    threshold: float
    """The cosine from which a row is too like one that is kept."""
    size: int
    """At most: fewer when no other row is unlike enough."""
    seed: int = 0
    """Draws the order of equal scores."""

    @property
    def title(self) -> str:
        """Size, signals and threshold."""
        return f"best {self.size:,} by {' x '.join(self.signals)}, cosine < {self.threshold:g}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Go down from the highest score; what is unscored is not in the running."""
        if not self.signals:
            raise RuleError("a step of kind 'spread' needs a signal to go by")
        if not 0 < self.threshold <= 1:
            raise RuleError(f"a similarity threshold lies between 0 and 1; {self.threshold:g} does not")
        scores = np.ones(len(alive))
        for signal in self.signals:
            scores = scores * known.scores(signal)
        rows = generator(self.seed).permutation(np.flatnonzero(alive & ~np.isnan(scores)))
        order = rows[np.argsort(falling(scores[rows]), kind="stable")]
        size = size_of(min(self.size, len(rows)), rows)
        return chosen(spread(known.vectors(), order, size, self.threshold, known.progress), alive)
