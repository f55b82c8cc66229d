"""`duplicates` by kind, with split chains, by what is left, and against test prompts."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Six rows: the first three the same but for case or a letter, the fourth in other words."""
    prompts = [
        "Write a short poem about the sea at night.",
        "write a short poem  about the sea at night.",
        "Write a short poem about the sea at nights.",
        "Compose brief verse on the nightly ocean",
        "What is the capital of France?",
        "Solve 3x + 10 = 5(x - 2) for x",
    ]
    path = tmp_path / "asked.jsonl"
    path.write_text(
        "".join(json.dumps({"instruction": one, "output": f"answer to {one}"}) + "\n" for one in prompts)
    )
    return path


def test_each_kind_finds_its_own(run, asked):
    def found(kind: str) -> tuple[list[list[int]], dict[str, int]]:
        said = run("duplicates", asked, "--kind", kind, "--threshold", 0.8, "--json").found
        assert said["kind"] == kind
        return [one["rows"] for one in said["largest"]], said["pairs"]

    assert found("exact") == ([[0, 1]], {"exact": 1, "lexical": 0, "semantic": 0})
    assert found("lexical") == ([[0, 1, 2]], {"exact": 1, "lexical": 1, "semantic": 0})
    rows, pairs = found("all")
    assert rows[0] == [0, 1, 2]
    assert pairs["exact"] == 1
    assert run("duplicates", asked, "--kind", "exact", "--json").found["encoder"] is None


def test_pairs_are_kept_in_the_workspace_and_a_damaged_file_is_made_again(run, asked):
    first = run("duplicates", asked, "--kind", "lexical", "--json").found
    (kept,) = (asked.parent / ".dataexplore" / asked.name / "edges").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1])
    again = run("duplicates", asked, "--kind", "lexical", "--json").found
    assert kept.read_bytes() == whole
    assert {**first, "seconds": 0} == {**again, "seconds": 0}


def test_a_number_of_rows_names_its_threshold(run, asked):
    said = run("duplicates", asked, "--kind", "lexical", "--leave", 5, "--json").found
    assert said["rows_left"] == 5
    assert 0.9 < said["threshold"] <= 1
    assert {left["threshold"]: left["rows_left"] for left in said["curve"]}[0.8] == 4
    assert "choose 4 to 5" in run("duplicates", asked, "--kind", "lexical", "--leave", 6).refusal


def test_chains_say_how_far_their_ends_are_and_can_be_split(run, starter):
    def largest(*options: object) -> list[dict]:
        return run("duplicates", starter, "--threshold", 0.6, "--json", "--top", 999, *options).found[
            "largest"
        ]

    chained = [one for one in largest() if one["chained"]]
    assert chained
    assert all(one["diameter"] < 0.6 <= one["lowest"] for one in chained)
    for one in largest("--linkage", "complete"):
        assert not one["chained"]
        assert one["diameter"] == one["lowest"] >= 0.6
    assert len(largest("--linkage", "star")) >= len(largest())
    assert "at its ends" in run("duplicates", starter, "--threshold", 0.6).out


def test_test_prompts_in_the_data_are_named_with_their_row(run, asked, tmp_path):
    tests = tmp_path / "tests.jsonl"
    prompts = ["what is the  CAPITAL of france?", "Solve 3x + 10 = 5(x - 2) for x.", "Sing \x1b[31mloudly"]
    tests.write_text("".join(json.dumps({"prompt": one}) + "\n" for one in prompts))
    said = run("duplicates", asked, "--against", tests, "--json").found
    assert (said["prompts"], said["leaked"], said["prompts_leaked"]) == (3, 2, 2)
    assert said["by_kind"] == {"exact": 1, "lexical": 1, "semantic": 0}
    assert [(one["row"], one["prompt"], one["kind"]) for one in said["rows"]] == [
        (4, 0, "exact"),
        (5, 1, "lexical"),
    ]
    shown = run("duplicates", asked, "--against", tests, "--kind", "exact").out
    assert "1 row like 1 of 3 prompts" in shown
    assert "5  exact" in shown
    assert "\x1b" not in run("duplicates", asked, "--against", tests, "--threshold", 0.01).out


def test_what_does_not_go_together_is_refused(run, asked, tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text('{"instruction": " ", "output": ""}\n')
    assert "no prompts" in run("duplicates", asked, "--against", empty).refusal
    assert "--against finds no groups" in run("duplicates", asked, "--against", empty, "--leave", 3).refusal
    assert "--threshold" in run("duplicates", asked, "--threshold", 0).refusal
    assert "turn:N" in run("duplicates", asked, "--field", "question").refusal
