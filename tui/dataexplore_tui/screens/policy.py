"""Which row of each duplicate group stays, of groups that may be split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from dataexplore.duplicates.policy import POLICIES as POLICIES
from dataexplore.journal.decision import DROP

if TYPE_CHECKING:
    from dataexplore.duplicates.groups import Groups
    from dataexplore.selection.rule import Knowledge, Mask
    from dataexplore.selection.rules import Duplicates
    from dataexplore.session.session import Session

STEP = 0.01


@dataclass(frozen=True)
class Policy:
    """A threshold, a policy by name, and the signal that `best score` goes by."""

    threshold: float
    name: str
    signal: str
    linkage: str = "single"
    kinds: tuple[str, ...] = ()
    """How rows are alike, if not in the usual way."""

    @property
    def words(self) -> str:
        """The policy as a reason."""
        return f"{self.name} ({self.signal})" if self.name == "best score" else self.name

    @property
    def rule(self) -> Duplicates:
        """The rule for all groups."""
        from dataexplore.selection.rules import Duplicates

        signal = self.signal if self.name == "best score" else None
        linkage = None if self.linkage == "single" else self.linkage
        return Duplicates(self.threshold, self.name, signal, linkage, self.kinds)

    def going(self, session: Session, groups: Groups) -> Mask:
        """Return the rows that are left and that go when one of each of these groups stays."""
        alive: Mask = session.state.decisions != DROP
        return self.rule.outcome(cast("Knowledge", _Regrouped(session, groups)), alive).drop & alive

    def staying(self, session: Session, groups: Groups) -> Mask:
        """Return the rows that are left and that stay."""
        alive: Mask = session.state.decisions != DROP
        return alive & ~self.going(session, groups)


class _Regrouped:
    """What a session knows, but for the groups: those on screen may be split."""

    def __init__(self, session: Session, groups: Groups) -> None:
        self._session = session
        self._groups = groups

    def groups(self, threshold: float, linkage: str = "single", kinds: Sequence[str] = ()) -> Groups:
        """Return those on screen, which are of that threshold."""
        return self._groups

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)
