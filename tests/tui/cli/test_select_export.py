"""`select` and `export`: which rows leave, byte for byte, and what the journal says of it."""

import hashlib
import json

import pytest

from dataexplore.journal.decision import DROP, KEEP
from dataexplore.session.session import Session
from dataexplore.workspace.workspace import open_workspace


def lines(path):
    return path.read_bytes().splitlines(keepends=True)


def test_a_filter_keeps_its_rows_byte_for_byte(run, few, tmp_path):
    before = hashlib.sha256(few.read_bytes()).digest(), few.stat().st_mtime_ns
    out = tmp_path / "out.jsonl"
    found = run("select", few, "--where", "score >= 4", "-o", out, "--json").found
    assert found == {
        "steps": [{"rule": "only score >= 4", "rows": 4}],
        "rows": 4,
        "out": str(out),
        "undecided": 1,
        "recorded": True,
    }
    assert lines(out) == lines(few)[2:], "the one without a score is neither above nor below"
    assert before == (hashlib.sha256(few.read_bytes()).digest(), few.stat().st_mtime_ns)


def test_the_outcome_is_one_act_that_undo_takes_back(run, few, tmp_path):
    run("select", few, "--where", "score >= 4", "-o", tmp_path / "out.jsonl")
    session = Session.open(few)
    counts = session.state.counts
    assert (counts.keep, counts.undecided, counts.drop) == (3, 1, 2)
    assert session.state.undo == "only score >= 4"
    assert session.undo().counts.undecided == 6
    session.close()


def test_no_decide_leaves_the_journal_alone(run, few, tmp_path):
    ran = run("select", few, "--size", 2, "-o", tmp_path / "out.jsonl", "--no-decide", "--json")
    assert ran.found["recorded"] is False
    assert not (few.parent / ".dataexplore").exists()


def test_hand_decisions_stand_against_every_step(run, few, tmp_path):
    session = Session.open(few)
    rows = session.state.view.rows
    session.decide(rows[:1], KEEP, "")
    session.decide(rows[5:], DROP, "")
    session.close()
    out = tmp_path / "out.jsonl"
    assert run("select", few, "--where", "score >= 4", "-o", out, "--json").found["rows"] == 4
    assert lines(out) == [lines(few)[place] for place in (0, 2, 3, 4)]


def test_unscored_rows_stay_and_are_counted_unless_only_kept_rows_are_asked_for(run, few, tmp_path):
    recipe, out = tmp_path / "r.toml", tmp_path / "out.jsonl"
    recipe.write_text('[[step]]\nkind = "threshold"\nsignal = "score"\nat = 4.0\n')
    ran = run("select", few, "--recipe", recipe, "-o", out, "--no-decide", "--json")
    assert (ran.found["rows"], ran.found["undecided"]) == (4, 1)
    assert ran.found["steps"] == [{"rule": "score >= 4", "rows": 4}]
    assert "--only-kept" in ran.err
    assert lines(out) == lines(few)[2:]
    kept = run("select", few, "--recipe", recipe, "-o", out, "--only-kept", "--force", "--json").found
    assert (kept["rows"], kept["undecided"]) == (3, 0)
    assert lines(out) == lines(few)[3:]


def test_a_size_follows_a_filter_and_repeats_with_its_seed(run, starter, tmp_path):
    def drawn(seed: int) -> bytes:
        out = tmp_path / "out.jsonl"
        asked = ("--where", "strict_judge >= 4", "--size", 20, "--seed", seed, "--no-decide")
        found = run("select", starter, *asked, "-o", out, "--force", "--json").found
        assert found["steps"][-1] == {"rule": f"random 20, seed {seed}", "rows": 20}
        return out.read_bytes()

    assert drawn(1) == drawn(1) != drawn(2)


def test_named_recipes_are_sized(run, starter, tmp_path):
    out = tmp_path / "out.jsonl"
    found = run(
        "select", starter, "--recipe", "longest-1k", "--size", 5, "-o", out, "--no-decide", "--json"
    ).found
    assert found["steps"] == [{"rule": "longest 5", "rows": 5, "paper": "1,000 of Alpaca's 52,002"}]
    assert "needs --size" in run("select", starter, "--recipe", "random", "-o", out).refusal


def test_an_exported_recipe_replays_to_the_same_rows(run, starter, tmp_path):
    recipe, first, second = tmp_path / "r.toml", tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    recipe.write_text(
        '[[step]]\nkind = "only"\nwhere = "output <> \'\'"\n'
        '[[step]]\nkind = "duplicates"\nthreshold = 0.9\npolicy = "longest"\n'
    )
    found = run("select", starter, "--recipe", recipe, "-o", first, "--json").found
    assert [step["rows"] for step in found["steps"]] == sorted(
        (step["rows"] for step in found["steps"]), reverse=True
    )
    assert found["rows"] == found["steps"][-1]["rows"] < 399
    run("export", starter, "-o", tmp_path / "out" / "x.jsonl")
    run("select", starter, "--recipe", tmp_path / "out" / "recipe.toml", "-o", second, "--no-decide")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing to select"),
        ('[[step]]\nkind = "magic"\n', "magic"),
        ("[[step]\n", "not a recipe"),
        ('[[step]]\nkind = "threshold"\nsignal = "scroe"\nat = 1\n', "did you mean score?"),
    ],
)
def test_a_recipe_that_cannot_be_followed_leaves_nothing_behind(run, few, tmp_path, text, says):
    recipe, out = tmp_path / "r.toml", tmp_path / "out.jsonl"
    recipe.write_text(text)
    asked = ("--recipe", recipe) if text else ()
    assert says in run("select", few, *asked, "-o", out).refusal
    assert not out.exists()
    if (few.parent / ".dataexplore").exists():
        assert not Session.open(few).acts


