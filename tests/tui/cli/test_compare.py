"""`compare` on the command line: reviews that were made elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from tui.cli.conftest import Run

ANSWERS = {"Answer1": "long answer", "Answer2": "short"}


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_known_figures_of_1030_prompts(run: Run, shared: Path) -> None:
    path = shared / "data" / "pairwise_reviews_gpt3.5.jsonl.gz"
    found = run("compare", "--import-reviews", path, "--json").found
    assert (found["wins"], found["ties"], found["losses"]) == (198, 685, 147)
    assert round(found["score"], 3) == 1.05
    assert (found["flips"], round(found["flip_rate"], 3)) == (672, 0.652)
    assert found["interval"][0] < found["score"] < found["interval"][1]
    sets = found["by_set"]
    assert {name: one["prompts"] for name, one in sets.items()} == {
        "koala": 180,
        "vicuna": 80,
        "wizardlm": 218,
        "sinstruct": 252,
        "lima": 300,
    }


def test_scores_are_taken_as_lists_as_text_and_from_the_reply(run: Run, tmp_path: Path) -> None:
    path = written(
        tmp_path / "reviews.jsonl",
        {"scores": [8, 6], "scores_reverse": [5, 9], **ANSWERS},
        {"scores": "[8.0, 6.0]", "scores_reverse": "[5.0, 9.0]", **ANSWERS},
        {"review": "8 6\nThe first is better.", "review_reverse": "5, 9\nSo it is.", **ANSWERS},
        {"review": "8/10 6/10", "review_reverse": "5/10 9/10", **ANSWERS},
        {"review": "I cannot judge these.", "review_reverse": "5 9", **ANSWERS},
        {"scores": [-1, -1], "scores_reverse": [5, 9], **ANSWERS},
    )
    found = run("compare", "--import-reviews", path, "--json").found
    assert (found["wins"], found["ties"], found["losses"], found["unparsed"]) == (4, 0, 0, 2)
    assert found["longer_wins"] == 1
    shown = run("compare", "--import-reviews", path).out
    assert "2 prompts with a reply that could not be read" in shown


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"scores": [1, 2]}\n', "no row has a review in both orders"),
        ('{"scores": [1, 2], "scores_reverse": [1, 2]}\nno json\n', "line 2: "),
        ("", "the file is empty"),
    ],
)
def test_what_holds_no_reviews_is_refused(run: Run, tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_text(content)
    assert reason in run("compare", "--import-reviews", path).refusal


def test_names_of_sets_are_shown_and_not_obeyed(run: Run, tmp_path: Path) -> None:
    rows = ({"set": name, "scores": [2, 1], "scores_reverse": [1, 2]} for name in ("a\x1b[2Jb", ""))
    shown = run("compare", "--import-reviews", written(tmp_path / "r.jsonl", *rows)).out
    assert "\x1b" not in shown
    assert "(no set)" in shown
