"""Pairs of answers become questions, and replies become reviews."""

from hypothesis import given
from hypothesis import strategies as st

from dataexplore.compare.outcome import outcome
from dataexplore.compare.pairwise import Pair, parameters, questions, reviewed
from dataexplore.compare.prompt import Prompt
from dataexplore.judge.asked import Asked
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Reply

Scored = tuple[float, float]


def pair(number: int, first: str = "red", second: str = "blue") -> Pair:
    return Pair(Prompt((("user", f"colour {number}"),), set="s"), first, second)


def replies(scores: dict[Pair, tuple[Scored, Scored]]) -> dict[bytes, Reply]:
    """Return what a judge said, each time in the order shown."""
    return {
        one.hash: Reply(one.hash, SCORED, shown)
        for asked, both in scores.items()
        for one, shown in zip(asked.asked, both, strict=True)
    }


def test_scores_of_the_swapped_order_are_turned_round() -> None:
    wins, flips = pair(1), pair(2)
    found = reviewed([wins, flips], replies({wins: ((9, 5), (4, 8)), flips: ((9, 5), (9, 5))}))
    (_, won), (_, flipped) = found.reviews
    assert (won.straight, won.swapped, won.verdict, won.lengths) == ((9, 5), (8, 4), 1, (3, 4))
    assert (flipped.verdict, flipped.flipped) == (0, True)


def test_the_same_answer_twice_is_a_tie_that_nobody_is_asked_about() -> None:
    same = pair(1, "red", "red")
    assert questions([same]) == []
    found = reviewed([same], {})
    assert (found.same, found.left) == (1, 0)
    result = outcome([review for _, review in found.reviews])
    assert (result.ties, result.flips, result.unparsed) == (1, 0, 0)


def test_every_pair_is_somewhere() -> None:
    pairs = [pair(number) for number in range(4)]
    unread, failed, half, _ = pairs
    known = replies({unread: ((9, 5), (4, 8)), failed: ((9, 5), (4, 8)), half: ((9, 5), (4, 8))})
    known[unread.asked[1].hash] = Reply(unread.asked[1].hash, UNPARSED, reason="no two scores")
    known[failed.asked[0].hash] = Reply(failed.asked[0].hash, ERROR, reason="refused")
    del known[half.asked[1].hash]
    found = reviewed(pairs, known)
    assert [one for one, _ in found.reviews] == [unread]
    assert outcome([review for _, review in found.reviews]).unparsed == 1
    assert (found.errors, found.left, found.same) == ({"refused": 1}, 2, 0)


def test_a_question_is_asked_once() -> None:
    mirrored = [pair(1), pair(1, "blue", "red")]
    assert len(questions(mirrored)) == 2
    assert all(isinstance(one, Asked) for one in questions(mirrored))


@given(st.lists(st.tuples(*[st.integers(1, 10)] * 4), max_size=20))
def test_who_is_first_changes_nothing_but_the_sign(scores: list[tuple[int, int, int, int]]) -> None:
    pairs = [pair(number) for number in range(len(scores))]
    known = replies({one: ((a, b), (c, d)) for one, (a, b, c, d) in zip(pairs, scores, strict=True)})
    other = [Pair(one.prompt, one.second, one.first) for one in pairs]
    straight = outcome([review for _, review in reviewed(pairs, known).reviews])
    turned = outcome([review for _, review in reviewed(other, known).reviews])
    assert (straight.wins, straight.losses, straight.flips) == (turned.losses, turned.wins, turned.flips)


def test_what_a_name_says_of_a_models_size() -> None:
    assert parameters("HuggingFaceTB/SmolLM2-135M-Instruct") == 135e6
    assert parameters("qwen2.5-1.5b") == 1.5e9
    assert parameters("Qwen3-30B-A3B") == 30e9
    assert parameters("gpt-4o-mini") is None
