"""`embed` makes vectors once, as a job; `clusters` finds them and says what it compared."""

import json
from pathlib import Path

import pytest

from core.jobs.lifelike import until
from dataexplore.jobs.folder import Job
from dataexplore.jobs.status import FINISHED

FRAME = "Below is a task. Do it well.\n"


@pytest.fixture
def framed(tmp_path: Path) -> Path:
    topics = ["sea and poem", "car and engine", "bread and oven"]
    rows = [
        {
            "instruction": f"{FRAME}number {row} of {topics[row % 3]}",
            "output": "" if row == 4 else f"answer {row}",
        }
        for row in range(60)
    ]
    path = tmp_path / "framed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_rows_are_encoded_once_and_what_they_share_is_said(run, framed):
    first = run("embed", framed, "--encoder", "lexical", "--json")
    assert first.code == 0
    assert first.found["state"] == FINISHED
    assert (first.found["rows"], first.found["encoded"], first.found["dimensions"]) == (60, 60, 384)
    assert first.found["shared"] == [{"text": FRAME, "place": "beginning", "rows": 60}]
    assert "60 rows begin with 'Below is a task. Do it well.': not compared" in first.err
    assert Job(Path(first.found["folder"])).kind == "embed"
    again = run("embed", framed, "--encoder", "lexical", "--json")
    assert (again.found["encoded"], again.found["without_vector"]) == (0, 0)
    whole = run("embed", framed, "--encoder", "lexical", "--keep-shared", "--json")
    assert (whole.found["encoded"], whole.found["shared"]) == (60, [])


def test_rows_without_the_field_are_counted(run, framed):
    found = run("embed", framed, "--field", "response", "--json").found
    assert (found["rows"], found["without_text"], found["without_vector"]) == (60, 1, 1)
    shown = run("embed", framed, "--field", "response").out
    assert "without_text    1" in shown
    assert "finished" in shown


def test_a_detached_job_is_left_alone_and_listed(run, framed, monkeypatch):
    monkeypatch.chdir(framed.parent)
    found = run("embed", framed, "--detach", "--json").found
    until(lambda: Job(Path(found["folder"])).status().state == FINISHED)
    listed = run("runs", "--json").found["runs"]
    assert [(one["job"], one["kind"], one["state"]) for one in listed] == [
        (found["job"], "embed", "finished")
    ]


def test_an_encoder_without_weights_is_one_sentence(run, framed):
    ran = run("embed", framed, "--encoder", "/no/such/model", "--json")
    assert ran.code == 1
    assert ran.found["state"] == "failed"
    assert ran.found["reason"].startswith("The encoder /no/such/model is not a folder")


@pytest.mark.parametrize("verb", ["embed", "clusters"])
def test_a_field_that_does_not_exist_is_refused(run, framed, verb):
    refusal = run(verb, framed, "--field", "answers").refusal
    assert refusal == (
        "There is no text answers to compare: choose prompt, response, both, first, last or turn:N."
    )


def test_a_field_that_no_row_has_is_refused(run, framed):
    assert "no row has a text for turn:9" in run("embed", framed, "--field", "turn:9").refusal


def test_clusters_have_a_level_above_and_rows_that_fit_in_none(run, framed):
    found = run("clusters", framed, "-k", 3, "--encoder", "lexical", "--outliers", 2, "--json").found
    assert sorted(found["sizes"]) == [20, 20, 20]
    assert sorted(cluster for one in found["upper"] for cluster in one["clusters"]) == [0, 1, 2]
    assert sum(one["rows"] for one in found["upper"]) == 60
    assert len(found["outliers"]) == 2
    assert (found["field"], found["warning"]) == ("prompt", "")
    assert found["shared"][0]["rows"] == 60
    shown = run("clusters", framed, "-k", 3, "--encoder", "lexical")
    assert "outliers (rows from 1): " in shown.out
    assert "not compared" in shown.err


def test_clusters_warn_of_scripts_that_the_encoder_was_not_made_for(run, tmp_path):
    path = tmp_path / "zh.jsonl"
    path.write_text(
        "".join(
            json.dumps({"instruction": f"写一首关于大海的诗歌 {row}", "output": "好"}) + "\n"
            for row in range(9)
        )
    )
    ran = run("clusters", path, "-k", 1, "--json")
    assert ran.found["warning"].startswith("100% of the rows are in a script that the encoder static was not")
    assert ran.found["warning"] in ran.err
    assert run("clusters", path, "-k", 1, "--encoder", "lexical", "--json").found["warning"] == ""
