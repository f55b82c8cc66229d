"""The reason of a dropped row says why it is out, not what would have kept it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.reasons import reason_of
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import KCenter, Length, Longest, Only, Random, Regex, Threshold, Top
from dataexplore.session.session import Session


@pytest.mark.parametrize(
    ("rule", "kept", "dropped"),
    [
        (Threshold("score", 4), "score >= 4", "score < 4"),
        (Only("score = 5"), "only score = 5", "does not match score = 5"),
        (Random(3), "random 3, seed 0", "not among random 3, seed 0"),
        (Longest(3), "longest 3", "not among longest 3"),
        (Top("score", 3), "top 3 by score", "not among top 3 by score"),
        (KCenter(3), "k-center 3, seed 0", "not among k-center 3, seed 0"),
        (Length(30), "response >= 30 characters", "not response >= 30 characters"),
        (Regex("output", "1", "keep"), "keep output with /1/", "output without /1/"),
    ],
)
def test_rules_say_both_sides(alpaca: Callable[..., Path], rule: Rule, kept: str, dropped: str) -> None:
    session = Session.open(alpaca(12))
    decisions = session.apply(rule).decisions
    for decision, words in ((KEEP, kept), (DROP, dropped)):
        entry = session.why(int(np.flatnonzero(decisions == decision)[0]))
        assert entry is not None
        assert reason_of(entry, decision) == words
    session.close()


def test_a_reason_by_hand_stays_as_it_was_given(alpaca: Callable[..., Path]) -> None:
    session = Session.open(alpaca(3))
    session.decide(np.array([0]), DROP, "too short")
    entry = session.why(0)
    assert entry is not None
    assert reason_of(entry, DROP) == "too short"
    session.close()
