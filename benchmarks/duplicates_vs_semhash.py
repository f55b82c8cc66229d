"""Near-duplicates from encode to groups, beside SemHash on the same prompts with the same static encoder.

SemHash lives in a venv of its own:

    python3 -m venv .venv-peers && .venv-peers/bin/pip install semhash
    PEER_PYTHON=.venv-peers/bin/python python benchmarks/duplicates_vs_semhash.py alpaca.jsonl

Both sides run one after the other, three times, in processes of their own; reading the file and importing
libraries are not counted, loading the encoder is. The peer gets the encoder as float32 without per-token
scales, its fastest path. Goal: at most 0.3 of the peer's time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.3


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("dataset", type=Path, help="JSONL with instruction and input")
    arguments.add_argument(
        "--peer-python", default=os.environ.get("PEER_PYTHON"), help="interpreter with semhash"
    )
    arguments.add_argument("--threshold", type=float, default=0.9)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--side", choices=("ours", "peer"), help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.side:
        measure = ours if options.side == "ours" else peer
        print(json.dumps(measure(prompts(options.dataset), options.threshold)))
        return 0
    if not options.peer_python:
        arguments.error("name the interpreter that has semhash: --peer-python or PEER_PYTHON")
    results: dict[str, list[dict[str, float]]] = {"ours": [], "peer": []}
    for _ in range(options.rounds):
        for side, python in (("ours", sys.executable), ("peer", options.peer_python)):
            results[side].append(measured(python, side, options.dataset, options.threshold))
    for side, runs in results.items():
        print(side, *(f"{run['seconds']:.2f} s" for run in runs), "duplicates", runs[0]["duplicates"])
    ratio = statistics.median(r["seconds"] for r in results["ours"]) / statistics.median(
        r["seconds"] for r in results["peer"]
    )
    print(f"ratio {ratio:.2f} (goal {GOAL})")
    return 0 if ratio <= GOAL else 1


def measured(python: str, side: str, dataset: Path, threshold: float) -> dict[str, float]:
    command = [python, __file__, str(dataset), "--side", side, "--threshold", str(threshold)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "core") if side == "ours" else "",
        "HF_HUB_OFFLINE": "1",
    }
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def prompts(dataset: Path) -> list[str]:
    with dataset.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["instruction"] + ("\n" + row["input"] if row.get("input") else "") for row in rows]


def ours(texts: list[str], threshold: float) -> dict[str, float]:
    import numpy  # noqa: F401 # imports are not timed
    import tokenizers  # noqa: F401 # imports are not timed

    from dataexplore.duplicates.edges import find_edges
    from dataexplore.duplicates.groups import group
    from dataexplore.vectors.encoder import find_encoder

    begin = time.perf_counter()
    vectors = find_encoder("static").encode(texts)
    groups = group(find_edges(vectors, texts, floor=threshold), threshold)
    return {"seconds": time.perf_counter() - begin, "duplicates": groups.duplicates}


def peer(texts: list[str], threshold: float) -> dict[str, float]:
    import numpy
    from model2vec import StaticModel
    from semhash import SemHash

    begin = time.perf_counter()
    shipped = StaticModel.from_pretrained(ROOT / "core" / "dataexplore" / "vectors" / "static_model")
    scaled = shipped.embedding.astype(numpy.float32) * shipped.weights[:, None]
    model = StaticModel(scaled, shipped.tokenizer, shipped.config, normalize=True)
    result = SemHash.from_records(texts, model=model).self_deduplicate(threshold=threshold)
    return {"seconds": time.perf_counter() - begin, "duplicates": len(result.filtered)}


if __name__ == "__main__":
    sys.exit(main())
