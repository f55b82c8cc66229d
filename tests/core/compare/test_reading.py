"""Two scores out of a judge's reply, or the reason why there are none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dataexplore.compare.reading import read_pair


@pytest.mark.parametrize(
    ("reply", "scores"),
    [
        ('{"first": 8, "second": 7, "reason": "clearer"}', (8, 7)),
        ('```json\n{"first": 8.5, "second": 7}\n```', (8.5, 7)),
        ('{"first": 8, "second": 7, "reason": "cut o', (8, 7)),
        ('They differ. {"reason": "x", "second": 7, "first": 8}', (8, 7)),
        ('{"first": "8/10", "second": 7, "reason": "\\"first\\": 3"}', (8, 7)),
        ("8 7\n\nAssistant 1 is clearer.", (8, 7)),
        ("8/10 7/10", (8, 7)),
        ("**8, 7**", (8, 7)),
        ("8.5 9.", (8.5, 9)),
        ("Assistant 1: 8, Assistant 2: 7", (8, 7)),
        ("**Answer A**: 8/10\n**Answer B**: 7/10", (8, 7)),
        ("The first answer: 8. The second answer: 9.", (8, 9)),
        ("<think>1 2, or is it 5 5?</think>\n3 4", (3, 4)),
    ],
)
def test_scores_are_read_in_the_order_shown(reply: str, scores: tuple[float, float]) -> None:
    assert read_pair(reply) == (scores, "")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "the reply is empty"),
        ("<think>8 7", "cut off while thinking"),
        ("Both are fine.", "no two scores in"),
        ("8", "no two scores in"),
        ("8 7 9", "no two scores in"),
        ("I compared 8 lines with 7 lines.", "no two scores in"),
        ('{"first": true, "second": 7}', "no two scores in"),
        ("Assistant 1: 8-9, Assistant 2: 7", "no two scores in"),
        ('{"first": 8}', "no two scores in"),
        ("11 7", "11 is out of range: 1 to 10"),
        ('{"first": 1e999, "second": 7}', "no two scores in"),
        ('{"first": 1, "second": 7} or {"first": 2, "second": 7}', "several pairs of scores: 1 7, 2 7"),
        ("Assistant 1: 8\nAssistant 1: 9\nAssistant 2: 3", "several pairs of scores"),
    ],
)
def test_what_is_no_pair_of_scores_is_none_with_its_reason(reply: str, reason: str) -> None:
    scores, why = read_pair(reply)
    assert scores is None
    assert why.startswith(reason)


def test_all_raw_reviews_of_gpt_3_5_are_read_as_they_were(real: Callable[[str], Path]) -> None:
    with real("pairwise_reviews_gpt3.5.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    both = [
        (read_pair(row[reply])[0], tuple(json.loads(row[scores])))
        for row in rows
        for reply, scores in (("review", "scores"), ("review_reverse", "scores_reverse"))
    ]
    assert len(both) == 2060
    assert [one for one, other in both if one != other] == []
