"""How far a group stretches: the similarity of its two members that are least alike."""

from collections.abc import Sequence

import numpy as np

from dataexplore.duplicates.lexical import written_alike
from dataexplore.errors import RuleError
from dataexplore.vectors.arrays import FloatMatrix, IntArray

MOST_WRITTEN = 300
"""A larger group's texts are compared on a sample of this size, evenly taken: all pairs take seconds."""
_AT_ONCE = 1024


def diameter(vectors: FloatMatrix, rows: IntArray) -> float:
    """Return the lowest cosine between two of `rows`; rows without a vector do not count, and 1 if none do.

    A chained group's is far below the threshold that joined it. All pairs are compared, block by block.
    """
    own = np.asarray(vectors[rows], np.float32)
    lengths = np.linalg.norm(own, axis=1)
    own = own[lengths > 0] / lengths[lengths > 0, None]
    lowest = 1.0
    for first in range(0, len(own), _AT_ONCE):
        block = own[first : first + _AT_ONCE]
        for second in range(first, len(own), _AT_ONCE):
            lowest = min(lowest, float((block @ own[second : second + _AT_ONCE].T).min()))
    return max(lowest, -1.0)


def written_diameter(texts: Sequence[str]) -> float:
    """Return the lowest lexical similarity between two texts of a group, or of a sample of a large one."""
    if not texts:
        raise RuleError("A group without rows has no diameter: look at the groups again.")
    step = -(-len(texts) // MOST_WRITTEN)
    return float(written_alike(texts[::step]).min())
