"""Bars count every row once: exact values when they are few, bins when they are many, unscored apart."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.dataset.loading import open_dataset
from dataexplore.signals.histogram import EXACT, histogram
from dataexplore.signals.signal import as_scores, field_signals

NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-50, 50).map(float)


@given(st.lists(NUMBER | st.just(float("nan")), max_size=80), st.integers(1, 60), NUMBER)
def test_every_row_is_counted_once(values: list[float], bins: int, at: float) -> None:
    scores = np.array(values, np.float64)
    made = histogram(scores, bins)
    known = scores[~np.isnan(scores)]
    assert made.counts.sum() + made.unscored == len(values)
    assert made.scored == len(known)
    assert len(made.edges) == len(made.counts)
    assert np.all(np.diff(made.edges) > 0)
    assert made.exact == (len(np.unique(known)) <= EXACT)
    assert made.at_least(at) == np.count_nonzero(known >= at)
    for bar, edge in enumerate(made.edges):
        assert made.bar_of(edge) == bar
        assert made.counts[bar:].sum() == made.at_least(edge)


@given(st.lists(NUMBER, min_size=EXACT + 1, max_size=60, unique=True), st.integers(1, 60))
def test_the_first_bin_begins_at_the_lowest_score(values: list[float], bins: int) -> None:
    made = histogram(np.array(values), bins)
    if not made.exact:
        assert made.edges[0] == min(values)


def test_the_input_is_left_as_it_is() -> None:
    scores = np.array([3.0, 1.0, np.nan])
    histogram(scores)
    np.testing.assert_array_equal(scores, [3.0, 1.0, np.nan])


def test_whole_numbers_get_whole_bins() -> None:
    made = histogram(np.arange(1000.0), 40)
    assert not made.exact
    assert np.all(made.edges == np.round(made.edges))
    assert len(made.edges) in range(38, 42)


def test_a_long_tail_does_not_squeeze_the_rest() -> None:
    made = histogram(np.append(np.linspace(0, 1, 10_000), 1e6), 40)
    assert np.count_nonzero(made.counts) >= 39


def test_mostly_one_value() -> None:
    made = histogram(np.append(np.zeros(10_000), np.arange(1.0, 40.0)), 40)
    assert made.counts[0] == 10_000
    assert len(made.edges) > 5


@pytest.mark.parametrize(
    ("signal", "values", "counts", "unscored"),
    [
        ("gpt4omini_overall", range(1, 10), [10, 184, 1557, 6496, 15973, 18624, 8017, 1092, 22], 27),
        ("llama31_8b", range(6), [2203, 10254, 9843, 23081, 6345, 276], 0),
        ("mistral_7b", range(6), [565, 8551, 13328, 22758, 6795, 5], 0),
        ("gpt4omini", range(6), [8274, 15973, 18624, 8017, 1092, 22], 0),
    ],
)
def test_the_judges_of_alpaca(
    real: Callable[[str], Path], signal: str, values: range, counts: list[int], unscored: int
) -> None:
    frame = open_dataset(real("alpaca_ratings.jsonl")).frame
    made = histogram(as_scores(frame[signal]))
    assert made.exact
    assert made.edges.tolist() == [float(value) for value in values]
    assert made.counts.tolist() == counts
    assert made.unscored == unscored


def test_numeric_fields_are_signals_and_infinity_is_no_score(alpaca: Callable[..., Path]) -> None:
    path = alpaca(["a", "b"], flag=[True, False], text=["1", "2"], none=[None, None], half=[0.5, None])
    signals = field_signals(open_dataset(path).frame)
    assert set(signals) == {"score", "half"}
    assert (signals["half"].scored, signals["half"].unscored) == (1, 1)


def test_scores_that_are_text_are_a_signal_and_what_is_no_number_is_unscored(tmp_path: Path) -> None:
    values = ["4.5/5", "5", " 3 ", "N/A", "\uff14", "4,5", "inf", "", True, [4], "10/10", "-1", "1e1", 4.5, 0]
    path = tmp_path / "scores.jsonl"
    path.write_text(
        "".join(json.dumps({"instruction": "i", "output": "o", "score": v}) + "\n" for v in values)
    )
    signal = field_signals(open_dataset(path).frame)["score"]
    assert signal.scores[~np.isnan(signal.scores)].tolist() == [5.0, 3.0, -1.0, 10.0, 4.5, 0.0]
    assert (signal.scored, signal.unscored) == (6, 9)
    assert signal.note == "text read as numbers; 9 are none and unscored"
