"""The expected score is a mean by probability, of the numbers that a rubric has."""

import math
from typing import Any

import pytest

from dataexplore.judge.endpoint.expected import expected_score
from dataexplore.judge.rubric import load_rubric

RUBRIC = load_rubric("accuracy")


def token(word: str, **chances: float) -> dict[str, Any]:
    """Return a token with its likeliest alternatives; _ is a space, p a point."""
    top = [
        {"token": other.replace("_", " ").replace("p", "."), "logprob": math.log(chance)}
        for other, chance in chances.items()
    ]
    return {"token": word, "logprob": math.log(0.5), "top_logprobs": top}


def plain(*words: str) -> list[dict[str, Any]]:
    return [token(word) for word in words]


def test_numbers_count_by_their_probability() -> None:
    tokens = [*plain('{"', "score", '":', " "), token("4", **{"4": 0.6, "3": 0.3, "_5": 0.1}), *plain("}")]
    assert expected_score(tokens, 4.0, RUBRIC) == pytest.approx(0.6 * 4 + 0.3 * 3 + 0.1 * 5)


def test_what_is_no_score_of_the_rubric_does_not_count() -> None:
    tokens = [token("4", **{"4": 0.5, "9": 0.2, "four": 0.1, "2p5": 0.1, "2p4": 0.1})]
    assert expected_score(tokens, 4.0, RUBRIC) == pytest.approx((0.5 * 4 + 0.1 * 2.5) / 0.6)


def test_a_score_of_several_tokens_stands_for_its_first() -> None:
    tokens = [*plain("Score", ":"), token(" 4", _4=0.75, _3=0.25), *plain(".", "5")]
    assert expected_score(tokens, 4.5, RUBRIC) == pytest.approx(0.75 * 4.5 + 0.25 * 3)


def test_the_number_after_the_label_is_meant() -> None:
    tokens = [
        token("4", **{"4": 1.0}),
        *plain(" facts, ", "score", ": "),
        token("4", **{"4": 0.5, "2": 0.5}),
        *plain(" of ", "4"),
    ]
    assert expected_score(tokens, 4.0, RUBRIC) == pytest.approx(3.0)


def test_a_chosen_token_that_is_not_among_the_likeliest_counts_too() -> None:
    tokens = [token("4", **{"3": 0.5})]
    assert expected_score(tokens, 4.0, RUBRIC) == pytest.approx(3.5)


@pytest.mark.parametrize(
    "tokens",
    [
        [],
        plain("no", "thing"),
        [{"token": 4}],
        [{"token": "4", "top_logprobs": "x", "logprob": "y"}],
        [{"token": "x4", "logprob": -0.1}],
        [{"token": "4", "logprob": -1e9}],
    ],
)
def test_without_probabilities_there_is_none(tokens: list[dict[str, Any]]) -> None:
    assert expected_score(tokens, 4.0, RUBRIC) is None
