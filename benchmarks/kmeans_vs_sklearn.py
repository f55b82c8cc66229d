"""k-means beside scikit-learn's MiniBatchKMeans, on the same vectors of the same prompts.

    python benchmarks/kmeans_vs_sklearn.py alpaca.jsonl

Reading, encoding and importing are not counted. The peer keeps its own settings (batches of 1,024 rows, one
start); inertia is measured in the same way for both: squared distances of all rows to the nearest centre.
Goal: at most 1.2 of the peer's time at no higher inertia.
"""

import json
import statistics
import sys
import time
from typing import Any

from in_turn import in_turn, options, vectors_of

GOAL = 1.2
SIDES = ("ours", "peer")


def main() -> int:
    parser = options(__doc__, SIDES, rounds=5)
    parser.add_argument("-k", type=int, default=161)
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps(measured(asked.side, vectors_of(asked.dataset, asked.encoder), asked.k, asked.seed)))
        return 0
    results = in_turn(__file__, SIDES, asked.rounds)
    for side, runs in results.items():
        print(side, *(f"{run['seconds']:.2f} s (inertia {run['inertia']:,.0f})" for run in runs))

    def ratio(name: str) -> float:
        ours, peer = (statistics.median(run[name] for run in runs) for runs in results.values())
        return ours / peer

    seconds, inertia = ratio("seconds"), ratio("inertia")
    print(f"ratio {seconds:.2f} (goal {GOAL}), inertia {inertia:.4f} of the peer's (goal 1)")
    return 0 if seconds <= GOAL and inertia <= 1 else 1


def measured(side: str, vectors: Any, k: int, seed: int) -> dict[str, float]:
    import numpy

    seconds, centres = (ours if side == "ours" else peer)(vectors, k, seed)
    nearest = (vectors @ centres.T - (centres**2).sum(axis=1) / 2).max(axis=1)
    inertia = ((vectors**2).sum(axis=1) - 2 * nearest).sum(dtype=numpy.float64)
    return {"seconds": seconds, "inertia": float(inertia)}


def ours(vectors: Any, k: int, seed: int) -> tuple[float, Any]:
    from dataexplore.clusters.kmeans import kmeans

    begin = time.perf_counter()
    clusters = kmeans(vectors, k, seed)
    return time.perf_counter() - begin, clusters.centres


def peer(vectors: Any, k: int, seed: int) -> tuple[float, Any]:
    from sklearn.cluster import MiniBatchKMeans

    begin = time.perf_counter()
    fitted = MiniBatchKMeans(k, n_init=1, random_state=seed).fit(vectors)
    return time.perf_counter() - begin, fitted.cluster_centers_


if __name__ == "__main__":
    sys.exit(main())
