"""The chaos server does what tests of judges take for granted."""

import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from chaos import Chaos, score_of, tag
from chaos_replies import ANSWERS

KEY = "sk-canary-0123456789"


def ask(
    server: Chaos, text: str, connection: http.client.HTTPConnection | None = None, **more: object
) -> tuple[int, dict[str, str], bytes]:
    """Ask about one text as a client would; return status, headers and body."""
    own = connection or http.client.HTTPConnection(server.url.split("/")[2], timeout=5)
    body = {"model": "m", "messages": [{"role": "user", "content": f"Judge this: {text}"}], **more}
    try:
        own.request(
            "POST", "/v1/chat/completions", json.dumps(body), {"Authorization": f"Bearer {server.key}"}
        )
        answer = own.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        if connection is None:
            own.close()


def content(body: bytes) -> Any:
    return json.loads(body)["choices"][0]["message"]["content"]


def only(outcome: str, **more: Any) -> Chaos:
    return Chaos(faults={outcome: 1.0}, key=KEY, **more)


def test_a_good_answer_carries_the_score_of_its_text() -> None:
    with Chaos() as server:
        for number in range(20):
            status, _, body = ask(server, f"row {tag(number)} of many")
            assert status == 200
            assert content(body) == f"Score: {score_of(tag(number)):g}"
        assert server.asked() == {tag(number): 1 for number in range(20)}
    assert len({score_of(tag(number)) for number in range(200)}) == 11


def test_a_schema_is_kept_to_or_refused() -> None:
    kinds = {"score": {"type": "number"}, "reason": {"type": "string"}}
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"properties": kinds}}}
    with Chaos() as server:
        _, _, body = ask(server, tag(1), response_format=wanted)
        assert json.loads(content(body)) == {"score": score_of(tag(1)), "reason": "because"}
    with Chaos(schema=False) as server:
        status, _, body = ask(server, tag(1), response_format=wanted)
        assert status == 400
        assert b"response_format" in body
        assert ask(server, tag(1))[0] == 200


def test_log_probabilities_say_how_likely_each_digit_is() -> None:
    with Chaos() as server:
        _, _, body = ask(server, tag(1), logprobs=True, top_logprobs=5)
    tokens = json.loads(body)["choices"][0]["logprobs"]["content"]
    assert "".join(token["token"] for token in tokens) == f"Score: {score_of(tag(1)):g}"
    assert len(tokens[1]["top_logprobs"]) == 2


@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        ("line", 200, "Score: "),
        ("prose", 200, "I'd give it "),
        ("too_high", 200, "Score: 11"),
        ("too_low", 200, "Score: -3"),
        ("no_score", 200, "rather not"),
        ("null_content", 200, '"content": null'),
        ("no_choices", 200, '"choices": []'),
        ("busy", 429, "too many"),
        ("failed", 500, "wrong"),
        ("unavailable", 503, "overloaded"),
        ("refused", 400, "not acceptable"),
        ("echo", 500, f"Bearer {KEY}"),
        ("echo_refused", 400, f"Bearer {KEY}"),
        ("echo_reply", 200, f"Bearer {KEY}"),
    ],
)
def test_each_fault_says_what_it_is_called(outcome: str, status: int, said: str) -> None:
    with only(outcome) as server:
        found, headers, body = ask(server, tag(1))
        assert (found, said in body.decode()) == (status, True)
        assert "retry-after" not in headers
        assert server.sent() == {outcome: 1}


def test_bodies_that_are_no_json() -> None:
    for outcome in ("cut", "garbage"):
        with only(outcome) as server:
            status, _, body = ask(server, tag(1))
            assert status == 200
            with pytest.raises(ValueError, match=r"codec|delimiter|Unterminated|Expecting"):
                json.loads(body)


def test_a_torn_answer_ends_in_a_reset() -> None:
    with only("torn") as server, pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        ask(server, tag(1))


def test_a_silent_server_never_answers() -> None:
    with only("silent") as server:
        connection = http.client.HTTPConnection(server.url.split("/")[2], timeout=0.2)
        with pytest.raises(TimeoutError):
            ask(server, tag(1), connection)
        connection.close()
        assert server.sent() == {"silent": 1}


def test_what_comes_in_a_window_is_told() -> None:
    with Chaos(script={tag(1): ["rate_limited"]}, retry_after=30) as server:
        status, headers, _ = ask(server, tag(1))
        assert (status, headers["retry-after"]) == (429, "30")
        assert not server.inside_windows(grace=0.0)
        ask(server, tag(2))
        assert [request.text for request in server.inside_windows(grace=0.0)] == [tag(2)]
        assert not server.inside_windows(grace=29.0)


def test_a_date_ends_a_window_as_seconds_do() -> None:
    with only("rate_limited_date", retry_after=2) as server:
        before = time.time()
        _, headers, _ = ask(server, tag(1))
        until = parsedate_to_datetime(headers["retry-after"]).timestamp()
        assert before + 2 <= until
        start, end = server.windows[0]
        assert abs((end - start) - (until - before)) < 5


def test_outcomes_depend_on_the_text_and_not_on_the_order() -> None:
    faults = {"failed": 0.3, "no_score": 0.2}

    def outcomes(order: list[int]) -> dict[tuple[str, int], str]:
        with Chaos(faults=faults, seed=5) as server:
            for number in order:
                ask(server, tag(number))
            times: dict[str, int] = {}
            found = {}
            for request in server.requests:
                times[request.text] = times.get(request.text, 0) + 1
                found[request.text, times[request.text]] = request.outcome
            return found

    there = [*range(40), *range(20)]
    assert outcomes(there) == outcomes(there[::-1])
    assert len(set(outcomes(there).values())) == 3


def test_the_key_is_looked_for_where_it_should_not_be() -> None:
    with Chaos(key=KEY) as server:
        ask(server, tag(1))
        ask(server, tag(2), user=KEY)
        ask(server, f"{tag(3)} {KEY}")
    assert [request.key_in_place for request in server.requests] == [True] * 3
    assert [request.key_elsewhere for request in server.requests] == [False, True, True]


def test_more_than_it_can_take_is_turned_away() -> None:
    with Chaos(capacity=2, latency=0.3) as server, ThreadPoolExecutor(6) as threads:
        statuses = sorted(threads.map(lambda number: ask(server, tag(number))[0], range(6)))
    assert statuses[:2] == [200, 200]
    assert set(statuses[2:]) <= {200, 429}
    assert server.at_once <= 3


def test_requests_in_pieces_and_in_a_row_are_read() -> None:
    with Chaos() as server:
        body = json.dumps({"messages": [{"role": "user", "content": tag(1)}]}).encode()
        whole = b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        with socket.create_connection(("127.0.0.1", int(server.url.split(":")[2][:-3]))) as wire:
            for place in range(0, len(whole), 50):
                wire.sendall(whole[place : place + 50])
            wire.sendall(whole)
            wire.settimeout(5)
            read = b""
            while read.count(b"Score: ") < 2:
                read += wire.recv(65536)
        assert server.asked() == {tag(1): 2}
        assert ask(server, tag(1))[0] == 200


def test_every_outcome_has_a_name_that_works() -> None:
    for outcome in sorted(set(ANSWERS) - {"silent", "torn"}):
        with only(outcome) as server:
            assert ask(server, tag(1))[0] in (200, 400, 401, 429, 500, 503)
