"""A step that names files: which rows are in them is found when the step is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from dataexplore.journal.decision import Decision
from dataexplore.selection.rules import Listed

if TYPE_CHECKING:
    from dataexplore.selection.rule import Knowledge, Mask, Outcome


class RowsIn:
    """Stands for the rule of the rows that are in some files."""

    kind: ClassVar[str] = Listed.kind
    version: ClassVar[int] = Listed.since
    slot: ClassVar[str] = ""

    def __init__(self, files: Sequence[str], decision: Decision) -> None:
        self._paths = [Path(file).expanduser() for file in files]
        self._decision = decision
        self._rule = Listed(", ".join(path.name for path in self._paths), decision.word)

    @property
    def title(self) -> str:
        """The rule's own."""
        return self._rule.title

    @property
    def dropped(self) -> str:
        """The rule's own."""
        return self._rule.dropped

    def as_step(self) -> dict[str, Any]:
        """Return the rule as it stands in a recipe, once it was asked."""
        return self._rule.as_step()

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Read the files, the first time; what is not here may be beside the dataset."""
        if not self._rule.keys:
            from dataexplore.session.listing import rows_in

            beside = known.dataset.path.parent
            paths = [path if path.exists() or path.is_absolute() else beside / path for path in self._paths]
            self._rule = rows_in(known.dataset, paths, self._decision, known.progress)
        return self._rule.outcome(known, alive)
