"""What the real data asks, and how well an encoder tells its pairs apart."""

import json
from pathlib import Path

import numpy as np

from dataexplore.vectors.encoder import Encoder


def prompts(alpaca: Path, rows: int) -> list[str]:
    """Return instruction and input of the first rows."""
    records = [json.loads(line) for line in alpaca.read_bytes().splitlines()[:rows]]
    return [f"{record['instruction']}\n{record['input']}".strip() for record in records]


def mrpc_auc(mrpc: Path, encoder: Encoder) -> float:
    """Return the chance that a pair of paraphrases scores above another pair, ties counting half."""
    lines = mrpc.read_text("utf-8-sig").splitlines()[1:]
    pairs = [line.split("\t") for line in lines]
    left, right = (encoder.encode([pair[side] for pair in pairs]) for side in (-2, -1))
    scores, positive = (left * right).sum(axis=1), np.array([pair[0] == "1" for pair in pairs])
    above = scores[positive][:, None] - scores[~positive][None, :]
    return float((above > 0).mean() + (above == 0).mean() / 2)
