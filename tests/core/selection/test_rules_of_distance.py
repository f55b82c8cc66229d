"""Rules that go by the distance between rows, on rows whose places are known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.selection.placed import Placed, at_degrees, placed, words
from dataexplore.clusters.kmeans import Clusters
from dataexplore.errors import RuleError, SignalError
from dataexplore.journal.decision import DROP, KEEP
from dataexplore.selection.rules import Facility, KCenter, Only, SemDeDup, Spread
from dataexplore.vectors.arrays import FloatMatrix

Make = Callable[..., Path]


def test_k_center_takes_the_ends_before_the_middle(alpaca: Make) -> None:
    with placed(alpaca(5), at_degrees([0, 10, 90, 170, 180])) as session:
        for seed in range(6):
            kept = np.flatnonzero(session.preview(KCenter(3, seed)).decisions == KEEP)
            assert {0, 1, 2} == {0 if row < 2 else 2 if row > 2 else 1 for row in kept.tolist()}


def test_k_center_picks_among_what_is_left_and_has_a_vector(alpaca: Make) -> None:
    with placed(alpaca(6), at_degrees([0, 40, 80, None, 120, 160])) as session:
        session.apply(Only("row <> 6"))
        session.apply(KCenter(4))
        assert words(session) == "KKKDKD"
        session.undo()
        with pytest.raises(RuleError, match="5 rows were asked for, but 4 with a vector are left"):
            session.apply(KCenter(5))
        with pytest.raises(RuleError, match="6 rows were asked for, but 5 are left"):
            session.apply(KCenter(6))
        with pytest.raises(RuleError, match="a seed is a whole number"):
            session.apply(KCenter(2, -1))


def test_facility_location_takes_the_middle_before_the_ends(alpaca: Make) -> None:
    with placed(alpaca(5), at_degrees([0, 20, 40, 60, 80])) as session:
        session.apply(Facility(1))
        assert words(session) == "DDKDD"
        for rule in (Facility(9), Facility(0)):
            with pytest.raises(RuleError, match=r"asked for|cannot be made"):
                session.apply(rule)


def test_a_spread_goes_down_from_the_best_and_skips_what_is_too_alike(alpaca: Make) -> None:
    path = alpaca(6, judge=[3, 9, 8, 7, None, 1], level=[1, 1, 1, 2, 9, 1])
    with placed(path, at_degrees([0, 90, 95, 180, 270, 2])) as session:
        wide = Spread(("judge",), 0.9, 6)
        assert session.preview(wide).decisions.tolist() == [KEEP, KEEP, DROP, KEEP, DROP, DROP]
        assert session.preview(Spread(("judge",), 0.9, 1)).decisions.tolist() == [2, 1, 2, 2, 2, 2]
        best = session.preview(Spread(("judge", "level"), 0.9, 1)).decisions
        assert best.tolist() == [2, 2, 2, 1, 2, 2], "14 is the highest product, 9 the highest score"


def test_what_a_spread_lacks_is_said(alpaca: Make) -> None:
    with placed(alpaca(3), at_degrees([0, 10, 20])) as session:
        for rule, error, reason in (
            (Spread((), 0.9, 2), RuleError, "needs a signal"),
            (Spread(("scroe",), 0.9, 2), SignalError, "did you mean score"),
            (Spread(("score",), 1.5, 2), RuleError, "between 0 and 1"),
            (Spread(("score",), 0.9, 0), RuleError, "cannot be made"),
        ):
            with pytest.raises(error, match=reason):
                session.apply(rule)


class InTwo(Placed):
    """Two clusters, rows at known distances from their centres."""

    def clusters(self, k: int | None = None, seed: int = 0) -> Clusters:
        found = super().clusters(k, seed)
        away = np.array([0.1, 0.9, 0.5, 0.3, 0.2, np.nan], np.float32)
        return Clusters(found.k, found.labels, found.centres, found.sizes, 0.0, away, seed)


def test_semantic_duplicates_fall_within_a_cluster_and_the_farthest_stays(alpaca: Make) -> None:
    path = alpaca(6)
    session = InTwo.open(path)
    assert isinstance(session, InTwo)
    session.points = at_degrees([0, 10, 5, 5, 90, None])
    session.labels = [0, 0, 0, 1, 1, 1]
    try:
        session.apply(SemDeDup(0.97, 2))
        assert words(session) == "D.D...", "row 3 is like them, but in the other cluster"
        with pytest.raises(RuleError, match="between 0 and 1"):
            session.apply(SemDeDup(0.0, 2))
    finally:
        session.close()


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(copies=st.integers(1, 5), kinds=st.integers(1, 4), seed=st.integers(0, 99))
def test_of_identical_rows_one_stays(
    alpaca: Make, tmp_path_factory: pytest.TempPathFactory, copies: int, kinds: int, seed: int
) -> None:
    rows = copies * kinds
    kind = np.random.default_rng(seed).permutation(np.arange(rows) % kinds)
    points: FloatMatrix = at_degrees([80.0 * one for one in kind.tolist()])
    folder = tmp_path_factory.mktemp("w")
    with placed(alpaca(rows), points, [0] * rows, workspace=folder) as session:
        left = session.preview(SemDeDup(0.99, 1)).decisions != DROP
        assert sorted(kind[left].tolist()) == list(range(kinds))
