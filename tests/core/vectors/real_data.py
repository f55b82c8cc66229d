"""What people ask in the real Alpaca."""

import json
from pathlib import Path


def prompts(alpaca: Path, rows: int) -> list[str]:
    """Return instruction and input of the first rows."""
    records = [json.loads(line) for line in alpaca.read_bytes().splitlines()[:rows]]
    return [f"{record['instruction']}\n{record['input']}".strip() for record in records]
