"""When to ask again, and when there is no point in asking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.judge.endpoint import failure
from dataexplore.judge.endpoint.failure import Failure
from dataexplore.judge.endpoint.retry import Run, pause, retry_after


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Sat, 21 Nov 2026 10:00:30 GMT", "date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Sat, 21 Nov 2026 10:00:30 GMT"}, 20.0),  # by the clock here
        ({"retry-after": "Sat, 21 Nov 2026 09:00:00 GMT"}, 0.0),
        ({}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sat, 99 Nov 2026 10:00:30 GMT"}, None),
    ],
)
def test_both_forms_of_the_header_are_read(headers: dict[str, str], seconds: float | None) -> None:
    now = 1795255210.0  # 10:00:10 on that day
    assert retry_after(headers, now) == seconds


@given(st.integers(1, 10_000))
def test_pauses_grow_and_end(failures: int) -> None:
    most = min(30.0, 0.5 * 2 ** min(failures - 1, 10))
    assert most / 2 <= pause(failures) <= most


class Clock:
    """A monotonic clock that a test sets."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("dataexplore.judge.endpoint.retry.time", clock)
    return clock


def failed(name: str, **more: bool) -> Failure:
    return Failure(name, "said so", **more)


def test_a_wrong_key_ends_it_at_the_first_request(clock: Clock) -> None:
    assert Run().failed(failed(failure.REFUSED, fatal=True))


def test_a_ban_ends_it_only_before_any_answer(clock: Clock) -> None:
    assert Run().failed(failed(failure.REFUSED, fatal_at_first=True))
    run = Run()
    run.answered()
    assert not run.failed(failed(failure.REFUSED, fatal_at_first=True))


def test_nobody_there_ends_it_within_seconds_and_later_within_minutes(clock: Clock) -> None:
    run = Run()
    assert not any(run.failed(failed(failure.CONNECTION)) for _ in range(8))
    clock.now = 5.0
    assert run.failed(failed(failure.CONNECTION))
    run = Run()
    run.answered()
    assert not any(run.failed(failed(failure.CONNECTION)) for _ in range(100))
    clock.now = 94.0
    assert not run.failed(failed(failure.CONNECTION))
    clock.now = 95.1
    assert run.failed(failed(failure.CONNECTION))


def test_an_answer_ends_the_run(clock: Clock) -> None:
    run = Run()
    assert [run.failed(failed(failure.REFUSED)) for _ in range(20)] == [False] * 19 + [True]
    for _ in range(5):
        run.answered()
        assert not any(run.failed(failed(failure.REFUSED)) for _ in range(199))
        assert not run.down
    assert run.failed(failed(failure.REFUSED))


def test_a_server_that_fails_in_many_ways_is_not_down(clock: Clock) -> None:
    run = Run()
    ways = (failure.EMPTY, failure.GARBLED, failure.RATE_LIMITED, failure.REFUSED)
    assert not any(run.failed(failed(name)) for _ in range(4) for name in ways)
    assert run.failed(failed(failure.EMPTY))


def test_texts_that_the_server_looked_at_are_no_failures_of_the_server(clock: Clock) -> None:
    run = Run()
    assert not any(run.failed(failed(failure.TOO_LONG)) for _ in range(1000))
    assert not run.down
