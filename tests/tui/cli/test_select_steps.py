"""`select`: the steps there are options for, the recipes by name, and what is printed beside them."""

import json

import pytest


def rows(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_the_recipes_are_listed(run, few, tmp_path):
    listed = run("select", "--recipes")
    assert listed.code == 0
    assert listed.out.splitlines()[0].split() == ["recipe", "keeps", "source"]
    assert len(listed.out.splitlines()) == 10
    assert run("select", few, "--recipe", "list").out == listed.out
    found = run("select", few, "--recipe", "list", "--json").found["recipes"]
    assert [one["name"] for one in found][:3] == ["lima", "alpagasus", "ltd"]
    assert found[1]["settings"] == ["threshold", "seed"]
    assert not (few.parent / ".dataexplore").exists()


def test_steps_are_taken_in_their_order(run, starter, tmp_path):
    out = tmp_path / "out.jsonl"
    asked = ("--where", "output <> ''", "--duplicates", 0.9, "--cluster-quota", 5, "-k", 10)
    asked += ("--k-center", 30, "--size", 20, "--seed", 3, "--no-decide")
    found = run("select", starter, *asked, "-o", out, "--json").found
    assert [step["rule"] for step in found["steps"]] == [
        "only output <> ''",
        "duplicates >= 0.90, longest",
        "random 5 of each of 10 clusters",
        "k-center 30, seed 3",
        "random 20, seed 3",
    ]
    left = [step["rows"] for step in found["steps"]]
    assert left == sorted(left, reverse=True)
    assert 30 < left[2] <= 50
    assert left[3:] == [30, 20]
    assert len(rows(out)) == 20
    assert "recipe" not in found


def test_the_best_of_each_cluster_and_the_best_of_duplicates_go_by_the_signal(run, starter, tmp_path):
    asked = ("--duplicates", 0.9, "--policy", "best score", "--cluster-quota", 1, "--signal", "strict_judge")
    out = tmp_path / "out.jsonl"
    found = run("select", starter, *asked, "-o", out, "--no-decide", "--json").found
    assert [step["rule"] for step in found["steps"]] == [
        "duplicates >= 0.90, best score (strict_judge)",
        "best 1 by strict_judge of each cluster",
    ]
    assert found["steps"][1]["rows"] == 14
    assert min(row["strict_judge"] for row in rows(out)) > 4


def test_a_recipe_by_name_stands_beside_its_paper(run, starter, tmp_path):
    out = tmp_path / "out.jsonl"
    asked = ("select", starter, "--recipe", "alpagasus", "--signal", "strict_judge", "-o", out, "--no-decide")
    found = run(*asked, "--json").found
    assert found["steps"] == [
        {"rule": "strict_judge >= 4.5", "rows": 163, "paper": "9,229 of 52,002 at >= 4.5"}
    ]
    assert (found["recipe"]["name"], found["recipe"]["source"]) == ("alpagasus", "arXiv 2307.08701")
    ran = run(*asked, "--force")
    assert ran.out.splitlines()[0].split("  ")[-1] == "in the paper"
    assert "9,229 of 52,002 at >= 4.5" in ran.out
    assert "alpagasus (arXiv 2307.08701): Another judge" in ran.out


@pytest.mark.parametrize(
    ("name", "left"),
    [("ltd", [2]), ("semdedup", [385]), ("lima", None), ("deita", None), ("car", None), ("longest-1k", None)],
)
def test_every_recipe_runs_twice_to_the_same_bytes(run, starter, tmp_path, name, left):
    asked = ["select", starter, "--recipe", name, "--no-decide", "--json"]
    asked += ["--signal", "strict_judge"] if name in ("deita", "car") else []
    asked += ["--size", 40] if name in ("deita", "car", "longest-1k") else []
    written = []
    for out in (tmp_path / "a.jsonl", tmp_path / "b.jsonl"):
        found = run(*asked, "-o", out).found
        assert found["rows"] == found["steps"][-1]["rows"]
        assert left is None or [step["rows"] for step in found["steps"]] == left
        written.append(out.read_bytes())
    assert written[0] == written[1]


def test_a_recorded_recipe_replays_from_its_file(run, starter, tmp_path):
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    asked = ("--recipe", "car", "--signal", "strict_judge", "--size", 30)
    run("select", starter, *asked, "-o", first)
    run("export", starter, "-o", tmp_path / "out" / "x.jsonl")
    recipe = tmp_path / "out" / "recipe.toml"
    assert "version = 3" in recipe.read_text()
    fresh = tmp_path / "fresh"
    run("select", starter, "--recipe", recipe, "-o", second, "--workspace", fresh, "--no-decide")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--recipe", "alpagasus"), "needs a signal to go by; there are score, response_chars, tokens"),
        (("--recipe", "alpagasus", "--signal", "scroe"), "did you mean score?"),
        (("--recipe", "alpagasus", "--signal", "score", "--size", 3), "has no size; it has threshold, seed"),
        (("--recipe", "alpagasu"), "no such recipe; name a file, or a recipe of `select --recipes`"),
        (("--recipe", "semdedup", "-k", 99), "99"),
        (("--k-center", 99), "99 rows were asked for, but 6 are left"),
        (("--policy", "longest", "--size", 2), "give --duplicates T with it"),
        (("--duplicates", 0.9, "--policy", "prettiest"), "no policy is called 'prettiest'"),
        (("--duplicates", 1.5), "between 0 and 1"),
        (("--threshold", 0.5, "--size", 2), "--threshold is for a recipe by name"),
        (("-k", 3, "--size", 2), "-k is for a recipe by name or --cluster-quota"),
        ((), "nothing to select by"),
    ],
)
def test_what_is_lacking_is_said_and_nothing_is_written(run, few, tmp_path, asked, says):
    out = tmp_path / "out.jsonl"
    assert says in run("select", few, *asked, "-o", out).refusal
    assert not out.exists()


def test_a_target_must_be_named(run, few):
    assert "name the file to write: -o OUT" in run("select", few, "--size", 2).refusal
