"""`select --in` and `--not-in`: sets of rows, and steps that run once."""

import pytest

from dataexplore.selection.rules import Random
from dataexplore.session.session import Session


@pytest.fixture
def halves(run, starter):
    # Of copies of a row as many count as a file has: sets of bytes cannot tell that.
    starter.write_bytes(b"".join(dict.fromkeys(starter.read_bytes().splitlines(keepends=True))))
    paths = [starter.with_name(name) for name in ("a.jsonl", "b.jsonl")]
    for seed, path in enumerate(paths):
        run("select", starter, "--size", 100, "--seed", seed, "-o", path, "--no-decide")
    return paths


def lines(path):
    return set(path.read_bytes().splitlines())


def test_sets_of_rows(run, starter, halves, tmp_path):
    a, b = halves
    out = tmp_path / "out.jsonl"
    for asked, rows in (
        (("--in", a, b), lines(a) | lines(b)),
        (("--in", a, "--in", b), lines(a) & lines(b)),
        (("--in", a, "--not-in", b), lines(a) - lines(b)),
        (("--not-in", a, b), lines(starter) - lines(a) - lines(b)),
    ):
        found = run("select", starter, *asked, "-o", out, "--no-decide", "--force", "--json").found
        assert lines(out) == rows
        assert found["rows"] == len(rows)
    assert found["steps"] == [{"rule": "without rows in a.jsonl, b.jsonl", "rows": len(rows)}]


def test_the_recipe_of_a_set_replays_without_the_files(run, starter, halves, tmp_path):
    a, b = halves
    run("select", starter, "--in", a, "--not-in", b, "-o", tmp_path / "c.jsonl")
    run("export", starter, "-o", tmp_path / "out" / "d.jsonl")
    a.unlink()
    b.unlink()
    again = tmp_path / "again.jsonl"
    recipe = tmp_path / "out" / "recipe.toml"
    run("select", starter, "--recipe", recipe, "-o", again, "--no-decide", "--workspace", tmp_path / "w")
    assert again.read_bytes() == (tmp_path / "c.jsonl").read_bytes()


def test_a_file_that_is_lacking_or_another_is_named(run, starter, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text('{"instruction":"not here","output":"x"}\n')
    for path, word in (
        (tmp_path / "nope.jsonl", "no such file"),
        (other, "none of its rows is in the dataset"),
    ):
        refused = run("select", starter, "--in", path, "-o", tmp_path / "out.jsonl")
        assert path.name in refused.refusal
        assert word in refused.refusal
    assert not (tmp_path / "out.jsonl").exists()


def test_steps_that_are_recorded_ran_once(run, starter, tmp_path, monkeypatch):
    asked = []
    outcome = Random.outcome

    def counted(rule, known, alive):
        asked.append(rule)
        return outcome(rule, known, alive)

    monkeypatch.setattr(Random, "outcome", counted)
    run("select", starter, "--size", 20, "-o", tmp_path / "out.jsonl")
    assert asked == [Random(20)]
    session = Session.open(starter)
    assert session.state.counts.keep == 20
    assert len(session.acts) == 1
    session.close()
