"""What all rules share: how they stand in a recipe, and how sizes, seeds and orders are read."""

from dataclasses import fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dataexplore.errors import RuleError
from dataexplore.journal.ledger import Rows
from dataexplore.selection.rule import Mask, Outcome
from dataexplore.signals.signal import Scores
from dataexplore.vectors.arrays import IntArray


class Step:
    """The base of every rule, which is a frozen dataclass."""

    kind: ClassVar[str]
    since: ClassVar[int] = 1
    """The version of recipes that first had this kind of step."""

    @property
    def version(self) -> int:
        """The version of recipes that the step needs."""
        return self.since

    @property
    def slot(self) -> str:
        """No slot: rules of this kind add up."""
        return ""

    @property
    def title(self) -> str:
        """The rule in a few words."""
        raise NotImplementedError

    @property
    def dropped(self) -> str:
        """Why it drops a row."""
        return self.title

    def as_step(self) -> dict[str, Any]:
        """Return the rule as it stands in a recipe; what is unset is left out."""
        step: dict[str, Any] = {"kind": self.kind}
        for field in fields(self):  # type: ignore[arg-type] # every rule is a dataclass
            value = getattr(self, field.name)
            if isinstance(value, np.generic):
                step[field.name] = value.item()
            elif value is not None and value != ():
                step[field.name] = list(value) if isinstance(value, tuple) else value
        return step


class Picking(Step):
    """The base of rules that take some rows and drop the others."""

    @property
    def dropped(self) -> str:
        """A row is dropped because it was not taken."""
        return f"not among {self.title}"


def size_of(size: int, rows: Rows) -> int:
    """Return how many of some rows to take; raise RuleError when there are not so many."""
    if size < 1:
        raise RuleError(f"a subset of {size} rows cannot be made; ask for at least 1")
    if size > len(rows):
        raise RuleError(f"{size:,} rows were asked for, but {len(rows):,} are left")
    return size


def generator(seed: int) -> np.random.Generator:
    """Return what draws with a seed; raise RuleError for a seed below 0."""
    if seed < 0:
        raise RuleError(f"a seed is a whole number from 0; {seed} is not")
    return np.random.default_rng(seed)


def falling(scores: Scores) -> NDArray[Any]:
    """Return numbers that sort the highest score first.

    Whole numbers of a table may be unsigned, or so narrow that the lowest has no opposite.
    """
    plain = scores.dtype.kind == "f" or scores.dtype == np.int64
    return -scores if plain else -scores.astype(np.float64)


def chosen(rows: IntArray, alive: Mask) -> Outcome:
    """Keep some rows and drop the others that are left."""
    keep = np.zeros(len(alive), bool)
    keep[rows] = True
    return Outcome(keep, alive & ~keep)


def nothing(alive: Mask) -> Mask:
    """Return a mask of no row."""
    return np.zeros(len(alive), bool)
