"""Names for the array types that vectors, duplicates and clusters pass around."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatMatrix = NDArray[np.float32]
"""Rows by dimensions."""
FloatArray = NDArray[np.floating]
IntArray = NDArray[np.integer]
KeyArray = NDArray[np.uint64]
BoolArray = NDArray[np.bool_]

Progress = Callable[[int, int], None]
"""Called with (done, total)."""
Cancelled = Callable[[], bool]
"""Asked now and then; true ends the work with `concurrent.futures.CancelledError`."""
