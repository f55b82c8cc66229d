"""Counts on a grid as braille dots: the more there are, the more dots are lit."""

import numpy as np
from numpy.typing import NDArray

_BITS = np.array(((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)))
# Bayer's order over two cells: neighbouring dots light up at different counts, so that a shade is even.
_ORDER = np.array(((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))) / 16


def shaded(counts: NDArray[np.integer]) -> list[str]:
    """Return (4 h, 2 w) counts as h lines of w characters; what is alone is always lit.

    A dot lights when the logarithm of its count, as a share of the highest, is above its own threshold.
    """
    height, width = counts.shape[0] // 4, counts.shape[1] // 2
    there = counts > 0
    values, place = np.unique(counts[there], return_inverse=True)
    share = np.zeros(counts.shape)
    # By logarithm: densities differ a hundredfold, and the thin parts are what a map is looked at for.
    top = np.log1p(values.max()) if len(values) else 1.0
    share[there] = (np.log1p(values) / top)[place]
    order = np.tile(_ORDER, (counts.shape[0] // 4 + 1, counts.shape[1] // 4 + 1))
    lit = there & (share > order[: counts.shape[0], : counts.shape[1]])
    cells = lit.reshape(height, 4, width, 2).astype(np.int64)
    bits = np.einsum("hawb,ab->hw", cells, _BITS)
    none = bits == 0
    some = there.reshape(height, 4, width, 2).any(axis=(1, 3)) & none
    bits[some] = 0x04  # a cell with rows is never blank
    return ["".join(chr(0x2800 + one) if one else " " for one in row) for row in bits.tolist()]
