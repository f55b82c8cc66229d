"""k-means on vectors: seeded and settled on a sample, then run on every row in blocks."""

import math
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.errors import EncoderError, RuleError
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, IntArray, Progress

# A block's distances to 161 centres are 5 MB; larger blocks are no faster.
BLOCK = 8192
# Centres move most in their first rounds, which cost little on a sample of this many rows per cluster.
SAMPLE_PER_CLUSTER = 40
SAMPLE_ROUNDS = 15
ROUNDS = 12
# Rounds end when they lower the inertia by less than this share.
ENOUGH = 2e-3

_Tick = Callable[[], None]


@dataclass(frozen=True)
class Clusters:
    """Every row's cluster; cluster 0 is the largest."""

    k: int
    labels: NDArray[np.int32]
    """Per row, -1 for a row without a vector."""
    centres: FloatMatrix
    """Means of the members, (k, dimensions)."""
    sizes: IntArray
    inertia: float
    """Sum of the squared distances of rows to their centre."""
    distances: NDArray[np.float32]
    """Per row, to its own centre; NaN for a row without a vector."""
    seed: int


def default_k(rows: int) -> int:
    """Return the number of clusters for `rows` rows: sqrt(n / 2), as in CaR (161 for Alpaca)."""
    return max(1, round(math.sqrt(rows / 2)))


