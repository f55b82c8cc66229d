"""One value per row, with where it came from."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

Scores = NDArray[np.float64]
"""One number per row; NaN where there is none: unscored is not a low score."""

Origin = Literal["field", "imported", "computed"]


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


def field_signals(frame: pl.DataFrame) -> dict[str, Signal]:
    """Return every numeric field of a dataset as a signal."""
    return {
        column.name: Signal(column.name, as_scores(column), "field")
        for column in frame
        if column.dtype.is_numeric() and column.null_count() < len(column)
    }


def as_scores(column: pl.Series) -> Scores:
    """Return a numeric column as float64 with null and infinite values as NaN."""
    scores = column.cast(pl.Float64).fill_null(float("nan")).to_numpy(writable=True)
    scores[np.isinf(scores)] = np.nan
    return scores
