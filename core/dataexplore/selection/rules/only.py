"""A rule that goes by a filter."""

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from dataexplore.errors import SignalError
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Step


@dataclass(frozen=True)
class Only(Step):
    """Keep the rows that match a filter and drop the others; one that lacks the score it hangs on is left."""

    kind: ClassVar[str] = "only"
    where: str

    @property
    def title(self) -> str:
        """The filter."""
        return f"only {self.where}"

    @property
    def dropped(self) -> str:
        """The filter that was not met."""
        return f"does not match {self.where}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Ask the filter; a row for which it is neither true nor false for want of a score is left."""
        matching = known.where(self.where)
        return Outcome(matching, ~matching & ~self._unscored(known))

    def _unscored(self, known: Knowledge) -> Mask:
        lacking = np.zeros(len(known.dataset), bool)
        for name in pl.sql_expr(self.where).meta.root_names():
            with suppress(SignalError):  # a column that is no signal
                lacking |= np.isnan(known.scores(name))
        return lacking & known.where(f"({self.where}) IS NULL") if lacking.any() else lacking
