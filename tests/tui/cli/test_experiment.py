"""`tune --arms` and `--sizes`: one command, a run of each arm, each with its losses."""

import json
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from core.tune.tiny import save_model

    return save_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    rows = [
        {"instruction": f"question {row}", "output": "word " * (row % 4 + 1), "score": row % 5}
        for row in range(24)
    ]
    path = tmp_path / "scored.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_alpagasus_experiment_small(run, scored, base):
    asked = ("tune", scored, "--base", base, "--epochs", 1, "--sizes", "4,8", "--signal", "score")
    planned = run(*asked, "--held-out", 4, "--dry-run", "--json").found
    assert [(one["arm"], one["rows"]) for one in planned["experiment"]] == [
        ("top-4", 4), ("top-8", 8), ("random-8", 8), ("full", 20),
    ]  # fmt: skip
    assert planned["held_out"] == 4
    ran = run(*asked, "--held-out", 4, "--json")
    assert ran.code == 0, ran.err
    for one in ran.found["experiment"]:
        assert one["state"] == "finished", one
        assert one["loss"] > 0
        assert one["held_out_loss"] > 0
        assert (Path(one["folder"]) / "adapter").is_dir()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--sizes", "4"), "name it with --signal"),
        (("--signal", "score"), "--signal is what --sizes goes by"),
        (("--sizes", "4", "--signal", "score", "--arms", "kept"), "name one of them"),
        (("--sizes", "many", "--signal", "score"), "are no sizes"),
        (("--sizes", "400", "--signal", "score"), "the best 400 by score cannot be had"),
    ],
)
def test_what_does_not_fit_is_refused(run, scored, base, more, told):
    ran = run("tune", scored, "--base", base, *more)
    assert ran.code == 2
    assert told in ran.err
