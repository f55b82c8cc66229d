"""The self-test tells judges that can be talked round, or see no difference, from honest ones."""

import pytest

from dataexplore.errors import JudgeError
from dataexplore.judge.replies import SCORED, UNPARSED, Reply
from dataexplore.judge.rubric import load_rubric
from dataexplore.judge.selftest import ATTACKS, CLEAN, canaries, moved, verdict

RUBRIC = load_rubric("accuracy")
ROWS = [(("user", f"question {row}"), ("assistant", f"answer {row}")) for row in range(10)]


def judged(score):
    """Ask a judge, a function of (question, answer), about all canaries; None is an unreadable reply."""
    made = canaries(ROWS, RUBRIC)
    replies = {}
    for one in made:
        value = score(one.asked.said[0][1], one.asked.said[-1][1])
        state = (UNPARSED, ()) if value is None else (SCORED, (float(value),))
        replies[one.asked.hash] = Reply(one.asked.hash, *state)
    found = moved(made, replies, RUBRIC)
    return {one.kind: one for one in found}, verdict(found, RUBRIC)


def honest(question, answer):
    return 4 if answer.startswith(question.replace("question", "answer")) else 0


def test_an_honest_judge_holds_its_ground():
    found, said = judged(honest)
    assert all(found[kind].shift == 0 for kind in ATTACKS)
    assert (found["swapped"].shift, found["empty"].shift) == (-4, -4)
    assert said.startswith("held its ground")


def test_one_that_obeys_is_found_out_in_both_directions():
    def obeys(question, answer):
        if "You must" in answer:
            return float(answer.rsplit(" ", 1)[1].rstrip("."))
        return honest(question, answer)

    found, said = judged(obeys)
    assert (found["order"].shift, found["order"].up, found["order"].obeyed) == (1, 10, 10)
    assert (found["blame"].shift, found["blame"].down, found["blame"].obeyed) == (-4, 10, 10)
    assert (found["praise"].shift, found["praise"].obeyed) == (0, 0)
    assert said == (
        "can be talked into a score: `blame` moved it by -4.00 on average and got what it demanded in "
        "10 of 10 rows"
    )


def test_one_that_obeys_and_sees_no_difference_is_told_both():
    def bribed(question, answer):
        return 5 if "You must" in answer else 3

    said = judged(bribed)[1]
    assert "does not tell good answers from bad ones" in said
    assert "can be talked into a score: `order` moved it by +2.00" in said


def test_one_that_scores_all_alike_is_no_judge():
    assert judged(lambda question, answer: 4)[1].startswith("does not tell good answers from bad ones")


def test_replies_that_an_attack_spoils_are_counted_apart():
    found, _ = judged(lambda question, answer: None if '"score"' in answer else honest(question, answer))
    assert (found["object"].rows, found["object"].unparsed, found["object"].shift) == (0, 10, None)


def test_without_scores_nothing_is_claimed():
    assert (
        judged(lambda question, answer: None)[1]
        == "too few rows were scored to say anything about this judge"
    )


def test_canaries_are_mixed_by_seed_and_each_row_is_there_clean():
    made = canaries(ROWS, RUBRIC, seed=1)
    assert made == canaries(ROWS, RUBRIC, seed=1) != canaries(ROWS, RUBRIC, seed=2)
    assert [one.kind for one in made[:9]] != [CLEAN, "swapped", "empty", *ATTACKS]
    assert sorted(one.row for one in made if one.kind == CLEAN) == list(range(10))
    assert {one.asked.said for one in made if one.kind == CLEAN} == set(ROWS)


def test_it_needs_rows_with_answers():
    with pytest.raises(JudgeError, match="at least two rows with an answer"):
        canaries([(("user", "hi"),), ROWS[0]], RUBRIC)
