"""One value per row, with where it came from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.scores import scores_in

Scores = NDArray[np.floating[Any] | np.integer[Any]]
"""One number per row; NaN where there is none: unscored is not a low score.

Whole numbers without a gap stay whole numbers: a float of each would be a second copy.
"""

Origin = Literal["field", "imported", "computed", "judged"]


@dataclass(frozen=True)
class Signal:
    """A named column of numbers over all rows of a dataset."""

    name: str
    scores: Scores = field(repr=False)
    origin: Origin
    note: str = ""
    """Where an imported or computed signal came from, for the person."""

    @property
    def scored(self) -> int:
        """Rows that have a score."""
        return int(np.count_nonzero(~np.isnan(self.scores)))

    @property
    def unscored(self) -> int:
        """Rows that have none."""
        return len(self.scores) - self.scored


def field_signals(fields: Iterable[pl.Series]) -> dict[str, Signal]:
    """Return every numeric field of a dataset as a signal, and every field of scores that are text."""
    found = {}
    for column in fields:
        if column.dtype.is_numeric():
            if column.null_count() < len(column):
                found[column.name] = Signal(column.name, as_scores(column), "field")
        elif (scores := scores_in(column.name, column)) is not None:
            lost = scores.null_count() - column.null_count()
            note = f"text read as numbers; {lost:,} are none and unscored" if lost else "text read as numbers"
            found[column.name] = Signal(column.name, as_scores(scores), "field", note)
    return found


def as_scores(column: pl.Series) -> Scores:
    """Return a numeric column: whole numbers as they are, others with null and infinite values as NaN."""
    if column.dtype.is_integer() and not column.null_count():
        return column.to_numpy()
    scores = column.cast(pl.Float64).fill_null(float("nan")).to_numpy(writable=True)
    scores[np.isinf(scores)] = np.nan
    return scores
