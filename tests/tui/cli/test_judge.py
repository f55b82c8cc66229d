"""`dataexplore judge`: what it counts, asks, keeps and refuses, against an endpoint on loopback."""

import json
import subprocess
from pathlib import Path

import pytest

from chaos import Chaos, tag
from dataexplore.judge.folder import Judgements
from tui.cli.conftest import Ran, Run

KEY = "sk-canary-77d1c0ffee42"
ROWS = 12


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "rows.jsonl"
    lines = [{"instruction": f"Say it: {tag(row)}", "output": f"It is {tag(row)}."} for row in range(ROWS)]
    lines.append({"instruction": " ", "output": ""})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def judge(run: Run, rows: Path, address: str, *more: object) -> Ran:
    return run("judge", rows, "--model", "m", "--base-url", address, "--json", *more)


def test_it_counts_then_asks_once_and_every_row_is_accounted_for(run: Run, rows: Path) -> None:
    with Chaos(key=KEY, script={tag(2): ["no_score"], tag(4): ["refused"]}) as server:
        dry = judge(run, rows, server.url, "--dry-run").found
        assert (dry["rows"], dry["known"], dry["texts"], dry["blank"]) == (ROWS + 1, 0, ROWS, 1)
        assert (server.requests, (rows.parent / ".dataexplore").exists()) == ([], False)
        ran = judge(run, rows, server.url)
        first, again = ran.found, judge(run, rows, server.url).found
    assert (ran.code, first["signal"], first["requests"]) == (1, "accuracy_m", ROWS)
    assert (first["scored"], first["unparsed"], first["errors"]) == (ROWS - 2, 1, {"refused": 1})
    assert (
        first["rows"] == first["scored"] + first["unparsed"] + sum(first["errors"].values()) + first["left"]
    )
    assert first["tokens"] == first["prompt_tokens"] + first["completion_tokens"] > 0
    assert (again["requests"], again["scored"], again["errors"]) == (1, ROWS - 1, {})
    leaks = subprocess.run(["grep", "-rl", KEY, rows.parent], capture_output=True, text=True)
    assert (leaks.stdout, KEY in ran.out + ran.err) == ("", False)


def test_a_failed_job_tells_all_that_it_sent(run: Run, rows: Path) -> None:
    with Chaos(key="another key than the person's") as server:
        script = {tag(row): ["echo_denied"] * 3 for row in range(ROWS)}
        server.script = script
        ran = judge(run, rows, server.url)
    assert (ran.code, ran.found["state"], ran.found["left"]) == (1, "failed", ROWS + 1)
    assert ran.found["requests"] == len(server.requests) == 1
    assert KEY not in ran.out


def test_batch_answers_are_of_the_judge_that_was_asked(run: Run, rows: Path, tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('currency = "EUR"\n[prices.m]\ninput = 2\noutput = 4\n')
    address = "http://127.0.0.1:9/v1"
    written = judge(run, rows, address, "--batch-out", tmp_path / "out", "--prices", prices).found
    assert (written["rows"], written["texts"]) == (ROWS + 1, ROWS)
    (requests,) = written["files"]
    ids = [json.loads(line)["custom_id"] for line in Path(requests).read_text().splitlines()]
    usage = {"prompt_tokens": 100, "completion_tokens": 10}
    body = {"choices": [{"message": {"content": '{"score": 3.5}'}}], "usage": usage}
    answers = tmp_path / "answers.jsonl"
    lines = [{"custom_id": one, "response": {"status_code": 200, "body": body}} for one in ids]
    answers.write_text("".join(json.dumps(line) + "\n" for line in reversed(lines)))

    other = judge(run, rows, address, "--rubric", "helpfulness", "--batch-in", answers).found
    assert (other["stored"], other["foreign"], other["scored"]) == (0, ROWS, 0)
    read = judge(run, rows, address, "--batch-in", answers, "--prices", prices).found
    assert (read["stored"], read["known"], read["foreign"], read["scored"]) == (ROWS, 0, 0, ROWS)
    assert (read["cost"], read["currency"]) == (pytest.approx(ROWS * 240 / 2e6), "EUR")
    again = judge(run, rows, address, "--batch-in", answers).found
    assert (again["stored"], again["known"], again["foreign"], again["scored"]) == (0, ROWS, 0, ROWS)


def test_a_signal_hides_behind_no_field_and_no_word_of_every_dataset(run: Run, rows: Path) -> None:
    for name, called in (("output", "output_2"), ("decision", "decision_2"), ("tokens", "tokens_2")):
        ran = judge(run, rows, "http://127.0.0.1:9/v1", "--name", name, "--dry-run")
        assert ran.found["signal"] == called
        assert f"the signal is called {called}" in ran.err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--key-env", "sk-or-v1-0123456789"], "no environment variable has the name"),
        (["--key-env", "hf_abcdefghijklmnop"], "no environment variable has the name"),
        (["--key-file", "/nowhere/key"], "the key cannot be read"),
        (["--max-cost", "1"], "no price is known for m"),
        (["--selftest", "--detach"], "leave --detach and --per-group out"),
        (["--batch-out", "d", "--batch-in", "f"], "one at a time"),
        (["--rubric", "nonsense"], "no rubric is called nonsense"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_kept(
    run: Run, rows: Path, more: list[str], told: str
) -> None:
    ran = judge(run, rows, "http://127.0.0.1:9/v1", *more)
    assert told in ran.refusal
    assert "0123456789" not in ran.refusal
    workspace = rows.parent / ".dataexplore" / rows.name
    assert (list(workspace.glob("jobs/*")), Judgements(workspace).judges()) == ([], [])


def test_no_row_is_another_thing_than_no_missing_reply(run: Run, rows: Path) -> None:
    ran = judge(run, rows, "http://127.0.0.1:9/v1", "--where", "1 = 0")
    assert (ran.code, ran.found["rows"], "no row is to be judged" in ran.err) == (0, 0, True)


def test_a_judge_that_obeys_is_told_by_the_selftest(run: Run, rows: Path) -> None:
    with Chaos(key=KEY) as server:  # gives a row the same score whatever stands behind its answer
        ran = judge(run, rows, server.url, "--selftest", "--limit", 4)
        plain = judge(run, rows, server.url, "--dry-run").found
    kinds = [one["kind"] for one in ran.found["selftest"]]
    assert (ran.code, ran.found["canaries"], kinds[-2:]) == (0, 4 * 9, ["swapped", "empty"])
    assert ran.found["verdict"].startswith("does not tell good answers from bad ones")
    assert plain["known"] == 4  # a clean canary is the row itself: it is not paid twice
