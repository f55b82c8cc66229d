"""Why a row has its decision, in words for a person."""

from dataexplore.journal.decision import DROP
from dataexplore.journal.journal import Entry
from dataexplore.selection.recipe import rule_from


def reason_of(entry: Entry, decision: int) -> str:
    """Return the entry's reason, turned round where a rule dropped what did not fit it."""
    act = entry.act
    if decision != DROP or act.hand or act.rule is None or act.rule["kind"] == "recipe":
        return act.reason
    return rule_from(act.rule).dropped
