"""Where each row of a dataset stands in its file, in 12 to 16 bytes a row."""

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.spans import Offsets


class Places:
    """Readable rows in source order, as half-open byte ranges, with the line on which each begins."""

    def __init__(
        self, start: Offsets, size: NDArray[np.uint32], lines: NDArray[np.uint32] | None = None
    ) -> None:
        self.start = start
        self.size = size
        """Bytes of each row."""
        self.lines = lines
        """The line (from 1) of each row; None where row n is on line n + 1."""

    def __len__(self) -> int:
        return len(self.start)

    @property
    def end(self) -> Offsets:
        """Offset after the last byte of each row."""
        return self.start + self.size

    @property
    def line(self) -> Offsets:
        """The line on which each row begins."""
        if self.lines is None:
            return np.arange(1, len(self) + 1, dtype=np.int64)
        return self.lines.astype(np.int64)

    def bounds(self, row: int) -> tuple[int, int]:
        """Return where one row begins and ends."""
        start = int(self.start[row])
        return start, start + int(self.size[row])

    def line_of(self, row: int) -> int:
        """Return the line on which one row begins."""
        return row + 1 if self.lines is None else int(self.lines[row])
