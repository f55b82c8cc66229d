"""Which row of each duplicate group stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataexplore.journal.decision import DROP

if TYPE_CHECKING:
    from dataexplore.selection.rule import Mask
    from dataexplore.selection.rules import Duplicates
    from dataexplore.session.session import Session

POLICIES = ("best score", "longest", "first")
STEP = 0.01


@dataclass(frozen=True)
class Policy:
    """A threshold, a policy by name, and the signal that `best score` goes by."""

    threshold: float
    name: str
    signal: str

    @property
    def words(self) -> str:
        """The policy as a reason."""
        return f"{self.name} ({self.signal})" if self.name == "best score" else self.name

    @property
    def rule(self) -> Duplicates:
        """The rule for all groups."""
        from dataexplore.selection.rules import Duplicates

        return Duplicates(self.threshold, self.name, self.signal if self.name == "best score" else None)

    def staying(self, session: Session) -> Mask:
        """Return the rows that are left and that the rule would not drop."""
        alive: Mask = session.state.decisions != DROP
        return alive & ~self.rule.outcome(session, alive).drop
