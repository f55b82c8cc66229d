"""`duplicates` and `clusters` on the sample, against the flaws that its page lists."""

import re

from .conftest import REPOSITORY


def planted(flaw: str) -> list[list[int]]:
    """Return the groups of rows (from 0) that the sample's page lists for a flaw."""
    page = (REPOSITORY / "sample_data" / "README.md").read_text()
    line = re.search(rf"^\| `{flaw}` \| ([^|]*) \|", page, re.MULTILINE)
    assert line, flaw
    return [[int(row) - 1 for row in group.split("+")] for group in line[1].split(", ")]


def recall(groups: list[list[int]], flaw: str) -> float:
    """Return the share of planted pairs that ended in one group."""
    of = {row: number for number, rows in enumerate(groups) for row in rows}
    pairs = [(first, row) for first, *others in planted(flaw) for row in others]
    return sum(first in of and of[first] == of.get(row) for first, row in pairs) / len(pairs)


def test_planted_duplicates_are_found_and_hardly_anything_else(run, starter):
    found = run("duplicates", starter, "--top", 999, "--json").found
    assert found["encoder"] == "static"
    assert found["threshold"] == 0.9
    groups = [one["rows"] for one in found["largest"]]
    assert len(groups) == found["groups"]
    assert found["duplicates"] == sum(map(len, groups)) - len(groups)
    assert found["rows_left"] == 405 - found["duplicates"]
    assert recall(groups, "exact duplicate") == 1
    assert recall(groups, "light paraphrase") == 1
    known = {
        row
        for flaw in ("exact duplicate", "light paraphrase", "paraphrase")
        for group in planted(flaw)
        for row in group
    }
    strangers = [rows for rows in groups if not set(rows) <= known]
    assert len(strangers) <= 0.1 * len(groups)


def test_a_lower_threshold_finds_more_paraphrases(run, starter):
    def groups(threshold: float) -> list[list[int]]:
        found = run("duplicates", starter, "--threshold", threshold, "--top", 999, "--json").found
        return [one["rows"] for one in found["largest"]]

    assert recall(groups(0.9), "paraphrase") < recall(groups(0.75), "paraphrase")


def test_groups_are_listed_largest_first_with_rows_as_on_screen(run, starter):
    ran = run("duplicates", starter, "--top", 1)
    assert ran.code == 0
    assert "17 groups, 20 duplicates, 385 rows left" in ran.out
    assert "84 179 389" in ran.out
    assert "and 16 more" in ran.out


def test_answers_can_be_compared_too(run, starter):
    found = run("duplicates", starter, "--field", "response", "--top", 0, "--json").found
    assert found["field"] == "response"
    assert found["largest"] == []


def test_clusters_cover_all_rows_and_repeat_with_their_seed(run, starter):
    first = run("clusters", starter, "-k", 8, "--seed", 3, "--json").found
    again = run("clusters", starter, "-k", 8, "--seed", 3, "--json").found
    assert first["k"] == len(first["sizes"]) == len(first["labels"]) == 8
    assert sum(first["sizes"]) + first["without_vector"] == 405
    assert first["sizes"] == sorted(first["sizes"], reverse=True)
    assert all(isinstance(term, str) for terms in first["labels"] for term in terms)
    assert first["inertia"] > 0
    assert {**first, "seconds": 0} == {**again, "seconds": 0}


def test_the_largest_topic_names_a_cluster(run, starter):
    out = run("clusters", starter).out
    assert "inertia" in out
    assert re.search(r"recipe|butter|bake|cook", out)


def test_more_clusters_than_rows_are_refused(run, few):
    assert "7 clusters" in run("clusters", few, "-k", 7).refusal


def test_a_threshold_comes_from_the_encoder_and_says_what_it_means(run, starter):
    shipped = run("duplicates", starter, "--json").found
    assert shipped["threshold"] == 0.9
    assert shipped["meaning"].startswith("0.90 = top ")
    letters = run("duplicates", starter, "--encoder", "lexical", "--json").found
    assert 0.8 < letters["threshold"] < 0.95
    assert "with the encoder lexical" in letters["meaning"]
    assert letters["meaning"] in run("duplicates", starter, "--encoder", "lexical").out
    assert run("duplicates", starter, "--kind", "lexical", "--json").found["meaning"] == ""
