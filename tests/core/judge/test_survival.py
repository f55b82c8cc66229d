"""A judge job against a server that does everything wrong, and against kill -9: nothing is lost or leaked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos import Chaos, tag
from chaos_rows import FAULTS, NOTHING, RETRY_AFTER, killed, refusals, trial, worked
from core.jobs.lifelike import until, worker
from dataexplore.jobs.launch import start

KEY = "sk-canary-5f0e8c71d2b94a36"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def written(place: Path) -> Iterator[Path]:
    """Yield every file below a folder that holds the key; a job's link to the library is no part of it."""
    for path in place.rglob("*"):
        if (
            "lib" not in path.relative_to(place).parts
            and path.is_file()
            and KEY.encode() in path.read_bytes()
        ):
            yield path


def test_every_text_ends_in_one_score_or_one_named_error(tmp_path: Path) -> None:
    rows = 2000  # the benchmark takes 10,000
    refused = refusals(rows)
    with Chaos(FAULTS, refused, seed=1, retry_after=RETRY_AFTER, key=KEY) as server:
        made = trial(tmp_path, server, rows)
        assert worked(made) == "finished", made.job.log_tail()
        verdict = made.verdict(server)
    assert {name: verdict[name] for name in NOTHING} == dict.fromkeys(NOTHING, 0), verdict
    assert verdict["requests"] <= 1.5 * rows, verdict
    assert verdict["scored"] > 0.9 * rows, verdict
    assert verdict["windows"] == len(refused) == 2
    assert set(server.sent()) == {"good", *FAULTS, "rate_limited", "rate_limited_date"}, server.sent()
    assert not list(written(tmp_path))


def test_kill_nine_at_any_moment_loses_nothing_and_asks_nothing_twice(tmp_path: Path) -> None:
    rows, kills = 1000, 6  # the benchmark takes 10,000 and 50
    with Chaos(FAULTS, seed=2, key=KEY) as server:
        made = trial(tmp_path, server, rows)
        deaths = killed(made, server, kills)
        verdict = made.verdict(server)
    assert (deaths.lost, deaths.asked_again) == (0, 0)
    assert {name: verdict[name] for name in NOTHING} == dict.fromkeys(NOTHING, 0), verdict
    assert verdict["scored"] > 0.9 * rows, verdict


@pytest.mark.parametrize("outcome", ["echo", "echo_refused", "echo_reply", "echo_denied"])
def test_a_key_that_the_server_repeats_is_written_nowhere(tmp_path: Path, outcome: str) -> None:
    script = {tag(row): [outcome] * 2 for row in range(4)}
    with Chaos(script=script, key=KEY, latency=0.05) as server:
        made = trial(tmp_path, server, 40, concurrency=4)
        start(made.job)
        until(lambda: made.job.status().pid and server.requests)
        arguments = Path(f"/proc/{worker(made.job)}/cmdline").read_bytes()
        until(lambda: not made.job.status().alive, patience=60)
    assert server.sent()[outcome]
    assert all(request.key_in_place for request in server.requests)
    assert b"dataexplore.jobs.run" in arguments
    assert KEY.encode() not in arguments
    assert not list(written(tmp_path))
    kept = [f"{reply.text} {reply.reason} {reply.model}" for reply in made.replies()] + made.job.log_tail()
    assert not any(KEY in text for text in kept)  # the database may pack what it keeps
    hidden = sum("[key]" in text for text in kept)
    assert hidden >= {"echo": 0, "echo_denied": 1}.get(outcome, 4), "what was said is kept without the key"


def test_an_unforeseen_error_is_told_without_the_key(tmp_path: Path) -> None:
    with Chaos(key=KEY) as server:
        made = trial(tmp_path, server, 4)
        (made.job.folder / "asked.jsonl").write_text(f'{{"hash": "{KEY}", "said": {KEY}\n')
        start(made.job)
        until(lambda: not made.job.status().alive)
    assert made.job.status().state == "failed"
    found = {path.name for path in written(tmp_path)}
    assert found == {"asked.jsonl"}, made.job.log_tail()
