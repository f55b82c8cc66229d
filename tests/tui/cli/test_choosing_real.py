"""Choosing from the real Alpaca: the papers' counts, and whether k-center beats random rows."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from dataexplore.selection.overlap import overlap

ROWS = 52_002
CHATGPT = {2.5: 172, 3.0: 1_550, 3.5: 10_811, 4.0: 30_240, 4.5: 9_218, 5.0: 11}
"""Rows of each score that ChatGPT gave; what it gave less than 3 is put at 2.5."""


def unpacked(shared: Path, name: str) -> bytes:
    return gzip.decompress((shared / "data" / f"{name}.gz").read_bytes())


@pytest.fixture(scope="module")
def alpaca(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("choosing") / "alpaca.jsonl"
    path.write_bytes(unpacked(shared, path.name))
    ratings = path.with_name("alpaca_ratings.jsonl")
    ratings.write_bytes(unpacked(shared, ratings.name))
    scores = np.random.default_rng(0).permutation(np.repeat(list(CHATGPT), list(CHATGPT.values())))
    lines = [f"{row},{score}\n" for row, score in enumerate(scores.tolist())]
    path.with_name("chatgpt.csv").write_text("row,chatgpt\n" + "".join(lines))
    return path


@pytest.fixture
def rated(run, alpaca: Path) -> Path:
    if not (alpaca.parent / ".dataexplore").exists():
        for name in ("alpaca_ratings.jsonl", "chatgpt.csv"):
            assert run("scores", alpaca, "--import", alpaca.with_name(name), "--json").code == 0
    return alpaca


@pytest.fixture
def chosen(run, rated: Path, tmp_path: Path):
    def select(*asked: object):
        out = tmp_path / "out.jsonl"
        found = run("select", rated, *asked, "-o", out, "--force", "--no-decide", "--json").found
        return [step["rows"] for step in found["steps"]], out

    return select


@pytest.mark.parametrize(
    ("at", "left"), [(2.5, 52_002), (3, 51_830), (3.5, 50_280), (4, 39_469), (4.5, 9_229), (5, 11)]
)
def test_alpagasus_counts_by_threshold(chosen, at, left):
    asked = ("--recipe", "alpagasus", "--signal", "chatgpt", "--threshold", at)
    assert chosen(*asked)[0] == [left]


def test_the_default_threshold_is_that_of_the_paper(chosen):
    assert chosen("--recipe", "alpagasus", "--signal", "chatgpt")[0] == [9_229]


def test_the_longest_thousand(chosen, rated):
    left, out = chosen("--recipe", "longest-1k")
    assert left == [1_000]
    lengths = sorted((len(json.loads(line)["output"]) for line in rated.open("rb")), reverse=True)
    assert (
        sorted((len(json.loads(line)["output"]) for line in out.open("rb")), reverse=True) == lengths[:1_000]
    )


def test_clustering_and_ranking_has_161_clusters(run, rated, tmp_path):
    asked = ("--recipe", "car", "--signal", "gpt4omini_overall", "-o", tmp_path / "o.jsonl", "--no-decide")
    (step,) = run("select", rated, *asked, "--json").found["steps"]
    assert "of each of 161 clusters" in step["rule"]
    assert 1_000 < step["rows"] <= 1_161


def test_k_center_of_a_thousand_beats_random_thousands(run, rated):
    found = run("coverage", rated, "--k-center", 1_000, "--seeds", 3, "--json").found
    farthest = found["versus"][0]
    assert (farthest["measure"], farthest["verdict"]) == ("max-min distance", "better")
    assert farthest["subset"] < 0.85 * min(farthest["random"])


def test_two_published_choices_share_what_chance_gives(shared):
    lists = json.loads(unpacked(shared, "alpagasus_row_ids.json"))
    rows = {name: np.array(of) for name, of in lists.items()}
    drawn = overlap(rows["claude_t45"], rows["random9k"], ROWS)
    assert (drawn.left, drawn.right) == (5_305, 9_229)
    assert drawn.expected == pytest.approx(941.5, abs=0.1)
    assert abs(drawn.both - drawn.expected) < 3 * drawn.spread
    judged = overlap(rows["claude_t45"], rows["helpfulness_t45"], ROWS)
    assert judged.both == 165, "two prompts to judge by agree less than chance: 206 rows"
    assert judged.both < judged.expected - 2 * judged.spread
