"""Rows to pack, files to open, and what came out."""

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import open_dataset

ROWS = [{"instruction": f"i{row}", "input": "", "output": "é🦊\n" * (row % 3)} for row in range(50)]
LINES = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in ROWS)
TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
within = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example writes the file anew, so they may share a folder."""


def records(dataset: Dataset) -> list[dict[str, Any]]:
    return [dataset.record(row) for row in range(len(dataset))]


def opened(path: Path, data: bytes) -> Dataset:
    path.write_bytes(data)
    return open_dataset(path)
