"""The sample's page lists its flaws by row; what the program flags is measured against it."""

import re

import numpy as np
import pytest

from dataexplore.dataset.loading import open_dataset
from dataexplore.signals.signal import field_signals
from dataexplore.text import visible
from paths import ROOT

SAMPLE = ROOT / "sample_data"


def planted(flaw: str) -> set[int]:
    """Return the rows (from 0) that the page lists for a flaw without groups."""
    page = (SAMPLE / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^\| `{flaw}` \| ([^|]*) \|", page, re.MULTILINE)
    assert found, flaw
    return {int(row) - 1 for row in found[1].split(", ")}


@pytest.mark.parametrize(
    ("flaw", "problem"),
    [
        ("empty answer", "empty response"),
        ("escape sequence", "control characters"),
        ("invisible characters", "invisible characters"),
    ],
)
def test_every_planted_flaw_is_flagged_and_nothing_else(flaw: str, problem: str) -> None:
    data = open_dataset(SAMPLE / "starter.jsonl")
    assert set(data.problems[problem].tolist()) == planted(flaw)


@pytest.mark.parametrize("judge", ["strict_judge", "lenient_judge"])
def test_unscored_rows_are_those_that_the_page_names(judge: str) -> None:
    scores = field_signals(open_dataset(SAMPLE / "starter.jsonl").frame)[judge].scores
    assert set(np.flatnonzero(np.isnan(scores)).tolist()) == planted(f"unscored {judge}")


def test_escape_sequences_become_visible_and_markup_stays_letter_for_letter() -> None:
    data = open_dataset(SAMPLE / "starter.jsonl")
    for row in planted("escape sequence"):
        both = str(data.prompts[row]) + str(data.responses[row])
        assert "\x1b" not in visible(both)
        assert visible(both) != both
    for row in planted("markup"):
        line = str(data.prompts[row]).replace("\n", " ")
        assert visible(line) == line
