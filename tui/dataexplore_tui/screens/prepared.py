"""A rule whose answer was found in the background, so that applying it does not freeze the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from dataexplore.selection.rules import Only

if TYPE_CHECKING:
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.selection.rule import Knowledge, Mask, Outcome, Rule
    from dataexplore.session.session import Session
    from dataexplore_tui.screens.talking import Progress

_QUICK = ("threshold", "only", "random", "longest", "top", "cluster", "duplicates", "length")
"""Kinds of rules that go by what is known already."""


class Prepared:
    """Stands for a rule; asked again of the same rows, it remembers what it said."""

    kind: ClassVar[str] = "prepared"

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._said: tuple[Dataset, Mask, Outcome] | None = None

    @property
    def title(self) -> str:
        """The rule's own."""
        return self.rule.title

    @property
    def dropped(self) -> str:
        """The rule's own."""
        return self.rule.dropped

    @property
    def version(self) -> int:
        """The rule's own."""
        return self.rule.version

    @property
    def slot(self) -> str:
        """The rule's own."""
        return self.rule.slot

    def as_step(self) -> dict[str, Any]:
        """Return the rule as it stands in a recipe."""
        return self.rule.as_step()

    def outcome(self, known: Knowledge, alive: Mask) -> Outcome:
        """Ask the rule, unless it was asked of these rows already; a filter may go by decisions, too."""
        said = self._said
        if said is not None and said[0] is known.dataset and np.array_equal(said[1], alive):
            return said[2]
        outcome = self.rule.outcome(known, alive)
        if not isinstance(self.rule, Only):
            self._said = (known.dataset, alive, outcome)
        return outcome


def takes_long(session: Session) -> bool:
    """Tell whether a rule in force would, when it runs anew after another one that has changed."""
    rules = [entry.act.rule for entry in session.acts if entry.act.rule is not None]
    return any(rule["kind"] not in _QUICK for rule in rules)


@contextmanager
def telling(session: Session, tell: Progress) -> Iterator[None]:
    """Let the session's own work tell how far it is; of two that wish to, the later one hears it."""
    session.progress = tell
    try:
        yield
    finally:
        if session.progress is tell:
            session.progress = None
