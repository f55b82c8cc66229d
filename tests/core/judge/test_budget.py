"""Limits hold whatever comes back and whenever the worker dies."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataexplore.errors import JudgeError
from dataexplore.judge.endpoint.budget import Budget, Limits
from dataexplore.judge.endpoint.client import Answer
from dataexplore.judge.endpoint.failure import Failure, LimitReachedError
from dataexplore.judge.endpoint.prices import Price

PRICE = Price(1.0, 10.0, "EUR")
REFUSED = Failure("refused", "")
TIME_OUT = Failure("time out", "", answered=False)
UNREACHED = Failure("connection", "", reached=False, answered=False)


def used(prompt: int | None, completion: int | None) -> Answer:
    return Answer("4", "m", prompt, completion)


async def test_a_request_is_reserved_at_its_most_and_settled_at_what_it_used(tmp_path: Path) -> None:
    budget = Budget(Limits(tokens=1000), PRICE, tmp_path / "spent")
    held = await budget.hold(300, 100)
    assert (budget.spent.prompt_bound, budget.spent.completion_bound) == (300, 100)
    budget.settle(held, used(80, 20))
    assert (budget.spent.prompt_bound, budget.spent.completion_bound) == (80, 20)
    assert (budget.spent.requests, budget.spent.prompt_tokens, budget.spent.completion_tokens) == (1, 80, 20)
    assert budget.cost == pytest.approx(80e-6 + 20 * 10e-6)
    budget.close()


@pytest.mark.parametrize(
    ("came", "tokens"),
    [
        (used(80, 20), 100),
        (used(None, None), 400),  # who does not count may have used all of it
        (REFUSED, 0),
        (TIME_OUT, 400),
        (UNREACHED, 0),
    ],
)
async def test_what_nobody_knows_is_counted_at_its_most(
    tmp_path: Path, came: Answer | Failure, tokens: int
) -> None:
    budget = Budget(Limits(), None, tmp_path / "spent")
    budget.settle(await budget.hold(300, 100), came)
    assert budget.spent.prompt_bound + budget.spent.completion_bound == tokens
    budget.close()


async def test_each_limit_ends_by_its_name(tmp_path: Path) -> None:
    for limits, name in (
        (Limits(requests=1), "--max-requests 1 "),
        (Limits(tokens=500), "--max-tokens 500 "),
        (Limits(cost=0.002), "--max-cost 0.002 EUR "),
    ):
        budget = Budget(limits, PRICE, tmp_path / name.split()[0])
        budget.settle(await budget.hold(300, 100), TIME_OUT)
        with pytest.raises(LimitReachedError, match=name):
            await budget.hold(300, 100)
        budget.close()


async def test_who_does_not_fit_waits_for_those_under_way(tmp_path: Path) -> None:
    budget = Budget(Limits(tokens=500), None, tmp_path / "spent")
    first = await budget.hold(300, 100)
    second = asyncio.create_task(budget.hold(300, 100))
    await asyncio.sleep(0)
    assert not second.done()
    budget.settle(first, used(80, 20))
    assert (await second).prompt == 300
    budget.close()


async def test_a_killed_workers_requests_count_for_the_next_one(tmp_path: Path) -> None:
    dead = Budget(Limits(), None, tmp_path / "spent")
    dead.settle(await dead.hold(300, 100), used(80, 20))
    await dead.hold(300, 100)  # under way when it dies
    dead.silent(12345.5)
    again = Budget(Limits(requests=2), None, tmp_path / "spent")
    assert again.spent == dead.spent
    assert again.spent.silent_until == 12345.5
    with pytest.raises(LimitReachedError):
        await again.hold(1, 1)
    dead.close()
    again.close()


def test_no_cost_can_be_limited_without_a_price(tmp_path: Path) -> None:
    with pytest.raises(JudgeError, match="--max-cost needs the model's price"):
        Budget(Limits(cost=1.0), None, tmp_path / "spent")


@pytest.mark.parametrize(
    ("name", "value"), [("cost", float("nan")), ("cost", -1.0), ("tokens", -1), ("requests", -5)]
)
def test_what_is_no_limit_is_refused(name: str, value: float) -> None:
    with pytest.raises(JudgeError, match=f"--max-{name} .* is no limit"):
        Limits(**{name: value})  # type: ignore[arg-type] # on purpose


ENDS = st.one_of(
    st.tuples(st.integers(0, 50), st.integers(0, 9)).map(lambda pair: used(*pair)),
    st.sampled_from([used(None, None), REFUSED, TIME_OUT, UNREACHED]),
)


@given(
    st.lists(st.tuples(st.integers(50, 90), ENDS), max_size=40),
    st.integers(0, 30),
    st.integers(0, 1500),
    st.floats(0, 0.002),
)
@settings(max_examples=60, deadline=None)
def test_no_limit_is_ever_exceeded(
    tmp_path_factory: pytest.TempPathFactory,
    requests: list[tuple[int, Answer | Failure]],
    most: int,
    tokens: int,
    cost: float,
) -> None:
    path = tmp_path_factory.mktemp("budget") / "spent"

    async def all_of_them() -> Budget:
        budget = Budget(Limits(most, tokens, cost), PRICE, path)

        async def one(prompt: int, came: Answer | Failure) -> None:
            held = await budget.hold(prompt, 9)
            spent = budget.spent
            assert spent.requests <= most
            assert spent.prompt_bound + spent.completion_bound <= tokens
            assert PRICE.of(spent.prompt_bound, spent.completion_bound) <= cost + 1e-9
            await asyncio.sleep(0)
            budget.settle(held, came)

        found = await asyncio.gather(*(one(*given) for given in requests), return_exceptions=True)
        assert all(error is None or isinstance(error, LimitReachedError) for error in found)
        return budget

    budget = asyncio.run(all_of_them())
    budget.close()
    assert budget.spent.prompt_tokens <= budget.spent.prompt_bound


async def test_when_a_limit_ends_the_job_nothing_smaller_is_sent_any_more(tmp_path: Path) -> None:
    budget = Budget(Limits(tokens=1000), None, tmp_path / "spent")
    first = await budget.hold(800, 100)
    large, small = (asyncio.create_task(budget.hold(size, 0)) for size in (990, 950))
    await asyncio.sleep(0)
    budget.settle(first, used(10, 10))
    found = await asyncio.gather(large, small, return_exceptions=True)
    assert [type(one) for one in found] == [LimitReachedError] * 2
    assert budget.spent.requests == 1  # the small one's answer would have been paid and lost
    budget.close()
