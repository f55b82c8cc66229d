"""Many texts, one endpoint that misbehaves, and one outcome for each text."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from dataexplore.errors import JudgeError
from dataexplore.judge.asked import FILE, Asked, hash_of, to_lines
from dataexplore.judge.endpoint.budget import Budget, Limits
from dataexplore.judge.endpoint.client import Answer
from dataexplore.judge.endpoint.failure import Failure, LimitReachedError, NotSentError
from dataexplore.judge.endpoint.feed import Feed
from dataexplore.judge.endpoint.fields import Fields
from dataexplore.judge.endpoint.gate import Gate, Window
from dataexplore.judge.endpoint.pool import Pool
from dataexplore.judge.endpoint.saving import Saver
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Replies, Reply

GOOD = Answer("4", "m-1", 30, 5)
LATER = Failure("server error", "500 oops")
Says = Callable[[str, int, frozenset[str]], Answer | Failure]


class Endpoint:
    """In the place of a client: answers by the text, how often it was asked, and what was left out."""

    address = "http://there/v1"
    fields = Fields("m", 50)

    def __init__(self, says: Says, window: Window) -> None:
        self.says = says
        self.window = window
        self.asked: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0

    def body(self, messages: list[dict[str, str]], without: frozenset[str]) -> bytes:
        return json.dumps(messages).encode()

    async def ask(self, body: bytes, without: frozenset[str]) -> Answer | Failure:
        if self.window.left():
            raise NotSentError
        text = json.loads(body)[0]["content"]
        self.asked[text] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return self.says(text, self.asked[text], without)


class Place:
    """A judge's folder, a job's texts, and a pool over them."""

    def __init__(self, folder: Path, texts: int) -> None:
        self.folder = folder
        said = [(("user", f"text {number}"),) for number in range(texts)]
        self.texts = {hash_of(one): one[0][1] for one in said}
        (folder / FILE).write_bytes(b"".join(to_lines(Asked(hash_of(one), one) for one in said)))
        self.replies = Replies(folder, writable=True)
        self.warnings: list[str] = []

    async def work(self, says: Says, limits: Limits = Limits(), ceiling: int = 8) -> Endpoint:  # noqa: B008 # frozen
        """Run a pool to its end."""
        window = Window()
        there = Endpoint(says, window)
        budget = Budget(limits, None, self.folder / "spent")
        saver = Saver(self.replies)
        feed = Feed(self.folder / FILE, self.replies)
        gate = Gate(ceiling, window)
        self.pool = Pool(
            "job",
            there,  # type: ignore[arg-type] # what a pool needs of a client
            gate,
            budget,
            feed,
            saver,
            lambda asked: [{"role": "user", "content": asked.said[0][1]}],
            lambda asked, answer: Reply(asked.hash, SCORED, (float(answer.text),), text=answer.text),
            self.warnings.append,
        )
        storing = asyncio.create_task(saver.run())
        try:
            async with asyncio.timeout(60):
                await self.pool.work()
        finally:
            storing.cancel()
            await asyncio.gather(storing, return_exceptions=True)
            saver.flush()
            budget.close()
        return there

    def outcomes(self) -> dict[str, Reply]:
        """Return what is stored, by text."""
        return {self.texts[one.hash]: one for one in self.replies.replies(SCORED, UNPARSED, ERROR)}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take no time between tries."""
    for place in ("pool", "gate"):
        monkeypatch.setattr(f"dataexplore.judge.endpoint.{place}.pause", lambda failures: 0.001)


def good(text: str, times: int, without: frozenset[str]) -> Answer:
    return GOOD


def by_turns(*said: Answer | Failure) -> Says:
    """Say one after the other about each text, and the last for ever."""
    return lambda text, times, without: said[min(times, len(said)) - 1]


async def test_each_text_is_asked_about_once_and_never_too_many_at_a_time(tmp_path: Path) -> None:
    place = Place(tmp_path, 500)
    there = await place.work(good)
    assert len(there.asked) == 500
    assert set(there.asked.values()) == {1}
    assert 1 < there.most_at_once <= 8
    found = place.outcomes()
    assert len(found) == 500
    assert {(one.state, one.scores, one.requests, one.address, one.job) for one in found.values()} == {
        (SCORED, (4.0,), 1, "http://there/v1", "job")
    }


async def test_texts_with_a_reply_are_not_asked_about_and_those_with_an_error_are(tmp_path: Path) -> None:
    place = Place(tmp_path, 30)
    hashes = list(place.texts)
    place.replies.put(Reply(one, SCORED, (3.0,)) for one in hashes[:10])
    place.replies.put(Reply(one, UNPARSED) for one in hashes[10:20])
    place.replies.put(Reply(one, ERROR, reason="time out") for one in hashes[20:25])
    there = await place.work(good)
    assert set(there.asked) == {place.texts[one] for one in hashes[20:]}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("name", "requests"),
    [
        ("server error", 6),
        ("rate limited", 8),
        ("time out", 4),
        ("garbled", 3),
        ("empty", 3),
        ("refused", 1),
        ("too long", 1),
        ("filtered", 1),
    ],
)
async def test_a_text_that_always_fails_ends_in_its_named_error(
    tmp_path: Path, name: str, requests: int
) -> None:
    place = Place(tmp_path, 50)

    def says(text: str, times: int, without: frozenset[str]) -> Answer | Failure:
        return Failure(name, "said so") if text == "text 25" else GOOD

    there = await place.work(says)
    assert there.asked["text 25"] == requests
    found = place.outcomes()
    assert (found["text 25"].state, found["text 25"].reason) == (ERROR, name)
    assert (found["text 25"].text, found["text 25"].requests) == ("said so", requests)
    assert sum(one.state == SCORED for one in found.values()) == 49
    assert place.pool.tally.errors == {name: 1}


