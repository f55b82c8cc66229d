"""Which row of each duplicate group stays, and dropping the others of every group."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from dataexplore_tui.screens.grouping import MEANING, GroupingScreen
from dataexplore_tui.screens.policy import POLICIES, Policy
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import Progress

if TYPE_CHECKING:
    from dataexplore.clusters.kmeans import Clusters
    from dataexplore.selection.rule import Mask
    from dataexplore.session.session import Session


class ThinningScreen(GroupingScreen):
    """A screen with a policy."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "policy", "which row of a group stays", id="duplicates.policy"),
        Binding("E", "apply_all", "keep one row of every group, drop the others", id="duplicates.apply_all"),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self.named = POLICIES[0]
        """The policy by name."""
        self._stays: tuple[tuple[Policy, str, int], Mask] | None = None

    def settle_policy(self, session: Session) -> None:
        """Go by length where there is no score to go by."""
        if self.named == "best score" and not self._scored(session):
            self.named = "longest"

    def _scored(self, session: Session) -> bool:
        signal = session.columns.signals.get(self.sitting.signal)
        return signal is not None and signal.origin != "computed"

    @property
    def policy(self) -> Policy:
        """Which row of a group stays."""
        kinds = () if self.kinds == MEANING else self.kinds
        return Policy(self.threshold, self.named, self.sitting.signal, self.linkage, kinds)

    def staying(self, session: Session) -> Mask:
        """Return the rows that are left and that the policy keeps."""
        now = (self.policy, self.compared, self.state.acts)
        if self._stays is None or self._stays[0] != now:  # once for all groups, not for each cursor key
            self._stays = (now, self.policy.staying(session, self.groups_now(session)))
        return self._stays[1]

    def action_policy(self) -> None:
        """Choose the next policy."""
        session = self.session
        if session is None:
            return
        names = POLICIES if self._scored(session) else POLICIES[1:]
        named = names[(names.index(self.named) + 1) % len(names)]
        if named.startswith("farthest"):  # from the centre of its cluster
            self.background("clustering prompts", _clustered, lambda _: self._go_by(named))
        else:
            self._go_by(named)

    def _go_by(self, named: str) -> None:
        self.named = named
        self.state = self.state
        self.say(f"policy: {self.policy.words}")

    def action_apply_all(self) -> None:
        """Drop all but one row of every group, as a rule."""
        session = self.session
        if session is None or self.pairs is None:
            self.say("the similar prompts are still being found: a moment", warning=True)
            return
        self.choose(self.policy.rule)


def _clustered(session: Session, tell: Progress) -> Clusters:
    return session.analysis.clusters(progress=tell)
