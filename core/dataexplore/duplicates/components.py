"""Connected components of a graph given as pairs."""

import numpy as np

from dataexplore.vectors.arrays import IntArray


def components(count: int, a: IntArray, b: IntArray) -> IntArray:
    """Return for each of `count` nodes the smallest node that the pairs (a, b) connect it with.

    Every round hooks each root onto the smallest neighbouring root and then lets all nodes jump to their
    root, so even a long chain ends after about log2(count) rounds.
    """
    roots: IntArray = np.arange(count)
    while True:
        ra, rb = roots[a], roots[b]
        apart = ra != rb
        if not apart.any():
            return roots
        a, b, ra, rb = a[apart], b[apart], ra[apart], rb[apart]
        np.minimum.at(roots, np.maximum(ra, rb), np.minimum(ra, rb))
        while True:
            jumped = roots[roots]
            if np.array_equal(jumped, roots):
                break
            roots = jumped