@pytest.mark.usefixtures("quick")
async def test_a_text_gets_its_score_after_failures_and_says_how_many_requests_it_took(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path, 1)
    await place.work(by_turns(LATER, Failure("garbled", ""), GOOD))
    (found,) = place.outcomes().values()
    assert (found.state, found.requests, found.prompt_tokens, found.completion_tokens) == (SCORED, 3, 30, 5)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "said",
    [
        Failure("refused", "401 wrong key", fatal=True),
        Failure("refused", "403 not you", fatal_at_first=True),
        Failure("refused", "400 no such model"),
        Failure("garbled", "<html>"),
    ],
)
async def test_an_endpoint_that_answers_nobody_ends_the_job_in_one_sentence(
    tmp_path: Path, said: Failure
) -> None:
    place = Place(tmp_path, 1000)
    asked = Counter[str]()

    def says(text: str, times: int, without: frozenset[str]) -> Failure:
        asked[text] += 1
        return said

    with pytest.raises(JudgeError, match=rf"^http://there/v1: .*{said.sentence}.*; resume") as ended:
        await place.work(says)
    assert "\n" not in str(ended.value)
    assert asked.total() <= 20
    if said.fatal or said.fatal_at_first:
        assert asked.total() == 1


@pytest.mark.usefixtures("quick")
async def test_a_server_that_is_down_for_a_while_costs_no_text_its_score(tmp_path: Path) -> None:
    place = Place(tmp_path, 200)
    gone = Failure("connection", "refused", reached=False, answered=False)
    requests = 0

    def says(text: str, times: int, without: frozenset[str]) -> Answer | Failure:
        nonlocal requests
        requests += 1
        return gone if 50 < requests < 150 else GOOD

    await place.work(says)
    assert {one.state for one in place.outcomes().values()} == {SCORED}


async def test_a_field_that_the_server_does_not_take_is_dropped_for_all(tmp_path: Path) -> None:
    place = Place(tmp_path, 300)

    def says(text: str, times: int, without: frozenset[str]) -> Answer | Failure:
        for field in ("response_format", "seed"):
            if field not in without:
                return Failure("refused", "400", unwanted=field)
        return GOOD

    there = await place.work(says)
    assert there.asked.total() == 302
    assert place.warnings == [
        "the server takes no response_format: requests go without it",
        "the server takes no seed: requests go without it",
    ]


async def test_a_field_that_only_the_text_talks_about_is_kept(tmp_path: Path) -> None:
    place = Place(tmp_path, 30)

    def says(text: str, times: int, without: frozenset[str]) -> Answer | Failure:
        if text == "text 9":
            return Failure("refused", "400 bad seed", unwanted="" if "seed" in without else "seed")
        return Failure("refused", "400") if "seed" in without else GOOD

    await place.work(says)
    found = place.outcomes()
    assert found["text 9"].reason == "refused"
    assert sum(one.state == SCORED for one in found.values()) == 29
    assert place.warnings == []


async def test_a_server_that_limits_no_answer_ends_a_job_with_a_limit(tmp_path: Path) -> None:
    def says(text: str, times: int, without: frozenset[str]) -> Answer | Failure:
        for field in ("max_tokens", "max_completion_tokens"):
            if field not in without:
                return Failure("refused", "400", unwanted=field)
        return GOOD

    place = Place(tmp_path, 3)
    with pytest.raises(JudgeError, match="limits no answer's length"):
        await place.work(says, Limits(tokens=10**9))
    await place.work(says)


@pytest.mark.usefixtures("quick")
async def test_who_is_told_when_to_come_back_comes_back_more_often(tmp_path: Path) -> None:
    place = Place(tmp_path, 2)
    busy = Failure("rate limited", "429", wait=0.001)
    there = await place.work(by_turns(*[busy] * 20, GOOD))
    assert there.asked.total() == 2 * 21
    assert {one.state for one in place.outcomes().values()} == {SCORED}


@pytest.mark.usefixtures("quick")
async def test_nobody_sends_while_the_server_asks_to_wait(tmp_path: Path) -> None:
    place = Place(tmp_path, 100)
    asked_to_wait = 0.0
    sent = []

    def says(text: str, times: int, without: frozenset[str]) -> Answer | Failure:
        nonlocal asked_to_wait
        sent.append(time.monotonic())
        if text == "text 40" and times == 1:
            asked_to_wait = time.monotonic()
            return Failure("rate limited", "429", wait=0.2)
        return GOOD

    there = await place.work(says)
    assert there.asked["text 40"] == 2
    late = [at for at in sent if asked_to_wait + 0.05 < at < asked_to_wait + 0.2]
    assert late == []  # nothing but what was under way
    assert len(place.outcomes()) == 100


async def test_limits_end_the_pool_with_what_was_paid_for_on_disk(tmp_path: Path) -> None:
    place = Place(tmp_path, 100)
    with pytest.raises(LimitReachedError, match="--max-requests 40 "):
        await place.work(good, Limits(requests=40))
    assert len(place.outcomes()) == 40
    with pytest.raises(LimitReachedError):
        await place.work(good, Limits(requests=41))  # the same job, resumed
    assert len(place.outcomes()) == 41


async def test_a_disk_that_refuses_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path, 10)
    saver = Saver(place.replies)

    def full(replies: object) -> None:
        raise JudgeError("the disk is full")

    monkeypatch.setattr(place.replies, "put", full)
    await saver.add(Reply(bytes(16), SCORED, (1.0,)))
    with pytest.raises(JudgeError, match="the disk is full"):
        await saver.run()
