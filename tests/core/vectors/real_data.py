"""The real datasets beside the repository; tests skip where they are absent."""

import gzip
import json
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def lines(name: str) -> list[str]:
    path = SHARED / f"{name}.gz"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    return gzip.decompress(path.read_bytes()).decode("utf-8-sig").splitlines()


def alpaca_prompts(rows: int) -> list[str]:
    records = [json.loads(line) for line in lines("alpaca.jsonl")[:rows]]
    return [f"{record['instruction']}\n{record['input']}".strip() for record in records]
