"""Who wins: both orders, ties, chance and length, with figures that are known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.compare.outcome import by_set, outcome, sign_test
from dataexplore.compare.review import Review

WIN, TIE, LOSS = (2.0, 1.0), (1.0, 1.0), (1.0, 2.0)


def reviews(wins: int, ties: int, losses: int, lengths: tuple[int, int] | None = None) -> list[Review]:
    return [
        Review("", pair, pair, lengths)
        for pair, count in ((WIN, wins), (TIE, ties), (LOSS, losses))
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("straight", "swapped", "verdict", "flipped"),
    [
        (WIN, WIN, 1, False),
        (WIN, TIE, 1, False),
        (TIE, WIN, 1, False),
        (WIN, LOSS, 0, True),
        (LOSS, WIN, 0, True),
        (TIE, TIE, 0, False),
        (TIE, LOSS, -1, False),
        (LOSS, LOSS, -1, False),
    ],
)
def test_a_win_takes_both_orders_or_one_and_an_even_one(
    straight: tuple[float, float], swapped: tuple[float, float], verdict: int, flipped: bool
) -> None:
    review = Review("", straight, swapped)
    assert (review.verdict, review.flipped) == (verdict, flipped)


def test_the_score_of_alpagasus_against_alpaca() -> None:
    found = outcome(reviews(284, 210, 236))
    assert found.prompts == 730
    assert round(found.score or 0, 3) == 1.066


def test_a_reply_that_could_not_be_read_counts_apart() -> None:
    found = outcome([*reviews(1, 0, 0), Review("", None, WIN), Review("", LOSS, None)])
    assert (found.prompts, found.wins, found.unparsed) == (1, 1, 2)
    nothing = outcome([Review("", None, None)])
    assert (nothing.score, nothing.interval, nothing.sign_test, nothing.flip_rate) == (None,) * 4


def test_the_interval_is_that_of_the_mean_of_many_prompts() -> None:
    found = outcome(reviews(300, 500, 200))
    deviation = math.sqrt(0.3 + 0.2 - 0.1**2) / math.sqrt(1000)
    assert found.interval == pytest.approx((1.1 - 1.96 * deviation, 1.1 + 1.96 * deviation), abs=0.004)
    assert outcome(reviews(300, 500, 200)) == found
    assert outcome(reviews(300, 500, 200), seed=1).interval != found.interval


def test_known_sign_tests() -> None:
    assert sign_test(5, 0) == pytest.approx(2 / 32)
    assert sign_test(7, 3) == pytest.approx(0.34375)
    assert sign_test(4, 4) == 1
    assert sign_test(0, 0) is None


def test_sets_are_counted_apart_in_their_order() -> None:
    found = by_set([Review("b", WIN, WIN), Review("a", LOSS, LOSS), Review("b", TIE, TIE)])
    assert {name: (one.wins, one.ties, one.losses) for name, one in found.items()} == {
        "b": (1, 1, 0),
        "a": (0, 0, 1),
    }


def test_what_length_alone_decides_is_no_win_at_equal_length() -> None:
    rng = np.random.default_rng(0)
    made = [
        Review("", WIN if difference > 0 else LOSS, WIN if difference > 0 else LOSS, (500 + difference, 500))
        for difference in rng.integers(-300, 300, 400).tolist()
    ]
    found = outcome(made)
    assert found.longer_wins == pytest.approx(1, abs=0.01)
    assert found.length_controlled == pytest.approx(0.5, abs=0.1)


def test_what_length_has_no_part_in_stays_as_it_is() -> None:
    rng = np.random.default_rng(0)
    lengths = rng.integers(100, 900, (400, 2)).tolist()
    pairs = [WIN] * 280 + [LOSS] * 120
    rng.shuffle(pairs)
    found = outcome([Review("", pair, pair, (a, b)) for pair, (a, b) in zip(pairs, lengths, strict=True)])
    assert found.length_controlled == pytest.approx(0.7, abs=0.02)
    assert outcome(reviews(1, 1, 1)).length_controlled is None


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_other_way_round_is_the_mirror_image(wins: int, ties: int, losses: int) -> None:
    found, other = outcome(reviews(wins, ties, losses, (3, 5))), outcome(reviews(losses, ties, wins, (5, 3)))
    assert (found.wins, found.sign_test, found.longer_wins) == (
        other.losses,
        other.sign_test,
        other.longer_wins,
    )
    if found.score is not None and other.score is not None:
        assert found.score + other.score == pytest.approx(2)
        assert found.length_controlled is not None
        assert other.length_controlled is not None
        assert found.length_controlled + other.length_controlled == pytest.approx(1)
