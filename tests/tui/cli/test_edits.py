"""What was edited on screen counts in the verbs, which only look at the workspace."""

import json
from pathlib import Path

import pytest

from dataexplore.journal.decision import DROP
from dataexplore.selection.rules import Threshold
from dataexplore.session.session import Session
from dataexplore.workspace.workspace import open_workspace


def edit(path: Path, row: int, **new: object) -> None:
    """Edit a row as a person would, on screen."""
    session = Session.open(path)
    session.edit(row, json.dumps(session.dataset.record(row) | new).encode())
    session.close()


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the files of a workspace without those that SQLite puts beside any database it looks at."""
    files = (path for path in folder.rglob("*") if path.is_file() and "workspace.db-" not in path.name)
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_convert_writes_edited_rows_as_edited_and_says_so(run, few, tmp_path):
    edit(few, 1, output="my own words")
    workspace = few.parent / ".dataexplore"
    before = tree(workspace)
    out = tmp_path / "out" / "a.jsonl"
    ran = run("convert", few, "-o", out, "--to", "messages", "--json")
    assert ran.found["edited"] == 1
    assert ran.err == f"dataexplore: {few}: 1 edited row; --no-edits takes them as the file has them\n"
    assert json.loads(out.read_text().splitlines()[1])["messages"][1]["content"] == "my own words"
    as_is = run("convert", few, "-o", tmp_path / "out" / "b.jsonl", "--no-edits", "--json")
    assert (as_is.found["edited"], as_is.err) == (0, "")
    assert (tmp_path / "out" / "b.jsonl").read_bytes() == few.read_bytes()
    assert tree(workspace) == before


def test_another_session_may_be_writing_meanwhile(run, few, tmp_path):
    edit(few, 1, output="my own words")
    writer = open_workspace(few)
    try:
        assert writer.writable
        assert run("convert", few, "-o", tmp_path / "o.jsonl", "--json").found["edited"] == 1
    finally:
        writer.close()


def test_check_is_about_the_file_unless_it_is_asked_for_the_edits(run, few):
    assert run("check", few, "--json").found["edited"] == 0
    assert not (few.parent / ".dataexplore").exists()
    edit(few, 1, output="", score="bad")
    as_it_is = run("check", few, "--json")
    assert (as_it_is.code, as_it_is.found["problems"]) == (0, {})
    assert (as_it_is.found["edited"], as_it_is.found["edits_counted"]) == (1, False)
    told = run("check", few).out
    assert "edited  1 row in the workspace; --edits counts them as edited" in told
    edited = run("check", few, "--edits", "--json")
    assert edited.code == 1
    assert edited.found["problems"] == {"empty response": 1, "score is unscored": 1}
    assert (edited.found["edited"], edited.found["edits_counted"]) == (1, True)


def test_a_damaged_workspace_stops_no_look_at_the_file(run, few, tmp_path):
    edit(few, 1, output="my own words")
    (few.parent / ".dataexplore" / few.name / "workspace.db").write_bytes(b"damaged" * 1000)
    ran = run("check", few)
    assert ran.code == 0
    assert "workspace.db" in ran.err
    assert "workspace.db" in run("check", few, "--edits").refusal
    assert "workspace.db" in run("convert", few, "-o", tmp_path / "o.jsonl").refusal
    assert run("convert", few, "-o", tmp_path / "o.jsonl", "--no-edits").code == 0


def test_duplicates_and_clusters_compare_edited_texts(run, few):
    edit(few, 1, instruction="something about whales")
    edit(few, 2, instruction="something about whales")
    found = run("duplicates", few, "--threshold", 1, "--json").found
    assert found["edited"] == 2
    assert [1, 2] in [one["rows"] for one in found["largest"]]
    as_is = run("duplicates", few, "--threshold", 1, "--no-edits", "--json").found
    assert as_is["edited"] == 0
    assert [1, 2] not in [one["rows"] for one in as_is["largest"]]
    labels = run("clusters", few, "-k", 2, "--json").found["labels"]
    assert any("whales" in " ".join(terms) for terms in labels)


@pytest.mark.parametrize("name", ["score", "judged"])
@pytest.mark.parametrize("new", ["bad", [4], {"of": 5}, True])
def test_a_score_that_an_edit_makes_text_is_unscored_and_its_rule_still_replays(
    run, few, tmp_path, name, new
):
    few.write_text(few.read_text().replace('"score"', f'"{name}"'))
    session = Session.open(few)
    session.apply(Threshold(name, 4))
    session.close()
    edit(few, 5, **{name: new})
    session = Session.open(few)
    recipe = session.recipe()
    decisions, _ = session.replay(recipe, decide=False)
    session.close()
    assert [int(one) == DROP for one in decisions] == [True, True, False, False, False, False]
    found = run("scores", few, "--signal", name, "--at", 4, "--json").found
    assert (found["kept"], found["unscored"]) == (2, 2)
    where = ("--where", f"{name} >= 4", "--no-decide", "--json")
    kept = run("select", few, *where, "--only-kept", "-o", tmp_path / "o.jsonl").found
    assert (kept["rows"], kept["undecided"]) == (2, 0)
