"""Exact repeats, by 64-bit hashes: time and memory are those of one sort, however many rows are alike."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Repeats:
    """Rows that say again what an earlier row says; without them each text is there once."""

    rows: NDArray[np.int64] = field(repr=False)
    """The later ones of each group, in source order."""
    groups: int
    largest: int
    """Rows of the largest group, the first one included."""


def repeats(hashes: Hashes, counted: NDArray[np.bool_] | None = None) -> Repeats:
    """Return which rows have the hash of an earlier one; only those that are `counted` take part."""
    places = np.arange(len(hashes)) if counted is None else np.flatnonzero(counted)
    hashes = hashes[places]
    if len(hashes) < 2:
        return Repeats(np.empty(0, np.int64), 0, min(1, len(hashes)))
    order = np.argsort(hashes, kind="stable")  # stable: the first of equal ones is the earliest row
    ordered = hashes[order]
    starts = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    sizes = np.diff(np.flatnonzero(np.concatenate((starts, [True]))))
    return Repeats(np.sort(places[order[~starts]]), int(np.count_nonzero(sizes > 1)), int(sizes.max()))


def mixed(first: Hashes, second: Hashes) -> Hashes:
    """Return one hash of two that stand side by side; (a, b) and (b, a) differ."""
    both: Hashes = (first * _ODD) ^ (second + (first >> np.uint64(7)))
    return both
