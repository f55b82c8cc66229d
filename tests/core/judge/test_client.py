"""A question to an endpoint comes back as an answer or as a failure with a name, never as an exception."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from core.judge.endpoint import Heard, Said, client, completion, endpoint, refusal
from dataexplore.judge.endpoint.client import Answer
from dataexplore.judge.endpoint.failure import Failure, NotSentError
from dataexplore.judge.endpoint.gate import Window

MESSAGES = [{"role": "user", "content": "Is it good?"}]
NOTHING: frozenset[str] = frozenset()
SCHEMA = {"type": "object"}


async def asked(url: str, without: frozenset[str] = NOTHING, **given: Any) -> Answer | Failure:
    """Ask once."""
    asking = client(url, **given)
    try:
        return await asking.ask(asking.body(MESSAGES, without), without)
    finally:
        await asking.close()


async def told(said: Said, **given: Any) -> Answer | Failure:
    """Ask an endpoint that says this."""
    with endpoint(lambda heard: said) as there:
        return await asked(there.url, **given)


async def test_an_answer_has_its_text_its_tokens_and_who_gave_it() -> None:
    likely = [{"token": "4", "logprob": -0.1, "top_logprobs": []}]
    with endpoint(lambda heard: completion("4", logprobs={"content": likely})) as there:
        found = await asked(there.url, key="sk-canary", seed=7, schema=SCHEMA, likeliest=True)
    assert found == Answer("4", "m-1", 30, 5, "stop", likely)
    sent = there.heard[0]
    assert sent.path == "/v1/chat/completions"
    assert sent.headers["authorization"] == "Bearer sk-canary"
    assert sent.body == {
        "model": "m",
        "messages": MESSAGES,
        "temperature": 0.0,
        "seed": 7,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "score", "strict": True, "schema": SCHEMA},
        },
        "logprobs": True,
        "top_logprobs": 20,
        "max_tokens": 50,
    }


async def test_without_a_key_no_other_key_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "sk-of-somebody-else")
    with endpoint(lambda heard: completion("4")) as there:
        assert isinstance(await asked(there.url), Answer)
    assert "authorization" not in there.heard[0].headers


async def test_what_an_address_asks_for_is_asked_with_every_request() -> None:
    with endpoint(lambda heard: completion("4")) as there:
        await asked(f"{there.url}?api-version=2024-06-01")
    assert there.heard[0].path == "/v1/chat/completions?api-version=2024-06-01"


async def test_fields_that_a_server_turned_down_are_not_sent() -> None:
    with endpoint(lambda heard: completion("4")) as there:
        without = frozenset({"max_tokens", "temperature", "response_format", "top_logprobs"})
        await asked(there.url, without, schema=SCHEMA, likeliest=True)
    sent = there.heard[0].body
    assert sent.keys() == {"model", "messages", "logprobs", "top_logprobs", "max_completion_tokens"}
    assert sent["top_logprobs"] == 5


NAMED: list[tuple[Said, str]] = [
    (refusal(429, "slow down"), "rate limited"),
    (refusal(503, "busy", Retry_After="3"), "rate limited"),
    (refusal(500, "oops"), "server error"),
    (Said(502, b"<html>Bad Gateway</html>"), "server error"),
    (refusal(504, "upstream"), "time out"),
    (refusal(400, "no"), "refused"),
    (refusal(401, "wrong key"), "refused"),
    (refusal(403, "not you"), "refused"),
    (refusal(404, "no such model"), "refused"),
    (Said(307, b"", {"Location": "http://127.0.0.1:1/"}), "refused"),
    (refusal(400, "This model's maximum context length is 4096 tokens"), "too long"),
    (refusal(413, "Payload too large"), "too long"),
    (refusal(400, "blocked by our content policy"), "filtered"),
    (completion(None, "content_filter"), "filtered"),
    (completion(None), "empty"),
    (completion(""), "empty"),
    (Said(200, b'{"choices": []}'), "empty"),
    (Said(200, b'{"choices": [null]}'), "empty"),
    (Said(200, b'{"error": {"message": "overloaded", "code": 502}}'), "server error"),
    (Said(200, b'{"choices": [{"message": {"con'), "garbled"),
    (Said(200, b"\x00\xff<html>"), "garbled"),
    (Said(200, b"[" * 100_000), "garbled"),
    (Said(200, b""), "garbled"),
    (Said(200, b" " * (5 << 20)), "garbled"),
    (Said(200, b"x", {"Content-Encoding": "gzip"}), "garbled"),
]


@pytest.mark.parametrize(("said", "name"), NAMED)
async def test_what_goes_wrong_has_a_name(said: Said, name: str) -> None:
    found = await told(said)
    assert isinstance(found, Failure)
    assert found.name == name


async def test_the_servers_sentence_is_kept_and_made_visible() -> None:
    found = await told(refusal(400, "no \x1b[31msuch\nthing"))
    assert isinstance(found, Failure)
    assert found.sentence == "400 no ␛[31msuch↵thing"


@pytest.mark.parametrize(
    ("said", "fatal"),
    [
        (refusal(401, "wrong key"), True),
        (refusal(402, "pay first"), True),
        (refusal(404, "no such model"), True),
        (refusal(429, "You exceeded your current quota, please check your plan"), True),
        (refusal(429, "slow down"), False),
        (refusal(400, "not this text"), False),
    ],
)
async def test_what_would_befall_every_request_is_told_apart(said: Said, fatal: bool) -> None:
    found = await told(said)
    assert isinstance(found, Failure)
    assert found.fatal is fatal


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"error": {"message": "Unsupported parameter", "param": "max_tokens"}}, "max_tokens"),
        ({"error": {"message": "'response_format' is not supported", "param": None}}, "response_format"),
        ({"detail": [{"loc": ["body", "seed"], "msg": "extra fields not permitted"}]}, "seed"),
        ({"detail": "Unexpected keys in the request: {'temperature'}"}, "temperature"),
        ({"error": "top_logprobs must be at most 5"}, "top_logprobs"),
        ({"error": {"message": "Requested sample logprobs of 20, max allowed: 5"}}, "top_logprobs"),
        ({"error": {"message": "I do not like this text"}}, ""),
        ({"error": {"message": "x" * 500 + " seed"}}, ""),  # what is so far off repeats the request
    ],
)
async def test_a_refusal_names_the_field_that_it_is_about(body: object, field: str) -> None:
    said = Said(400, json.dumps(body).encode())
    found = await told(said, seed=7, schema=SCHEMA, likeliest=True)
    assert isinstance(found, Failure)
    assert found.unwanted == field


async def test_a_key_that_the_server_repeats_is_hidden_everywhere() -> None:
    key = "sk-canary/1+2"
    said = [
        completion(f"you sent {key}"),
        refusal(400, f"not with {key}"),
        Said(200, f"<{key}>".encode()),
        Said(200, json.dumps({"model": key, "choices": [{"message": {"content": "4"}}]}).encode()),
    ]
    for one in said:
        found = await told(one, key=key)
        assert key not in repr(found)
        assert "[key]" in repr(found)


async def test_a_wait_that_is_asked_for_closes_the_window_at_once() -> None:
    window = Window()
    found = await told(refusal(429, "slow down", Retry_After="7"), window=window)
    assert isinstance(found, Failure)
    assert found.wait == 7
    assert 6 < window.left() <= 7


async def test_nothing_is_sent_while_the_window_is_closed() -> None:
    window = Window()
    window.close(60)
    with endpoint(lambda heard: completion("4")) as there:
        with pytest.raises(NotSentError):
            await asked(there.url, window=window)
        assert there.heard == []


async def test_who_gives_no_answer_in_time_is_left() -> None:
    over = threading.Event()

    def silent(heard: Heard) -> Said:
        over.wait(20)
        return completion("4")

    with endpoint(silent) as there:
        found = await asked(there.url, timeout=0.1)
        over.set()
    assert isinstance(found, Failure)
    assert (found.name, found.reached, found.answered) == ("time out", True, False)


@pytest.fixture
def closed() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/v1"


async def test_nobody_there_is_told_from_somebody_who_hung_up(closed: str) -> None:
    found = await asked(closed)
    assert isinstance(found, Failure)
    assert (found.name, found.reached) == ("connection", False)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        hanging = threading.Thread(target=lambda: listening.accept()[0].close())
        hanging.start()
        found = await asked(f"http://127.0.0.1:{listening.getsockname()[1]}/v1")
        hanging.join()
    assert isinstance(found, Failure)
    assert (found.name, found.reached, found.answered) == ("connection", True, False)


async def test_a_redirect_is_not_followed_with_the_key() -> None:
    with endpoint(lambda heard: completion("4")) as other:
        found = await told(Said(307, b"", {"Location": f"{other.url}/chat/completions"}), key="sk-canary")
        assert isinstance(found, Failure)
        assert found.fatal
        assert other.heard == []


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": -1}, {"prompt_tokens": "9"}, {"prompt_tokens": 1 << 60}]
)
async def test_tokens_that_make_no_sense_are_unknown(usage: object) -> None:
    body = {"choices": [{"message": {"content": "4"}}], "usage": usage}
    found = await told(Said(200, json.dumps(body).encode()))
    assert isinstance(found, Answer)
    assert found.prompt_tokens is None


async def test_the_environments_proxy_is_used_and_can_be_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint(lambda heard: completion("4")) as proxy, endpoint(lambda heard: completion("4")) as there:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        await asked("http://elsewhere.invalid/v1")
        await asked(there.url)
    assert [heard.path for heard in proxy.heard] == ["http://elsewhere.invalid/v1/chat/completions"]
    assert len(there.heard) == 1


async def test_a_refusing_model_and_a_content_in_parts_are_answers() -> None:
    found = await told(completion([{"type": "text", "text": "Score: "}, {"type": "text", "text": "4"}]))
    assert isinstance(found, Answer)
    assert found.text == "Score: 4"
    found = await told(Said(200, b'{"choices": [{"message": {"content": null, "refusal": "I will not"}}]}'))
    assert isinstance(found, Answer)
    assert found.text == "I will not"


async def test_an_answer_cut_off_while_thinking_is_an_answer_without_text() -> None:
    found = await told(completion("", "length"))
    assert isinstance(found, Answer)
    assert (found.text, found.finish) == ("", "length")
