"""Rules that go by what is written: how long it is, and whether a pattern is in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from dataexplore.dataset.dataset import Dataset
from dataexplore.errors import RuleError
from dataexplore.journal.decision import Decision
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Step, nothing
from dataexplore.text import short

_SIDES = ("prompt", "response")
_BYTES_PER_TOKEN = 4
UNITS = ("characters", "tokens")


@dataclass(frozen=True)
class Length(Step):
    """Keep the rows of which a text is neither too short nor too long, drop the others."""

    kind: ClassVar[str] = "length"
    since: ClassVar[int] = 3
    least: int = 0
    most: int | None = None
    field: str = "response"
    """prompt, response, or a field."""
    unit: str = "characters"
    """characters, or tokens (estimated: bytes / 4)."""

    @property
    def title(self) -> str:
        """The window."""
        window = f">= {self.least:,}" if self.most is None else f"of {self.least:,} to {self.most:,}"
        return f"{self.field} {window} {self.unit}"

    @property
    def slot(self) -> str:
        """One window per text and unit."""
        return f"length {self.field} {self.unit}"

    @property
    def dropped(self) -> str:
        """What the row is not."""
        return f"not {self.title}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Measure; what is absent has length 0."""
        if self.unit not in UNITS:
            raise RuleError(f"no unit is called {short(self.unit, 40)!r}; there are {', '.join(UNITS)}")
        if self.most is not None and self.most < self.least:
            raise RuleError(f"no text has at least {self.least:,} and at most {self.most:,} {self.unit}")
        inside = np.concatenate([np.empty(0, bool), *map(self._inside, texts(known.dataset, self.field))])
        return Outcome(inside, ~inside)

    def _inside(self, text: pl.Series) -> Mask:
        if self.unit == "tokens":
            amount = np.ceil(text.str.len_bytes().fill_null(0).to_numpy() / _BYTES_PER_TOKEN)
        else:
            amount = text.str.len_chars().fill_null(0).to_numpy()
        inside: Mask = amount >= self.least
        return inside if self.most is None else inside & (amount <= self.most)


@dataclass(frozen=True)
class Regex(Step):
    """Keep the rows in which a pattern is found and drop the others, or drop them and leave the others."""

    kind: ClassVar[str] = "regex"
    since: ClassVar[int] = 3
    field: str
    """prompt, response, or a field."""
    pattern: str
    """As Rust's regex reads it: without looking around; (?i) ignores case."""
    decision: str = "drop"

    @property
    def title(self) -> str:
        """The decision, the field and the pattern."""
        return f"{self.decision} {self.field} with /{short(self.pattern, 60)}/"

    @property
    def dropped(self) -> str:
        """What the row is not."""
        return f"{self.field} without /{short(self.pattern, 60)}/" if self.decision == "keep" else self.title

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Look in every row; what is absent holds no pattern."""
        words = (Decision.KEEP.word, Decision.DROP.word)
        if self.decision not in words:
            raise RuleError(f"a pattern keeps or drops; {short(self.decision, 40)!r} is neither")
        found = [self._found(text) for text in texts(known.dataset, self.field)]
        matching = np.concatenate([np.empty(0, bool), *found])
        if self.decision == Decision.KEEP.word:
            return Outcome(matching, ~matching)
        return Outcome(nothing(alive), matching)

    def _found(self, text: pl.Series) -> Mask:
        try:
            found: Mask = text.str.contains(self.pattern).fill_null(False).to_numpy()
        except (pl.exceptions.PolarsError, ValueError) as error:
            raise RuleError(
                f"the pattern {short(self.pattern, 40)!r} is not understood: {short(str(error), 120)}"
            ) from None
        return found


def texts(dataset: Dataset, field: str) -> Iterator[pl.Series]:
    """Yield a text of all rows part by part; raise RuleError when there is no such field."""
    table = dataset.table
    if field not in (*_SIDES, *table.fields):
        there = ", ".join(dict.fromkeys([*_SIDES, *table.fields]))
        raise RuleError(f"no field is called {short(field, 40)!r}; there are {short(there, 200)}")
    for index in range(table.parts):
        if field in table.fields:  # a field of the file goes before a computed column, as in a filter
            yield table.part(index, [field])[field].cast(pl.String)
        else:
            yield table.texts(index)[_SIDES.index(field)]
