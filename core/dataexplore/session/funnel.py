"""How all rows became the rows that are left: one step per act in force."""

from dataclasses import dataclass

import numpy as np

from dataexplore.journal.decision import DROP, KEEP
from dataexplore.session.session import Session


@dataclass(frozen=True)
class FunnelStep:
    """What one act still decides."""

    title: str
    hand: bool
    kept: int
    dropped: int
    left: int
    """Rows not dropped by this act or an earlier one."""


def funnel(session: Session) -> list[FunnelStep]:
    """Return the rules in order, then all hand decisions; acts that decide nothing any more are left out."""
    decisions = session.state.decisions
    left = len(decisions)
    steps = []
    rules = [entry for entry in session.acts if not entry.act.hand]
    for entry in rules:
        mine = session.decided_by(entry.seq)
        kept, dropped = _count(decisions[mine])
        left -= dropped
        if kept or dropped:
            steps.append(FunnelStep(entry.act.reason, False, kept, dropped, left))
    kept, dropped = _count(decisions[session.by_hand])
    if kept or dropped:
        steps.append(FunnelStep("by hand", True, kept, dropped, left - dropped))
    return steps


def _count(decisions: np.ndarray[tuple[int], np.dtype[np.int8]]) -> tuple[int, int]:
    return int(np.count_nonzero(decisions == KEEP)), int(np.count_nonzero(decisions == DROP))
