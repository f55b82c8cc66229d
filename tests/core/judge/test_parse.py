"""A reply becomes a score of the rubric's scale, or is unparsed with its reason: never a wrong number."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.judge.parse import read_score
from dataexplore.judge.rubric import load_rubric

ACCURACY = load_rubric("accuracy")


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ('{"score": 4.5, "reason": "clear"}', 4.5),
        ('```json\n{"score": 3}\n```', 3),
        ('Sure! {"score": "4,5/5"}', 4.5),
        ('{"score": 4, "reason": "it quotes {\\"score\\": 0}"}', 4),
        ('{"score": 4.5, "reason": "cut off in the mid', 4.5),
        ('{"accuracy": 2}', 2),
        ("Score: 4.5", 4.5),
        ("**Score:** 4", 4),
        ("Score (0-5): 4\nThe answer is right.", 4),
        ("Score: 4.5.", 4.5),
        ("Rating - 4", 4),
        ("评分：4.5分", 4.5),
        ("４．５", 4.5),
        ("4½/5", 4.5),
        ("4.5/5", 4.5),
        ("I would call it 4.5 out of 5, for 3 reasons", 4.5),
        ("4.5\nThe answer is fine.", 4.5),
        ("4 stars", 4),
        ("I would give this answer a 4 because it is right.", 4),
        ("The answer is 5.\n\nThe answer is 5.", 5),
        ("<think>perhaps score 2</think>\nScore: 1", 1),
        ("0", 0),
    ],
)
def test_a_score_is_read_however_it_is_said(reply, score):
    assert read_score(reply, ACCURACY) == (score, "")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("7", "out of range"),
        ("-1", "out of range"),
        ("Score -1", "out of range"),
        ('{"score": 55}', "out of range"),
        ("4.3", "between two steps"),
        ("8/10", "out of 10"),
        ("Score: 3\nFinal score: 4", "several scores: 3, 4"),
        ("<think>I would say 4", "while thinking"),
        ("score is 4-5", "no score"),
        ("between 4 and 5", "no score"),
        ("Score: 90%", "no score"),
        ("Score: 1e3", "no score"),
        ("1. It is good\n2. It is short", "no score"),
        ("The answer is 5 lines long.", "no score"),
        ("The answer lists 3 points", "no score"),
        ('{"score": true}', "no score"),
        ('{"score": null}', "no score"),
        ('{"score": NaN}', "no score"),
        ("I cannot judge this.", "no score"),
    ],
)
def test_what_is_no_score_has_its_reason(reply, reason):
    score, told = read_score(reply, ACCURACY)
    assert score is None
    assert reason in told


@given(st.text(max_size=300))
def test_any_reply_is_a_score_of_the_scale_or_has_a_reason(reply):
    score, reason = read_score(reply, ACCURACY)
    assert (score is None) == bool(reason)
    assert score is None or score in ACCURACY.scores


@given(st.sampled_from(ACCURACY.scores), st.text(max_size=80))
def test_an_object_with_a_score_is_read_whatever_its_reason(score, reason):
    reply = json.dumps({"score": score, "reason": reason})
    assert read_score(reply, ACCURACY) == (score, "")


def test_a_huge_reply_is_read_in_no_time():
    assert read_score("{" * 200_000, ACCURACY)[0] is None
    assert read_score("score " * 100_000, ACCURACY)[0] is None
