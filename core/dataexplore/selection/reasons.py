"""Why a row has its decision, in words for a person."""

from dataexplore.journal.decision import DROP
from dataexplore.journal.journal import Entry
from dataexplore.selection.recipe import rule_from
from dataexplore.selection.rules import Longest, Only, Random, Threshold, Top


def reason_of(entry: Entry, decision: int) -> str:
    """Return the entry's reason, turned round where a rule dropped what did not fit it."""
    act = entry.act
    if decision != DROP or act.hand or act.rule is None or act.rule["kind"] == "recipe":
        return act.reason
    rule = rule_from(act.rule)
    if isinstance(rule, Threshold):
        return f"{rule.signal} < {rule.at:g}"
    if isinstance(rule, Only):
        return f"does not match {rule.where}"
    if isinstance(rule, Random | Longest | Top):
        return f"not among {rule.title}"
    return act.reason
