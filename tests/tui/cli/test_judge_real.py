"""`dataexplore judge` with a real model behind a real endpoint; the benchmark does it with 200 rows."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dataexplore.judge.replies import ERROR
from dataexplore.session.session import Session
from judge_story import first_rows, judged_and_killed
from paths import ROOT
from real_model import small_model
from serving import Served, served

KEY = "sk-canary-5f0e8c71d2b94a36"
ROWS, AT_ONCE = 5, 2
RUBRIC = """\
name = "brief"
version = 1
title = "is the answer right?"
source = "this test: a short prompt is read in a second"
lowest = 0
highest = 5
step = 0.5
task = "Judge whether the answer is right."
"""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(small_model(), tmp_path_factory.mktemp("serve")) as ready:
        yield ready


def test_a_judge_is_killed_goes_on_and_asks_nothing_twice(
    tmp_path: Path, endpoint: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    data = first_rows(ROOT / "sample_data" / "starter.jsonl", tmp_path / "rows.jsonl", ROWS)
    (tmp_path / "brief.toml").write_text(RUBRIC)
    rubric = ("--rubric", tmp_path / "brief.toml", "--answer", 8, "--concurrency", AT_ONCE)
    story = judged_and_killed(data, tmp_path / "workspace", endpoint, 2, *rubric)
    assert 2 <= len(story.before) < ROWS
    assert all(story.after[text] == reply for text, reply in story.before.items())
    resumed = story.resumed
    assert resumed["rows"] == resumed["scored"] + resumed["unparsed"] == len(story.after) == ROWS
    assert resumed["requests"] == ROWS - len(story.before)
    assert (resumed["errors"], resumed["left"], resumed["state"]) == ({}, 0, "finished")
    assert (story.again["requests"], story.again["scored"]) == (0, resumed["scored"])
    assert story.answers <= ROWS + AT_ONCE  # what was on its way when the job died is paid and lost
    for reply in story.after.values():
        assert reply.state != ERROR
        assert reply.model == f"{endpoint.model}@main"
        assert reply.text
        assert reply.prompt_tokens > 100 > reply.completion_tokens > 0
    with closing(Session.open(data, tmp_path / "workspace")) as session:
        signal = session.columns.signals[resumed["signal"]]
    assert (signal.origin, signal.scored) == ("judged", resumed["scored"])
    assert KEY not in story.printed
    found = subprocess.run(["grep", "-rl", KEY, tmp_path], capture_output=True, text=True)
    assert (found.stdout, found.returncode) == ("", 1)
