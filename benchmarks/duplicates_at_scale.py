"""Duplicates of many rows: seconds and memory as the rows grow, and what the approximate search finds.

    python benchmarks/duplicates_at_scale.py alpaca.jsonl --rows 52002 208000 1000000

Rows beyond the file's own are its prompts with a part of their words replaced by words of other prompts, so
that most are unlike each other; `copies` are 20,000 near-copies of one prompt. Each size and kind runs in a
process of its own; its peak of memory is shown. Recall is against exact products of some rows with all.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("semantic", "lexical", "copies")
COPIES = 20_000
SAMPLE = 2000
REPLACED = (0.3, 0.7)
MOST_GIB = 6.0


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("dataset", type=Path, help="JSONL with instruction and input")
    arguments.add_argument("--rows", type=int, nargs="+", default=[52_002, 208_000, 1_000_000])
    arguments.add_argument("--kind", choices=KINDS, nargs="+", default=list(KINDS))
    arguments.add_argument("--floor", type=float, default=0.9)
    arguments.add_argument("--approximate", action="store_true", help="take the HNSW index at any size")
    arguments.add_argument("--side", action="store_true", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.side:
        print(json.dumps(measure(options)))
        return 0
    most = 0.0
    for kind in options.kind:
        for rows in [COPIES] if kind == "copies" else options.rows:
            command = [sys.executable, __file__, str(options.dataset), "--side", "--kind", kind]
            command += ["--rows", str(rows), "--floor", str(options.floor)]
            command += ["--approximate"] * options.approximate
            environment = {**os.environ, "PYTHONPATH": str(ROOT / "core"), "HF_HUB_OFFLINE": "1"}
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            found = json.loads(done.stdout.splitlines()[-1])
            most = max(most, found["peak_gib"])
            print(
                kind,
                f"{rows:,} rows:",
                ", ".join(f"{name} {value}" for name, value in found.items()),
                flush=True,
            )
    return 0 if most < MOST_GIB else 1


def measure(options: argparse.Namespace) -> dict[str, object]:
    import numpy as np

    from dataexplore.duplicates import edges as searching
    from dataexplore.duplicates.curve import curve
    from dataexplore.duplicates.groups import group
    from dataexplore.duplicates.lexical import lexical_edges
    from dataexplore.vectors.encoder import find_encoder

    make = near_copies if options.kind == ["copies"] else grown
    texts = make(options.dataset, options.rows[0])
    found: dict[str, object] = {}
    begin = time.perf_counter()
    if options.kind != ["lexical"]:
        vectors = find_encoder("static").encode(texts)
        found["encode_s"] = since(begin)
        if options.approximate:
            searching.APPROXIMATE_ABOVE = 0
        begin = time.perf_counter()
        edges = searching.find_edges(vectors, texts, options.floor)
    else:
        edges = lexical_edges(texts, options.floor)
    found["edges_s"] = since(begin)
    found |= {"pairs": len(edges), "exact": edges.exact}
    begin = time.perf_counter()
    counts = curve(edges)
    found["curve_s"] = since(begin)
    begin = time.perf_counter()
    counts.over(np.linspace(options.floor, 1, 100).tolist())
    found["hundred_thresholds_ms"] = round((time.perf_counter() - begin) * 1000, 1)
    begin = time.perf_counter()
    groups = group(edges, (1 + options.floor) / 2)
    found["group_ms"] = round((time.perf_counter() - begin) * 1000)
    found["groups"] = len(groups)
    found["peak_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    if options.kind != ["lexical"] and not edges.exact:
        found["recall"] = recall(vectors, edges.i, edges.j, options.floor)
    return found


def recall(vectors, i, j, floor) -> float:  # type: ignore[no-untyped-def] # arrays; numpy is imported by sides alone
    """Return the share of the pairs of sampled rows that were found."""
    import numpy as np

    sample = np.sort(np.random.default_rng(0).choice(len(vectors), min(SAMPLE, len(vectors)), replace=False))
    codes = np.sort(
        np.concatenate([i.astype(np.int64) * len(vectors) + j, j.astype(np.int64) * len(vectors) + i])
    )
    there = hit = 0
    for start in range(0, len(vectors), 65536):
        row, column = np.nonzero(vectors[sample] @ vectors[start : start + 65536].T >= floor)
        pairs = sample[row] * len(vectors) + column + start
        pairs = pairs[sample[row] != column + start]
        at = np.minimum(np.searchsorted(codes, pairs), max(len(codes) - 1, 0))
        there, hit = there + len(pairs), hit + int((codes[at] == pairs).sum() if len(codes) else 0)
    return round(hit / there, 4) if there else 1.0


def near_copies(dataset: Path, rows: int) -> list[str]:
    """Return a long prompt again and again, with three of its words replaced."""
    texts = grown(dataset, 0)
    words, draw = max(texts[:300], key=len).split(), random.Random(0)
    every = [word for text in texts for word in text.split()]
    found = []
    for _ in range(rows):
        copy = list(words)
        for place in draw.sample(range(len(words)), 3):
            copy[place] = draw.choice(every)
        found.append(" ".join(copy))
    return found


def grown(dataset: Path, rows: int) -> list[str]:
    """Return the file's prompts, and after them edited ones until there are enough."""
    with dataset.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    texts = [
        record["instruction"] + ("\n" + record["input"] if record.get("input") else "") for record in records
    ]
    own = [text.split() for text in texts]
    every = [word for words in own for word in words]
    draw = random.Random(0)
    while len(texts) < rows:
        words = list(own[len(texts) % len(own)])
        share = draw.uniform(*REPLACED)
        texts.append(" ".join(draw.choice(every) if draw.random() < share else word for word in words))
    return texts[:rows] if rows else texts


def since(begin: float) -> float:
    return round(time.perf_counter() - begin, 2)


if __name__ == "__main__":
    sys.exit(main())
