"""Two sides of a benchmark in turn, each in a process of its own with all processors, on the same vectors."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def options(about: str, sides: tuple[str, str], rounds: int) -> argparse.ArgumentParser:
    """Return a parser with what every such benchmark takes."""
    parser = argparse.ArgumentParser(description=about.split("\n")[0])
    parser.add_argument("dataset", type=Path, help="JSONL with instruction and input")
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--encoder", default="static")
    parser.add_argument("--side", choices=sides, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    return parser


def in_turn(script: str, sides: tuple[str, str], rounds: int) -> dict[str, list[dict[str, Any]]]:
    """Run both sides of `script` with the arguments of this process, `rounds` times with seeds from 0."""
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    environment["PYTHONPATH"] = str(ROOT / "core")
    results: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    for seed in range(rounds):
        for side, runs in results.items():
            command = [sys.executable, script, *sys.argv[1:], "--side", side, "--seed", str(seed)]
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            runs.append(json.loads(done.stdout.splitlines()[-1]))
    return results


def vectors_of(dataset: Path, encoder: str) -> Any:
    """Return the vectors of the prompts that have one."""
    import numpy

    from dataexplore.vectors.encoder import find_encoder

    rows = [json.loads(line) for line in dataset.read_bytes().splitlines()]
    texts = [row["instruction"] + ("\n" + row["input"] if row.get("input") else "") for row in rows]
    vectors = find_encoder(encoder).encode(texts)
    return numpy.ascontiguousarray(vectors[vectors.any(axis=1)])
