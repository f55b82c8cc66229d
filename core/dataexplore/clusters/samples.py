"""Picks rows to look at: of a cluster, or those that fit in none."""

import numpy as np

from dataexplore.clusters.kmeans import Clusters
from dataexplore.errors import RuleError
from dataexplore.text import short
from dataexplore.vectors.arrays import IntArray

KINDS = ("nearest", "farthest", "random")


def samples(clusters: Clusters, cluster: int, kind: str, count: int, seed: int = 0) -> IntArray:
    """Return up to `count` rows of `cluster`: nearest to its centre first, farthest first, or random.

    Raises RuleError for a cluster or kind that does not exist.
    """
    if not 0 <= cluster < clusters.k:
        raise RuleError(f"There is no cluster {cluster}: choose 0 to {clusters.k - 1}.")
    if kind not in KINDS:
        raise RuleError(f"There are no samples {short(kind)}: choose one of {', '.join(KINDS)}.")
    rows = np.flatnonzero(clusters.labels == cluster)
    if kind == "random":
        picked = np.random.default_rng((seed, cluster)).permutation(len(rows))[: max(count, 0)]
        return rows[picked]
    distances = clusters.distances[rows]
    order = np.argsort(distances if kind == "nearest" else -distances, kind="stable")
    return rows[order[: max(count, 0)]]


def outliers(clusters: Clusters, count: int) -> IntArray:
    """Return up to `count` rows, those farthest from the centre of their cluster first."""
    rows = np.flatnonzero(clusters.labels >= 0)
    return rows[np.argsort(-clusters.distances[rows], kind="stable")[: max(count, 0)]]
