"""Thresholds are looked up, and say what counting says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.signals.weighing import Weights

_SCORE = st.one_of(st.integers(0, 5).map(float), st.floats(-3, 3), st.just(float("nan")))


@given(
    st.lists(st.tuples(_SCORE, st.integers(0, 1000), st.booleans()), max_size=40),
    st.one_of(st.integers(-1, 6).map(float), st.floats(-4, 4)),
)
def test_a_threshold_keeps_what_a_mask_keeps(rows: list[tuple[float, int, bool]], at: float) -> None:
    scores = np.array([score for score, _, _ in rows], np.float64)
    tokens = np.array([count for _, count, _ in rows], np.int32)
    flagged = np.flatnonzero(np.array([flag for _, _, flag in rows], bool))
    weights = Weights(scores, tokens, {"odd": flagged})
    keep = scores >= at
    weight = weights.at(at)
    assert weight.kept == keep.sum()
    assert weight.tokens == tokens[keep].sum()
    assert weight.ties == (scores == at).sum()
    assert weight.flagged == {"odd": (keep[flagged].sum(), len(flagged))}
    assert set(weights.rows[weights.first(at) :].tolist()) == set(np.flatnonzero(keep).tolist())
    assert weights.scored == np.count_nonzero(~np.isnan(scores))
