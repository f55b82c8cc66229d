"""A rule that goes by which rows are in a file: with it subsets are united, cut and taken from each other."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataexplore.dataset.keys import Keys, key_text
from dataexplore.errors import RuleError
from dataexplore.journal.decision import Decision
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Step, nothing
from dataexplore.text import short


@dataclass(frozen=True)
class Listed(Step):
    """Keep the rows that were in a file and drop the others, or drop them and leave the others.

    The rows' keys are part of the step, so it replays when the file is another one, or gone.
    """

    kind: ClassVar[str] = "listed"
    since: ClassVar[int] = 3
    file: str
    """Its name; of several files the names, and the rows of any of them count."""
    decision: str = "keep"
    keys: str = ""
    """Row keys in rising order, each of 16 hexadecimal digits, one space between two."""

    @property
    def title(self) -> str:
        """The decision and the file."""
        return (
            f"{'without' if self.decision == Decision.DROP.word else 'only'} rows in {short(self.file, 80)}"
        )

    @property
    def dropped(self) -> str:
        """Where the row is, or is not."""
        return f"{'' if self.decision == Decision.DROP.word else 'not '}in {short(self.file, 80)}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Look the keys up; those of other datasets are passed over."""
        words = (Decision.KEEP.word, Decision.DROP.word)
        if self.decision not in words:
            raise RuleError(f"rows in a file are kept or dropped; {short(self.decision, 40)!r} is neither")
        rows = known.dataset.rows_of(self._keys())
        here = nothing(alive)
        here[rows[rows >= 0]] = True
        if not here.any():
            raise RuleError(f"no row in {short(self.file, 80)} is in this dataset, byte for byte")
        return Outcome(here, ~here) if self.decision == Decision.KEEP.word else Outcome(nothing(alive), here)

    def _keys(self) -> Keys:
        try:
            return np.frombuffer(bytes.fromhex(self.keys), ">u8").astype(np.uint64)
        except ValueError:
            raise RuleError(
                f"the step with the rows in {short(self.file, 80)} has no row keys that can be read"
            ) from None


def listed(names: str, keys: Keys, decision: Decision) -> Listed:
    """Return the rule for rows of some keys."""
    return Listed(names, decision.word, " ".join(map(key_text, np.unique(keys).tolist())))
