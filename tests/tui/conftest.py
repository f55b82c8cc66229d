"""Files that the screen's stories are played on."""

import json
import shutil
from pathlib import Path

import pytest

_SAMPLE = Path(__file__).parents[2] / "sample_data" / "starter.jsonl"


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """A copy of the sample with a workspace of its own."""
    return Path(shutil.copy(_SAMPLE, tmp_path))


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Ten rows with a score: rows 1 to 10 score 1 to 10."""
    path = tmp_path / "tiny.jsonl"
    rows = [
        {"instruction": f"Question number {n}", "input": "", "output": "word " * n, "judge": n}
        for n in range(1, 11)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
