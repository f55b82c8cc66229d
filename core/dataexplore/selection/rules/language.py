"""A rule that goes by the language of rows."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataexplore.errors import RuleError
from dataexplore.report.languages import CODE, SHORT, UNCLEAR
from dataexplore.selection.rule import Knowledge, Mask, Outcome
from dataexplore.selection.rules.step import Step
from dataexplore.text import short

_UNTOLD = (SHORT, CODE, UNCLEAR)
_NAMED = 12


@dataclass(frozen=True)
class Language(Step):
    """Keep the rows in some languages, drop those in others, leave those whose language cannot be told."""

    kind: ClassVar[str] = "language"
    since: ClassVar[int] = 3
    languages: tuple[str, ...]
    """Codes such as en, or where py3langid is missing scripts such as `Latin script`."""

    @property
    def title(self) -> str:
        """The languages."""
        return f"language {', '.join(self.languages)}"

    @property
    def slot(self) -> str:
        """One set of languages at a time."""
        return "language"

    @property
    def dropped(self) -> str:
        """What the row is not."""
        return f"not {self.title}"

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Ask for the language of every row: of 50,000 rows that takes some ten seconds, once."""
        labels = np.array(known.languages(), dtype=object)
        there = Counter(labels.tolist())
        if lacking := [name for name in self.languages if name not in there]:
            told = ", ".join(name for name, _ in there.most_common(_NAMED) if name not in _UNTOLD)
            raise RuleError(f"no row is told to be in {short(lacking[0], 40)!r}; there are {told or 'none'}")
        here: Mask = np.isin(labels.astype(str), self.languages)
        return Outcome(here, ~here & ~np.isin(labels.astype(str), _UNTOLD))
