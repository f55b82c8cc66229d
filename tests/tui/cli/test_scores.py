"""`scores` counts, imports, and never takes a missing score for a low one."""

import pytest

from dataexplore.workspace.workspace import open_workspace


def test_signals_are_listed_with_what_is_unscored(run, few):
    signals = {one["name"]: one for one in run("scores", few, "--json").found["signals"]}
    assert signals["score"] == {
        "name": "score",
        "origin": "field",
        "scored": 5,
        "unscored": 1,
        "min": 1.0,
        "max": 5.0,
        "mean": 3.3,
    }
    assert signals["response_chars"]["origin"] == "computed"
    assert not (few.parent / ".dataexplore").exists()


def test_a_threshold_keeps_what_is_at_or_above_it_and_nothing_unscored(run, few):
    found = run("scores", few, "--signal", "score", "--at", 4.5, "--json").found
    assert (found["scored"], found["unscored"], found["kept"]) == (5, 1, 2)
    assert found["values"] == {"1": 1, "2": 1, "4": 1, "4.5": 1, "5": 1}
    assert run("scores", few, "--signal", "score", "--json").found["kept"] is None
    assert "2 rows (33.3%) at score >= 4.5" in run("scores", few, "--signal", "score", "--at", 4.5).out


def test_many_values_are_binned_and_every_row_is_in_a_bin(run, starter):
    found = run("scores", starter, "--signal", "response_chars", "--json").found
    assert found["exact"] is False
    assert sum(found["values"].values()) == found["scored"] == 405


def test_imported_ratings_stay_in_the_workspace(run, few, tmp_path):
    ratings = tmp_path / "ratings.jsonl"
    ratings.write_text('{"row": 5, "judge": 9}\n{"row": 0, "judge": 3}\n{"row": 6, "judge": 1}\n')
    found = run("scores", few, "--import", ratings, "--json").found
    assert (found["matched"], found["unmatched"], found["columns"]) == (2, 1, ["judge"])
    assert found["rated"] == 2
    found = run("scores", few, "--signal", "judge", "--at", 3, "--json").found
    assert (found["scored"], found["unscored"], found["kept"]) == (2, 4, 2)


def test_lines_that_match_are_not_rows_that_are_rated(run, few, tmp_path):
    ratings = tmp_path / "ratings.jsonl"
    ratings.write_text('{"row": 5, "judge": 9}\n{"row": 5, "judge": null}\n{"row": 0, "judge": 3}\n')
    ran = run("scores", few, "--import", ratings)
    assert "3 lines matched a row, 0 did not; 1 of 6 rows rated: judge" in ran.err


def test_ratings_can_be_matched_on_a_shared_field(run, few, tmp_path):
    ratings = tmp_path / "ratings.csv"
    ratings.write_text("instruction,judge\nquestion 3,2\n")
    found = run(
        "scores", few, "--import", ratings, "--on", "instruction", "--signal", "judge", "--json"
    ).found
    assert found["values"] == {"2": 1}


@pytest.mark.parametrize("name", ["scroe", "\x1b[2J"])
def test_an_unknown_signal_is_refused(run, few, name):
    refusal = run("scores", few, "--signal", name).refusal
    assert "no signal is called" in refusal
    assert "\x1b" not in refusal


def test_an_import_is_refused_while_another_session_writes_and_reading_is_not(run, few, tmp_path):
    ratings = tmp_path / "ratings.jsonl"
    ratings.write_text('{"row": 5, "judge": 9}\n')
    other = open_workspace(few)
    try:
        assert "process" in run("scores", few, "--import", ratings).refusal
        assert run("scores", few, "--json").code == 0
    finally:
        other.close()
    assert run("scores", few, "--import", ratings).code == 0