def test_the_dataset_itself_is_never_the_target(run, few):
    before = few.read_bytes()
    assert "is the dataset itself" in run("select", few, "--size", 2, "-o", few).refusal
    assert "is the dataset itself" in run("export", few, "-o", few).refusal
    assert few.read_bytes() == before
    session = Session.open(few)
    assert not session.acts, "what could not be written must not be recorded"
    session.close()


def test_deciding_is_refused_while_another_session_writes_and_reading_is_not(run, few, tmp_path):
    other = open_workspace(few)
    try:
        refusal = run("select", few, "--size", 2, "-o", tmp_path / "o.jsonl").refusal
        assert "process" in refusal
        assert "close it there" in refusal
        assert run("select", few, "--size", 2, "-o", tmp_path / "o.jsonl", "--no-decide").code == 0
        assert run("export", few, "-o", tmp_path / "out" / "o.jsonl").code == 0
    finally:
        other.close()


def test_everything_is_somewhere_after_an_export(run, few, tmp_path):
    with few.open("a") as file:
        file.write("[1]\n")
    run("select", few, "--where", "score is null or score <> 2", "-o", tmp_path / "s.jsonl")
    out = tmp_path / "out" / "few.jsonl"
    found = run("export", few, "-o", out, "--json").found
    assert (found["kept"], found["dropped"], found["undecided"], found["unreadable"]) == (5, 1, 0, 1)
    dropped = [json.loads(line) for line in lines(tmp_path / "out" / "dropped.jsonl")]
    assert [(one["row"], one["by"], one["record"]["score"]) for one in dropped] == [(1, "rule", 2)]
    assert sorted([*lines(out), b"[1]\n", lines(few)[1]]) == sorted(lines(few))


def test_undecided_rows_leave_too_unless_only_kept_rows_are_asked_for(run, few, tmp_path):
    session = Session.open(few)
    session.decide(session.state.view.rows[:1], KEEP, "good")
    session.close()
    out = tmp_path / "out" / "few.jsonl"
    assert run("export", few, "-o", out, "--json").found["rows"] == 6
    assert run("export", few, "-o", out, "--only-kept", "--force", "--json").found["rows"] == 1
    assert lines(out) == lines(few)[:1]


def test_another_format_is_refused_and_its_own_is_not(run, few, tmp_path):
    out = tmp_path / "out" / "few.jsonl"
    refusal = run("export", few, "-o", out, "--format", "parquet").refusal
    assert "by its name this will be jsonl, not 'parquet'" in refusal
    assert run("export", few, "-o", out, "--format", "jsonl").code == 0
    assert run("export", few, "-o", out.with_suffix(".parquet"), "--format", "parquet").code == 0
    assert out.with_suffix(".parquet").read_bytes().startswith(b"PAR1")


def test_a_workspace_can_be_named(run, few, tmp_path):
    place = tmp_path / "elsewhere"
    run("select", few, "--where", "score >= 4", "-o", tmp_path / "o.jsonl", "--workspace", place)
    assert not (few.parent / ".dataexplore").exists()
    found = run("export", few, "-o", tmp_path / "out" / "o.jsonl", "--workspace", place, "--json").found
    assert found["kept"] == 3
    ran = run("export", few, "-o", tmp_path / "out" / "o.jsonl", "--workspace", tmp_path / "typo")
    assert "no decisions are kept here yet" in ran.err
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    "asked", [("select", "--size", 2, "--no-decide"), ("export",), ("convert",), ("convert", "--split", 0.3)]
)
def test_a_file_that_is_there_is_written_over_only_with_force(run, few, tmp_path, asked):
    verb, *options = asked
    out = tmp_path / "out" / "mine.jsonl"
    there = out.with_name("mine.validation.jsonl") if "--split" in options else out
    there.parent.mkdir()
    there.write_text("my own work\n")
    assert run(verb, few, "-o", out, *options).refusal == f"{there}: is there already; --force writes over it"
    assert [path.name for path in out.parent.iterdir()] == [there.name]
    assert there.read_text() == "my own work\n"
    assert run(verb, few, "-o", out, *options, "--force").code == 0
    assert there.read_text() != "my own work\n"


def test_a_link_stays_and_what_it_leads_to_is_replaced(run, few, tmp_path):
    target, link = tmp_path / "big disk" / "real.jsonl", tmp_path / "out" / "o.jsonl"
    link.parent.mkdir()
    link.symlink_to(target)
    assert "is there already" in run("convert", few, "-o", link).refusal
    assert run("convert", few, "-o", link, "--force").code == 0
    assert link.is_symlink()
    assert target.read_bytes() == few.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == ["real.jsonl"]
    link.unlink()
    link.symlink_to(few)
    assert "is the dataset itself" in run("convert", few, "-o", link, "--force").refusal
