"""How all rows became the rows that are left: one line per step in force, and one for what is by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

import numpy as np

from dataexplore.journal.decision import DROP, KEEP, UNDECIDED
from dataexplore.selection.layers import rows_by_text
from dataexplore.selection.rule import Mask, Rule
from dataexplore.selection.rules import ByHand
from dataexplore.session.session import Session
from dataexplore.session.steps import InForce, Owners, steps_in_force

BY_HAND = ByHand().title


@dataclass(frozen=True)
class FunnelStep:
    """What one step still decides, or several that can only be counted together."""

    title: str
    hand: bool
    kept: int
    dropped: int
    left: int
    """Rows not dropped by this step or an earlier one."""
    rules: tuple[Rule, ...] = ()
    """Several are of a journal that did not tell apart what each of them decided."""
    rows: Mask = field(default_factory=lambda: np.zeros(0, bool), repr=False)
    """The rows that it decides."""


def funnel(session: Session) -> list[FunnelStep]:
    """Return the rules in the order in which they replay, then what was decided by hand."""
    decisions = session.state.decisions
    left = len(decisions)
    steps = []
    for title, rules, mine in _decided(session):
        kept, dropped = (int(np.count_nonzero(decisions[mine] == side)) for side in (KEEP, DROP))
        left -= dropped
        if rules or kept or dropped:
            steps.append(FunnelStep(title, title == BY_HAND, kept, dropped, left, rules, mine))
    return steps


def _decided(session: Session) -> Iterator[tuple[str, tuple[Rule, ...], Mask]]:
    """Yield each step and the rows whose decision is its own: no row is of two steps, none is left out."""
    rules = [entry for entry in session.acts if entry.act.rule is not None]
    steps = [step for step in steps_in_force(rules) if isinstance(step, InForce)]
    owners = {seq for step in steps for seq, _ in step.owners}
    owned = [(entry, session.decided_by(entry.seq)) for entry in rules if entry.seq in owners]
    by_hand, open_ = session.by_hand, session.state.decisions != UNDECIDED
    loose = open_ & ~by_hand

    def of(owners: Owners) -> Mask:
        mine: Mask = np.zeros(len(loose), bool)
        for entry, rows in owned:
            places = [place for seq, place in owners if seq == entry.seq]
            if places:
                mine |= rows & np.isin(session.shares.places(entry), places)
        mine &= loose
        return mine

    together: list[Rule] = []
    for step, after in zip_longest(steps, steps[1:]):
        if isinstance(step.rule, ByHand):
            mine = _of_hand(session, step.rule) & by_hand
            by_hand = by_hand & ~mine
            yield BY_HAND, (), mine
            continue
        together.append(step.rule)
        if after is not None and after.owners == step.owners:
            continue
        mine = of(step.owners)
        loose = loose & ~mine
        yield "; ".join(rule.title for rule in together), tuple(together), mine
        together = []
    yield "rules that were replaced", (), loose
    yield BY_HAND, (), by_hand


def _of_hand(session: Session, step: ByHand) -> Mask:
    """Return the rows that are decided as a recipe's step by hand says."""
    mine = np.zeros(len(session.dataset), bool)
    for keys, decision in ((step.keep, KEEP), (step.drop, DROP)):
        rows = rows_by_text(session.dataset, keys)
        mine[rows] = session.state.decisions[rows] == decision
    return mine
