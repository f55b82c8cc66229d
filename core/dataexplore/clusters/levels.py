"""A second level above the clusters: clusters of their centres."""

import math
from dataclasses import dataclass

import numpy as np

from dataexplore.clusters.kmeans import Clusters, kmeans
from dataexplore.vectors.arrays import IntArray


@dataclass(frozen=True)
class Upper:
    """Every cluster's place in the upper level; 0 has the most rows."""

    k: int
    of: IntArray
    """Per cluster."""
    sizes: IntArray
    """Rows of each."""

    def members(self, upper: int) -> IntArray:
        """Return the clusters of one, the largest first."""
        return np.flatnonzero(self.of == upper)

    def labels(self, clusters: Clusters) -> IntArray:
        """Return each row's place, -1 for a row without a vector."""
        return np.where(clusters.labels < 0, -1, self.of[clusters.labels])


def upper_level(clusters: Clusters, k: int | None = None) -> Upper:
    """Return the upper level of clusters, by default sqrt(k) of them; the clusters' own seed is taken.

    Raises RuleError for more of them than clusters.
    """
    # a centre exactly between opposite rows is all zeros, and what is all zeros counts as no vector
    centres = np.concatenate([clusters.centres, np.ones((clusters.k, 1), np.float32)], axis=1)
    found = kmeans(centres, k or max(1, round(math.sqrt(clusters.k))), clusters.seed)
    rows = np.bincount(found.labels, clusters.sizes, found.k).astype(np.int64)
    order = np.argsort(-rows, kind="stable")
    rank = np.empty(found.k, np.int64)
    rank[order] = np.arange(found.k)
    return Upper(found.k, rank[found.labels], rows[order])
