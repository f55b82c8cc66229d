"""A subset beside random ones and everything, on rows whose places are known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.selection.placed import at_degrees, placed
from dataexplore.errors import RuleError, SignalError
from dataexplore.journal.decision import KEEP
from dataexplore.selection.covering import Wanted, compare
from dataexplore.selection.rules import Random

ROWS = 60
Make = Callable[..., Path]


def test_rows_all_over_are_better_than_random_and_rows_in_a_corner_are_worse(alpaca: Make) -> None:
    degrees = [3.0 * row for row in range(ROWS)]
    labels = [row // 10 for row in range(ROWS)]
    path = alpaca(ROWS, topic=["even" if row % 2 == 0 else "odd" for row in range(ROWS)])
    with placed(path, at_degrees(degrees), labels) as session:
        session.given = [[0, 1, 2], [10, 11]]
        wide = compare(session, np.arange(5, ROWS, 10), Wanted(seeds=20, signal="score"))
        corner = compare(session, np.arange(6), Wanted(seeds=20))
    assert all(one.subset < min(one.random) for one in wide.versus[:2])
    assert "worse" not in {one.verdict for one in wide.versus}
    assert wide.subset.coverage.touched == 1
    assert wide.subset.coverage.radius == pytest.approx(1 - np.cos(np.radians(15)), abs=1e-5)
    assert all(one.subset > max(one.random) for one in corner.versus[:2])
    assert corner.versus[2].subset < min(corner.versus[2].random)
    assert "worse" in {one.verdict for one in corner.versus}
    assert corner.answer.startswith(
        "No, worse, measured against all of 20 random subsets of the same size: worse by"
    )
    assert corner.subset.coverage.repeated == 2
    assert wide.full.coverage.repeated == 3
    assert (wide.full.coverage.radius, wide.full.coverage.touched) == (0, 1)
    assert wide.column == "topic"
    assert wide.subset.categories == {"odd": 1}
    assert wide.full.categories == {"even": 0.5, "odd": 0.5}
    assert wide.subset.score is not None
    assert wide.subset.score.mean == pytest.approx(np.mean([row % 6 for row in range(5, ROWS, 10)]))
    assert corner.subset.score is None
    assert wide.curves["subset"][-1].radius == pytest.approx(wide.subset.coverage.radius)
    assert len(wide.versus[0].random) == 20


def test_the_same_seed_gives_the_same_answer(alpaca: Make) -> None:
    with placed(alpaca(ROWS), at_degrees([row * 5.0 for row in range(ROWS)]), [0] * ROWS) as session:
        rows = np.arange(0, ROWS, 7)
        one, other = (compare(session, rows, Wanted(seeds=2)) for _ in range(2))
        assert one == other
        assert compare(session, rows, Wanted(seeds=2, seed=9)).versus != one.versus


def test_what_cannot_be_compared_is_said(alpaca: Make) -> None:
    with placed(alpaca(ROWS), at_degrees([row * 5.0 for row in range(ROWS)]), [0] * ROWS) as session:
        some = np.arange(4)
        for rows, wanted, error, reason in (
            (np.arange(0), Wanted(), RuleError, "no row is in the subset"),
            (np.arange(ROWS), Wanted(), RuleError, "every row is in the subset"),
            (some, Wanted(seeds=0), RuleError, "at least one random subset"),
            (some, Wanted(signal="scroe"), SignalError, "did you mean score"),
            (some, Wanted(column="nope"), RuleError, "no field is called 'nope'; there are instruction"),
        ):
            with pytest.raises(error, match=reason):
                compare(session, rows, wanted)


def test_a_random_subset_is_not_compared_with_itself(alpaca: Make) -> None:
    with placed(alpaca(ROWS), at_degrees([row * 3.0 for row in range(ROWS)]), [0] * ROWS) as session:
        drawn = np.flatnonzero(session.preview(Random(8, 0)).decisions == KEEP)
        found = compare(session, drawn, Wanted(seeds=4))
    assert all(value != found.versus[1].subset for value in found.versus[1].random)