def kmeans(
    vectors: FloatMatrix,
    k: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Clusters:
    """Return `k` clusters of the rows that have a vector; the same seed gives the same clusters.

    Raises RuleError for k below 1 or above the rows with a vector, EncoderError for NaN.
    """
    squares = np.einsum("ij,ij->i", vectors, vectors)
    if not np.isfinite(squares).all():
        raise EncoderError("Some rows have vectors with NaN or infinity: encode them again.")
    rows = np.flatnonzero(squares > 0)
    if len(rows) == 0:
        raise RuleError("No row has a vector, so there are no clusters: choose another field or encoder.")
    wanted = default_k(len(rows)) if k is None else k
    if not 1 <= wanted <= len(rows):
        message = f"{wanted:,} clusters cannot be made of {len(rows):,} rows: choose 1 to {len(rows):,}."
        raise RuleError(message)
    points = np.ascontiguousarray(vectors if len(rows) == len(vectors) else vectors[rows], np.float32)
    tick = _ticker(SAMPLE_ROUNDS + ROUNDS, progress, cancelled)
    rng = np.random.default_rng(seed)
    size = min(len(points), SAMPLE_PER_CLUSTER * wanted)
    sample = points[np.sort(rng.choice(len(points), size, replace=False))] if size < len(points) else points
    centres = _plus_plus(sample, wanted, rng, tick)
    centres = _lloyd(sample, centres, SAMPLE_ROUNDS, tick)
    if size < len(points):
        centres = _lloyd(points, centres, ROUNDS, tick)
    labels, distances = _assign(points, centres, tick)
    labels, distances = _filled(points, labels, distances, wanted)
    if progress:
        progress(SAMPLE_ROUNDS + ROUNDS, SAMPLE_ROUNDS + ROUNDS)
    return _clusters(points, rows, len(vectors), labels, wanted, seed)


def _plus_plus(points: FloatMatrix, k: int, rng: np.random.Generator, tick: _Tick) -> FloatMatrix:
    """Choose `k` of `points` as first centres, far ones more likely (Arthur and Vassilvitskii 2007)."""
    squares = np.einsum("ij,ij->i", points, points)
    chosen = [int(rng.integers(len(points)))]
    nearest = np.full(len(points), np.inf, np.float32)
    for count in range(1, k):
        if count % 64 == 0:
            tick()
        centre = points[chosen[-1]]
        np.minimum(nearest, np.maximum(squares - 2 * (points @ centre) + squares[chosen[-1]], 0), out=nearest)
        nearest[chosen[-1]] = 0
        total = np.cumsum(nearest, dtype=np.float64)
        if total[-1] <= 1e-6:  # fewer distinct rows than clusters: the rest is re-seeded
            unused = np.setdiff1d(np.arange(len(points)), chosen)
            chosen.extend(unused[: k - count].tolist())
            break
        chosen.append(int(np.searchsorted(total, rng.random() * total[-1], side="right")))
    return points[np.minimum(chosen, len(points) - 1)]


def _lloyd(points: FloatMatrix, centres: FloatMatrix, rounds: int, tick: _Tick) -> FloatMatrix:
    """Move each centre to the mean of its rows until that gains little."""
    before = np.inf
    for _ in range(rounds):
        labels, distances = _assign(points, centres, tick)
        inertia = float(distances.sum(dtype=np.float64))
        labels, _ = _filled(points, labels, distances, len(centres))
        centres = _means(points, labels, len(centres))
        if before - inertia <= ENOUGH * inertia:
            break
        before = inertia
    return centres


def _assign(
    points: FloatMatrix, centres: FloatMatrix, tick: _Tick
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return each row's nearest centre and the squared distance to it."""
    tick()
    labels = np.empty(len(points), np.int32)
    distances = np.empty(len(points), np.float32)
    # |x - c|² = |x|² - 2 (x·c - |c|²/2): the nearest centre has the largest x·c - |c|²/2
    halves = np.einsum("ij,ij->i", centres, centres) / 2
    across = np.ascontiguousarray(centres.T)
    for start in range(0, len(points), BLOCK):
        block = points[start : start + BLOCK]
        product = block @ across
        product -= halves
        best = product.argmax(axis=1)
        labels[start : start + BLOCK] = best
        gained = product[np.arange(len(block)), best]
        distances[start : start + BLOCK] = np.einsum("ij,ij->i", block, block) - 2 * gained
    return labels, np.maximum(distances, 0, out=distances)


def _filled(
    points: FloatMatrix, labels: NDArray[np.int32], distances: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Give each empty cluster the row farthest from its centre, taken from clusters with more than one."""
    sizes = np.bincount(labels, minlength=k)
    empty = np.flatnonzero(sizes == 0)
    if len(empty) == 0:
        return labels, distances
    labels, distances = labels.copy(), distances.copy()
    candidates = iter(np.argsort(-distances, kind="stable"))
    for cluster in empty:
        row = next(row for row in candidates if sizes[labels[row]] > 1)
        sizes[labels[row]] -= 1
        sizes[cluster] = 1
        labels[row] = cluster
        distances[row] = 0
    return labels, distances


def _means(points: FloatMatrix, labels: NDArray[np.int32], k: int) -> FloatMatrix:
    """Return the mean of each cluster's rows; every cluster has one."""
    sums = np.zeros((k, points.shape[1]), np.float32)
    for start in range(0, len(points), BLOCK):
        some = labels[start : start + BLOCK]
        order = np.argsort(some, kind="stable")
        present, first = np.unique(some[order], return_index=True)
        sums[present] += np.add.reduceat(points[start : start + BLOCK][order], first, axis=0)
    sums /= np.bincount(labels, minlength=k)[:, None].astype(np.float32)
    return sums


def _clusters(
    points: FloatMatrix, rows: IntArray, total: int, labels: NDArray[np.int32], k: int, seed: int
) -> Clusters:
    """Number the clusters by size and measure them around their final means."""
    sizes = np.bincount(labels, minlength=k)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(k, np.int32)
    rank[order] = np.arange(k)
    labels = rank[labels]
    centres = _means(points, labels, k)
    squares = np.empty(len(points), np.float32)
    for start in range(0, len(points), BLOCK):
        apart = points[start : start + BLOCK] - centres[labels[start : start + BLOCK]]
        squares[start : start + BLOCK] = np.einsum("ij,ij->i", apart, apart)
    all_labels = np.full(total, -1, np.int32)
    all_labels[rows] = labels
    distances = np.full(total, np.nan, np.float32)
    distances[rows] = np.sqrt(squares)
    inertia = float(squares.sum(dtype=np.float64))
    return Clusters(k, all_labels, centres, sizes[order], inertia, distances, seed)


def _ticker(steps: int, progress: Progress | None, cancelled: Cancelled | None) -> _Tick:
    """Return what is called once per round: reports it and ends the work when asked to."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if cancelled and cancelled():
            raise CancelledError
        if progress:
            progress(min(done, steps - 1), steps)

    return tick
