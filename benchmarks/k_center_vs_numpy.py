"""k-center greedy beside the same in plain numpy: one product of all rows with each pick.

    python benchmarks/k_center_vs_numpy.py alpaca.jsonl

Reading, encoding and importing are not counted. Both must pick the same rows in the same order. Goal: at most
half of plain numpy's time.
"""

import json
import statistics
import sys
import time
from typing import Any

from in_turn import in_turn, options, vectors_of

GOAL = 0.5
SIDES = ("ours", "plain")


def main() -> int:
    parser = options(__doc__, SIDES, rounds=3)
    parser.add_argument("--size", type=int, default=1000)
    asked = parser.parse_args()
    if asked.side:
        from dataexplore.coverage.kcenter import k_center

        vectors = vectors_of(asked.dataset, asked.encoder)
        begin = time.perf_counter()
        picked = (k_center if asked.side == "ours" else plain)(vectors, asked.size, asked.seed)
        print(json.dumps({"seconds": time.perf_counter() - begin, "picked": picked.tolist()}))
        return 0
    results = in_turn(__file__, SIDES, asked.rounds)
    for side, runs in results.items():
        print(side, *(f"{run['seconds']:.2f} s" for run in runs))
    ours, other = (statistics.median(run["seconds"] for run in runs) for runs in results.values())
    same = all(one["picked"] == two["picked"] for one, two in zip(*results.values(), strict=True))
    print(f"ratio {ours / other:.2f} (goal {GOAL}), {'the same' if same else 'OTHER'} picks")
    return 0 if same and ours / other <= GOAL else 1


def plain(vectors: Any, size: int, seed: int) -> Any:
    import numpy

    picked = numpy.empty(size, numpy.int64)
    picked[0] = numpy.random.default_rng(seed).integers(len(vectors))
    near = numpy.full(len(vectors), -1, numpy.float32)
    for step in range(1, size):
        numpy.maximum(near, vectors @ vectors[picked[step - 1]], out=near)
        near[picked[step - 1]] = 2
        picked[step] = near.argmin()
    return picked


if __name__ == "__main__":
    sys.exit(main())
