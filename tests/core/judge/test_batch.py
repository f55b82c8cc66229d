"""Batch files: every request finds its row again, whatever comes back and in whatever order."""

import json
import random
from pathlib import Path

import pytest

from dataexplore.errors import JudgeError
from dataexplore.judge.asked import Asked, hash_of
from dataexplore.judge.endpoint import batch
from dataexplore.judge.endpoint.batch import read_batches, write_batches
from dataexplore.judge.endpoint.fields import Fields
from dataexplore.judge.endpoint.questions import Scoring
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Replies
from dataexplore.judge.rubric import load_rubric

QUESTION = Scoring(load_rubric("accuracy"), expected=False)
FIELDS = Fields("gpt-4o-mini", 120, 0.0, 0, QUESTION.schema)
SAID = [(("user", f"question {row}"), ("assistant", f"answer {row}")) for row in range(6)]
TEXTS = [Asked(hash_of(said), said) for said in SAID]
SECRET = bytes(32)
JUDGE = "0123456789abcdef"


def answered(text: str, content: str, judge: str = JUDGE) -> dict:
    usage = {"prompt_tokens": 10, "completion_tokens": 3}
    message = {"choices": [{"message": {"content": content}}], "model": "m", "usage": usage}
    return {"custom_id": f"{judge}-{text}", "response": {"status_code": 200, "body": message}, "error": None}


def read(tmp_path: Path, *lines: object, hashes=None):
    path = tmp_path / "output.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    wanted = {one.hash for one in TEXTS} if hashes is None else hashes
    with Replies(tmp_path, writable=True) as replies:
        found = read_batches([path], JUDGE, wanted, QUESTION, replies)
        return found, replies.outcomes(), {one.hash: one for one in replies.replies(SCORED)}


def test_requests_are_what_the_endpoint_would_have_been_sent(tmp_path: Path):
    (path,) = write_batches(tmp_path / "out", JUDGE, TEXTS, QUESTION, FIELDS, SECRET)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["custom_id"] for line in lines] == [f"{JUDGE}-{one.hash.hex()}" for one in TEXTS]
    body = lines[0]["body"]
    assert (lines[0]["method"], lines[0]["url"]) == ("POST", "/v1/chat/completions")
    assert (body["model"], body["temperature"], body["max_completion_tokens"]) == ("gpt-4o-mini", 0.0, 120)
    assert "answer 0" in body["messages"][1]["content"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_large_ones_are_parted_and_none_is_written_over(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(batch, "MOST_REQUESTS", 4)
    files = write_batches(tmp_path, JUDGE, TEXTS, QUESTION, FIELDS, SECRET)
    assert [len(path.read_text().splitlines()) for path in files] == [4, 2]
    with pytest.raises(JudgeError, match="is there already"):
        write_batches(tmp_path, JUDGE, TEXTS, QUESTION, FIELDS, SECRET)


def test_answers_find_their_rows_in_any_order(tmp_path: Path):
    lines = [answered(one.hash.hex(), f'{{"score": {row / 2}}}') for row, one in enumerate(TEXTS)]
    random.Random(1).shuffle(lines)
    found, _, scored = read(tmp_path, *lines)
    assert [scored[one.hash].scores for one in TEXTS] == [(row / 2,) for row in range(6)]
    assert (found.stored, found.prompt_tokens, found.completion_tokens) == (6, 60, 18)


def test_each_failure_has_its_name_and_what_is_foreign_is_counted(tmp_path: Path):
    a, b, c, d, e, f = (one.hash.hex() for one in TEXTS)
    found, outcomes, _ = read(
        tmp_path,
        answered(a, "I cannot say."),
        {
            "custom_id": f"{JUDGE}-{b}",
            "response": {"status_code": 400, "body": {"error": {"message": "too long"}}},
            "error": None,
        },
        {"custom_id": f"{JUDGE}-{c}", "response": None, "error": {"code": "batch_expired"}},
        {"custom_id": f"{JUDGE}-{d}", "response": {"status_code": 200, "body": {"choices": []}}},
        answered(e, '{"score": 9}'),
        answered("00" * 16, '{"score": 1}'),
        answered(f, '{"score": 1}', judge="f" * 16),
        "{cut",
        {"no": "answer"},
    )
    assert outcomes[TEXTS[0].hash][0] == UNPARSED
    assert [outcomes[TEXTS[at].hash] for at in (1, 2, 3)] == [
        (ERROR, "refused"), (ERROR, "batch expired"), (ERROR, "empty"),
    ]  # fmt: skip
    assert "out of range" in outcomes[TEXTS[4].hash][1]
    assert (found.stored, found.foreign, found.unreadable) == (5, 2, 2)
    assert TEXTS[5].hash not in outcomes  # another judge's score of this very text


def test_a_file_of_something_else_is_refused(tmp_path: Path):
    with pytest.raises(JudgeError, match="holds no answer of a batch"):
        read(tmp_path, {"instruction": "hi"})
    with pytest.raises(JudgeError, match="cannot be read"), Replies(tmp_path, writable=True) as replies:
        read_batches([tmp_path / "none.jsonl"], JUDGE, set(), QUESTION, replies)
