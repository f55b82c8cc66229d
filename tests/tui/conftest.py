"""Files that the screen's stories are played on."""

import shutil
from pathlib import Path

import pytest

from tui.driver import write_rows

_SAMPLE = Path(__file__).parents[2] / "sample_data" / "starter.jsonl"


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """A copy of the sample with a workspace of its own."""
    return Path(shutil.copy(_SAMPLE, tmp_path))


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Ten rows with a score: rows 1 to 10 score 1 to 10."""
    rows = [
        {"instruction": f"Question number {n}", "input": "", "output": "word " * n, "judge": n}
        for n in range(1, 11)
    ]
    return write_rows(tmp_path / "tiny.jsonl", rows)
