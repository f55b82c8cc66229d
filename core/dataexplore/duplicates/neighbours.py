"""Similar pairs from an HNSW index, for more rows than exact products can compare in reasonable time."""

import importlib.util
from concurrent.futures import CancelledError

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.pairs import Pairs, at_least, joined
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, IntArray, Progress
from dataexplore.vectors.blas import processors

LINKS = 16
BUILD_EFFORT = 100
SEARCH_EFFORT = 64
# Most rows have fewer; those with more are asked again for four times as many, up to the second number.
NEIGHBOURS = 32
MOST_NEIGHBOURS = 512
BATCH = 10_000


def hnsw_available() -> bool:
    """Return whether the optional hnswlib module is installed."""
    return importlib.util.find_spec("hnswlib") is not None


def approximate_pairs(
    unit: FloatMatrix, floor: float, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Pairs:
    """Return the pairs of `unit` rows with cosine >= `floor`; misses some.

    Each row brings at most its 512 nearest. The index lives in memory alone: a damaged index file would
    crash the process.
    """
    import hnswlib

    rows, dimensions = unit.shape
    index = hnswlib.Index(space="ip", dim=dimensions)
    index.init_index(max_elements=max(rows, 1), M=LINKS, ef_construction=BUILD_EFFORT, random_seed=0)
    index.set_ef(SEARCH_EFFORT)
    index.set_num_threads(processors())
    steps = 2 * len(range(0, rows, BATCH))
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if cancelled and cancelled():
            raise CancelledError
        if progress:
            progress(done, steps)

    for start in range(0, rows, BATCH):
        batch = unit[start : start + BATCH]
        index.add_items(batch, np.arange(start, start + len(batch)))
        step()
    found: list[NDArray[np.int64]] = []
    asked, nearest = np.arange(rows), min(NEIGHBOURS, rows)
    while len(asked):
        more: list[IntArray] = []
        for start in range(0, len(asked), BATCH):
            some = asked[start : start + BATCH]
            try:
                labels, distances = index.knn_query(unit[some], k=nearest)
            except RuntimeError:
                if nearest == min(NEIGHBOURS, rows):
                    raise
                continue  # so many cannot be reached from here: the nearer ones are known already
            near = 1 - distances >= floor - 1e-5
            row, place = np.nonzero(near)
            found.append(np.stack([some[row], labels[row, place].astype(np.int64)]))
            more.append(some[near[:, -1]])
            if nearest == min(NEIGHBOURS, rows):
                step()
            elif cancelled and cancelled():
                raise CancelledError
        nearest *= 4
        if nearest > min(MOST_NEIGHBOURS, rows):
            break
        asked = np.concatenate([asked[:0], *more])
        index.set_ef(max(SEARCH_EFFORT, 2 * nearest))
    return _confirmed(unit, floor, found)


def _confirmed(unit: FloatMatrix, floor: float, found: list[NDArray[np.int64]]) -> Pairs:
    """Return each pair once, with its cosine computed anew."""
    both = np.concatenate(found, axis=1) if found else np.empty((2, 0), np.int64)
    i, j = both.min(axis=0), both.max(axis=0)
    codes = np.unique((i * len(unit) + j)[i != j])
    i, j = np.divmod(codes, max(len(unit), 1))
    parts = [at_least(unit, floor, i[s : s + 65536], j[s : s + 65536]) for s in range(0, len(codes), 65536)]
    return joined(parts)
