"""How many requests pass at once."""

import asyncio
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from dataexplore.judge.endpoint.gate import Gate, Window


async def test_one_passes_until_the_first_answer_then_as_many_as_may() -> None:
    gate = Gate(4, Window())
    assert gate.limit == 1
    gate.answered(0.01)
    assert gate.limit == 4


async def test_overload_halves_once_for_all_that_was_sent_before() -> None:
    gate = Gate(64, Window())
    gate.answered(0.01)
    sent = time.monotonic()
    for _ in range(64):
        gate.overloaded(sent, sure=True)
    assert gate.limit == 32
    gate.overloaded(time.monotonic(), sure=True)
    assert gate.limit == 16
    for _ in range(1000):
        gate.answered(0.01)
    assert gate.limit == 64


async def test_single_errors_are_no_overload_and_many_are() -> None:
    gate = Gate(64, Window())
    for number in range(100):
        gate.answered(0.01)
        if number % 10 == 0:
            gate.overloaded(time.monotonic(), sure=False)
    assert gate.limit == 64
    for _ in range(5):
        gate.overloaded(time.monotonic(), sure=False)
    assert gate.limit < 64


async def test_when_nobody_answers_one_is_tried_after_the_pause() -> None:
    gate = Gate(8, Window())
    gate.answered(0.01)
    gate.overloaded(time.monotonic(), sure=True)
    gate.down()
    closed = gate.window.left()
    gate.down()
    assert gate.limit == 1
    assert gate.is_down
    assert 0 < gate.window.left() <= closed <= 0.5
    gate.answered(0.01)
    assert gate.limit == 4


def test_a_window_only_grows_and_ends_after_a_day() -> None:
    kept: list[float] = []
    window = Window(keep=kept.append)
    window.close(60)
    window.close(5)
    assert 59 < window.left() <= 60
    window.close(1e12)
    assert 86_000 < window.left() <= 86_400
    assert len(kept) == 2
    assert 85_000 < kept[-1] - time.time() <= 86_400
    assert 80_000 < Window(kept[-1]).left() <= 86_400
    assert Window(time.time() - 1).left() == 0


@given(st.integers(1, 9), st.lists(st.sampled_from(["answer", "overload", "nothing"]), max_size=40))
@settings(max_examples=30, deadline=None)
def test_never_more_pass_than_the_limit_and_all_get_through(ceiling: int, ends: list[str]) -> None:
    async def all_of_them() -> int:
        gate, most, through = Gate(ceiling, Window()), 0, 0

        async def one(end: str) -> None:
            nonlocal most, through
            async with gate.passage():
                most = max(most, gate.under_way)
                await asyncio.sleep(0)
                if end == "answer":
                    gate.answered(0.0)
                elif end == "overload":
                    gate.overloaded(time.monotonic(), sure=True)
            through += 1

        async with asyncio.timeout(20):
            await asyncio.gather(*map(one, ends))
        assert gate.under_way == 0
        assert through == len(ends)
        return most

    assert asyncio.run(all_of_them()) <= ceiling
