"""What each rule makes of rows, and that no rule overrules a person or an earlier drop."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.selection.made_up import SaidOutright, said_outright
from dataexplore.errors import RuleError, SignalError
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.rule import Rule
from dataexplore.selection.rules import (
    Cluster,
    Duplicates,
    Length,
    Longest,
    Only,
    Quota,
    Random,
    Regex,
    Stratified,
    Threshold,
    Top,
)

GROUPS = [[0, 2, 4], [6, 7]]
LABELS = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]


def words(session: SaidOutright) -> str:
    return "".join(".KD"[decision] for decision in session.state.decisions)


@pytest.fixture
def session(alpaca: Callable[..., Path]) -> Iterator[SaidOutright]:
    judge = [4.5, 3, None, 5, 4, 4.5, 1, None, 2, 4.6, 0, 4.4]
    # rows:   0   1     2  3  4    5  6     7  8    9 10   11
    with said_outright(
        alpaca(["x" * length for length in (3, 1, 9, 4, 7, 5, 2, 8, 6, 0, 11, 10)], judge=judge),
        GROUPS,
        LABELS,
    ) as opened:
        yield opened


def test_a_threshold_keeps_at_and_above_and_leaves_the_unscored(session: SaidOutright) -> None:
    session.apply(Threshold("judge", 4.5))
    assert words(session) == "KD.KDKD.DKDD"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("judge >= 4.5", "KD.KDKD.DKDD"),
        ("judge IS NULL", "DDKDDDDKDDDD"),
        ("judge >= 4.5 AND response_chars > 8", "DDKDDDDDDDDD".replace("K", ".")),
        ("judge >= 4.5 OR response_chars = 8", "KD.KDKDKDKDD"),
        ("instruction = 'no such'", "DDDDDDDDDDDD"),
    ],
)
def test_only_leaves_a_row_that_lacks_the_score_it_hangs_on(
    session: SaidOutright, where: str, expected: str
) -> None:
    session.apply(Only(where))
    assert words(session) == expected


@pytest.mark.parametrize(
    ("policy", "signal", "expected"),
    [
        ("first", None, "..D.D..D...."),
        ("longest", None, "D...D.D....."),
        ("best score", "judge", "..D.D..D...."),
        ("none", None, "............"),
    ],
)
def test_duplicates(session: SaidOutright, policy: str, signal: str | None, expected: str) -> None:
    session.apply(Duplicates(0.9, policy, signal))
    assert words(session) == expected


def test_a_dropped_row_does_not_stand_for_its_group(session: SaidOutright) -> None:
    session.decide(np.array([2]), DROP, "the longest of its group, but wrong")
    session.apply(Threshold("judge", 2))  # drops 6, so 7 is alone
    session.apply(Duplicates(0.9, "longest"))
    assert words(session) == "DKDKKKD.KKDK"


def test_clusters(session: SaidOutright) -> None:
    session.apply(Cluster(1, 3, 0, "drop"))
    assert words(session) == ".D..D..D..D."
    session.apply(Cluster(0, 3, 0, "keep"))
    assert words(session) == "KD.KD.KD.KD."


def test_longest_and_top(session: SaidOutright) -> None:
    assert "".join(".KD"[one] for one in session.preview(Longest(3)).decisions) == "DDKDDDDDDDKK"
    assert "".join(".KD"[one] for one in session.preview(Top("judge", 2)).decisions) == "DDDKDDDDDKDD"
    tied = session.preview(Top("judge", 3, seed=1)).decisions
    assert np.count_nonzero(tied == KEEP) == 3


def test_random_is_the_same_for_a_seed_and_draws_from_what_is_left(session: SaidOutright) -> None:
    session.apply(Threshold("judge", 4))
    drawn = session.preview(Random(4, 1)).decisions
    assert np.array_equal(drawn, session.preview(Random(4, 1)).decisions)
    assert any(not np.array_equal(drawn, session.preview(Random(4, seed)).decisions) for seed in range(2, 9))
    alive = session.state.decisions != DROP
    assert np.count_nonzero(drawn != DROP) == 4
    assert not np.any((drawn != DROP) & ~alive)


def test_hand_decisions_stand_against_every_rule(session: SaidOutright) -> None:
    session.decide(np.array([1, 4]), KEEP, "good")
    session.decide(np.array([3, 9]), DROP, "bad")
    for rule in (
        Threshold("judge", 4.5),
        Duplicates(0.9, "longest"),
        Cluster(1, 3, 0, "drop"),
        Only("row < 3"),
        Quota(1, "longest"),
        Stratified(2),
        Length(5),
        Regex("response", "x{9}"),
        Random(2, 0),
    ):
        session.apply(rule)
        decisions = session.state.decisions
        assert decisions[[1, 4]].tolist() == [KEEP, KEEP]
        assert decisions[[3, 9]].tolist() == [DROP, DROP]


def test_a_rule_never_revives(session: SaidOutright) -> None:
    session.apply(Threshold("judge", 4.5))
    before = session.state.decisions == DROP
    rules: tuple[Rule, ...] = (Threshold("score", 0), Only("row > 0"), Cluster(0, 3, 0, "keep"), Longest(5))
    rules += (Quota(2, "best", "judge", top=4), Stratified(3), Length(0), Regex("response", "", "keep"))
    for rule in rules:
        session.apply(rule)
        assert np.all(session.state.decisions[before] == DROP)


def test_what_a_rule_lacks_is_said(session: SaidOutright) -> None:
    with pytest.raises(SignalError, match="no signal is called 'juge'"):
        session.apply(Threshold("juge", 1))
    for rule, reason in (
        (Duplicates(0.9, "best score"), "needs a signal"),
        (Duplicates(0.9, "worst"), "no policy is called 'worst'"),
        (Random(13), "13 rows were asked for, but 12 are left"),
        (Random(0), "cannot be made"),
        (Random(3, -1), "a seed is a whole number from 0"),
        (Top("judge", 11), "11 rows were asked for, but 10 are left"),
        (Cluster(1, 3, 0, "Drop"), "'Drop' is neither"),
    ):
        with pytest.raises(RuleError, match=reason):
            session.apply(rule)
    assert words(session) == "............"
    assert not session.acts


def test_numbers_from_arrays_can_be_journalled(session: SaidOutright) -> None:
    session.apply(Threshold("judge", np.float64(4.5)))
    session.apply(Cluster(np.int64(1), np.int64(3), 0, "drop"))  # type: ignore[arg-type] # what a screen may pass
    assert len(session.acts) == 2
    assert session.acts[1].act.rule == {
        "kind": "cluster",
        "cluster": 1,
        "k": 3,
        "seed": 0,
        "decision": "drop",
    }
