"""Pairs of rows with their cosine, as the searches hand them over."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.duplicates.forest import spanning_forest
from dataexplore.vectors.arrays import FloatMatrix, IntArray

# float32 products of unit vectors are off by less than this.
SLACK = 1e-5


@dataclass(frozen=True)
class Pairs:
    """Rows i < j and their cosine."""

    i: NDArray[np.int32]
    j: NDArray[np.int32]
    similarity: NDArray[np.float32]
    complete: bool = True
    """False when only a spanning forest of the pairs was kept."""

    def __len__(self) -> int:
        return len(self.i)

    def thinned(self, rows: int) -> "Pairs":
        """Return the fewest of these pairs that make the same groups at every threshold."""
        kept = spanning_forest(rows, self.i, self.j, self.similarity)
        return Pairs(self.i[kept], self.j[kept], self.similarity[kept], complete=False)


def at_least(unit: FloatMatrix, floor: float, i: IntArray, j: IntArray) -> Pairs:
    """Return those of the pairs (i, j) of unit vectors whose cosine reaches `floor`."""
    cosine = np.einsum("ij,ij->i", unit[i], unit[j])
    return decided(unit, floor, i, j, cosine)


def decided(unit: FloatMatrix, floor: float, i: IntArray, j: IntArray, cosine: NDArray[np.float32]) -> Pairs:
    """Return the pairs that reach `floor`; those too near to it for float32 are computed in float64."""
    near = np.flatnonzero(np.abs(cosine - np.float32(floor)) < SLACK)
    reached = cosine >= floor
    precise = np.einsum("ij,ij->i", unit[i[near]], unit[j[near]], dtype=np.float64)
    reached[near] = precise >= floor
    similarity = cosine[reached]
    # a cosine just above the floor must not be stored just below it
    np.maximum(similarity, np.float32(floor), out=similarity)
    return Pairs(i[reached].astype(np.int32), j[reached].astype(np.int32), similarity)


def joined(parts: Sequence[Pairs]) -> Pairs:
    """Return the pairs of all parts, in their order."""
    if not parts:
        return Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))
    return Pairs(
        np.concatenate([part.i for part in parts]),
        np.concatenate([part.j for part in parts]),
        np.concatenate([part.similarity for part in parts]),
        all(part.complete for part in parts),
    )
