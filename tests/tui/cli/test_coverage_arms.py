"""`coverage` and `arms`: is it better than random, and the files to find out by tuning."""

import json

import pytest

from dataexplore.journal.decision import DROP
from dataexplore.session.session import Session


def test_k_center_is_nearer_to_every_row_than_random_ones(run, starter):
    found = run(
        "coverage", starter, "--k-center", 40, "--signal", "strict_judge", "--seeds", 20, "--json"
    ).found
    farthest, _, _, repeated = found["versus"]
    assert (farthest["measure"], farthest["verdict"]) == ("max-min distance", "better")
    assert len(farthest["random"]) == 20
    assert farthest["subset"] < min(farthest["random"])
    assert found["subset"]["rows"] == found["random"]["rows"] == 40
    assert found["full"]["rows"] == 405
    assert (found["subset"]["max_distance"], found["full"]["max_distance"]) == (farthest["subset"], 0)
    assert found["full"]["repeated"] == 20
    assert repeated["subset"] == found["subset"]["repeated"]
    assert found["clusters"] == 14
    assert found["column"] == "topic"
    assert sum(found["full"]["categories"].values()) == pytest.approx(1)
    assert found["full"]["languages"]["en"] > 0.8
    assert [point["size"] for point in found["curve"]["subset"]] == [10, 20, 40]
    assert found["curve"]["k-center"][-1]["radius"] == pytest.approx(farthest["subset"])
    assert found["answer"].startswith(
        "In part, measured against all of 20 random subsets of the same size: better by"
    )


def test_the_answer_is_no_where_it_is_no(run, starter):
    ran = run("coverage", starter, "--recipe", "longest-1k", "--size", 40)
    assert ran.code == 0
    assert "No, worse, measured against all of 5 random subsets" in ran.out
    assert ran.out.split("\n")[0].split() == ["subset", "random", "full"]
    assert "apart from full" in ran.out


def test_without_steps_it_is_what_the_workspace_left(run, starter, tmp_path):
    assert "every row is in the subset" in run("coverage", starter).refusal
    run("select", starter, "--where", "topic = 'cooking'", "-o", tmp_path / "o.jsonl")
    found = run("coverage", starter, "--json").found
    assert found["subset"]["categories"] == {"cooking": 1}
    assert found["subset"]["rows"] == len((tmp_path / "o.jsonl").read_bytes().splitlines())
    mean = found["versus"][1]
    assert (mean["measure"], mean["verdict"]) == ("mean distance", "worse")


def test_a_file_of_rows_is_compared_with_chance(run, alpaca, tmp_path):
    path, other = alpaca(200), tmp_path / "other.jsonl"
    run("select", path, "--size", 60, "--no-decide", "-o", other)
    found = run("coverage", path, "--size", 100, "--overlap", other, "--seeds", 1, "--json").found
    assert found["overlap"]["both"] == 60, "the smaller draw of a seed is in the larger"
    assert found["overlap"]["expected"] == pytest.approx(30)
    assert found["overlap"]["ratio"] == pytest.approx(2)
    foreign = tmp_path / "foreign.jsonl"
    foreign.write_text('{"instruction": "x", "output": "y"}\n')
    assert "none of its rows" in run("coverage", path, "--size", 9, "--overlap", foreign).refusal


def test_the_same_command_gives_the_same_answer(run, starter):
    asked = ("coverage", starter, "--size", 30, "--seeds", 2, "--json")
    assert run(*asked).out == run(*asked).out


def test_arms_are_files_that_select_makes_again(run, starter, tmp_path):
    folder = tmp_path / "arms"
    asked = ("arms", starter, "--k-center", 40, "-o", folder, "--seeds", 2)
    found = run(*asked, "--arms", "kept,random,longest,full,stratified", "--json").found
    names = ["kept", "random-0", "random-1", "longest", "full", "stratified-0", "stratified-1"]
    assert [one["name"] for one in found["arms"]] == names
    assert [one["rows"] for one in found["arms"]] == [40, 40, 40, 40, 405, 40, 40]
    assert json.loads((folder / "arms.json").read_bytes()) == found["arms"]
    for one in found["arms"]:
        again = tmp_path / "again.jsonl"
        recipe = folder / one["recipe"]
        run("select", starter, "--recipe", recipe, "-o", again, "--no-decide", "--force")
        assert again.read_bytes() == (folder / one["file"]).read_bytes(), one["name"]
    assert not (starter.parent / ".dataexplore").exists()


def test_what_was_decided_by_hand_is_in_the_recipe_of_the_kept_arm(run, starter, tmp_path):
    session = Session.open(starter)
    session.decide(session.state.view.rows[:50], DROP, "by hand")
    session.close()
    folder = tmp_path / "arms"
    run("arms", starter, "--recipe", "random", "--size", 30, "-o", folder, "--seeds", 1)
    again = tmp_path / "again.jsonl"
    asked = ("--recipe", folder / "kept.toml", "-o", again, "--workspace", tmp_path / "fresh", "--no-decide")
    run("select", starter, *asked)
    assert again.read_bytes() == (folder / "kept.jsonl").read_bytes()
    assert len(again.read_bytes().splitlines()) == 30


def test_an_arm_can_be_tuned(run, starter, tmp_path):
    folder = tmp_path / "arms"
    run("arms", starter, "--size", 20, "-o", folder, "--seeds", 1)
    assert run("check", folder / "random-0.jsonl", "--json").found["rows"] == 20


def test_arms_that_are_there_are_written_over_only_with_force(run, starter, tmp_path):
    folder = tmp_path / "arms"
    asked = ("arms", starter, "--size", 20, "-o", folder, "--arms", "kept,full")
    assert run(*asked).code == 0
    assert "--force writes over it" in run(*asked).refusal
    ran = run(*asked, "--force")
    assert ran.code == 0
    assert "2 arms in" in ran.out
    assert "no arm is called 'best'" in run(*asked, "--force", "--arms", "best").refusal


def test_an_arm_remembers_by_which_vectors_it_was_made(run, starter, tmp_path):
    folder, again = tmp_path / "arms", tmp_path / "again.jsonl"
    run("arms", starter, "--k-center", 20, "--encoder", "lexical", "-o", folder, "--seeds", 1)
    recipe = folder / "kept.toml"
    assert 'encoder = "lexical"' in recipe.read_text()
    run("select", starter, "--recipe", recipe, "-o", again, "--no-decide")
    assert again.read_bytes() == (folder / "kept.jsonl").read_bytes()
    asked = ("select", starter, "--recipe", recipe, "-o", again, "--force")
    assert "add --no-decide" in run(*asked).refusal
    assert "the recipe goes by --encoder lexical" in run(*asked, "--field", "response").refusal


def test_rows_that_were_edited_are_so_in_every_arm(run, alpaca, tmp_path):
    path, folder, again = alpaca(30), tmp_path / "arms", tmp_path / "again.jsonl"
    session = Session.open(path)
    session.edit(3, b'{"instruction": "task 3", "input": "", "output": "%s"}' % (b"much longer " * 9))
    session.close()
    asked = ("--where", "length(output) > 20", "--arms", "kept,full,longest", "-o", folder)
    found = run("arms", path, *asked, "--json").found
    for arm in found["arms"]:
        file = folder / arm["file"]
        assert b"much longer" in file.read_bytes(), arm["name"]
        recipe = ("--recipe", folder / arm["recipe"], "--workspace", tmp_path / "fresh", "--no-decide")
        run("select", path, *recipe, "-o", again, "--force")
        assert again.read_bytes() == file.read_bytes(), arm["name"]
    assert b"version = 2" in (folder / "full.toml").read_bytes()
