"""Finds the brackets and commas of JSON in bytes that come block by block, and how deep each stands."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int64]

_CACHED = 1 << 20
"""Bytes that a core's cache holds beside what is made of them."""
_STEP = np.zeros(256, np.int64)
_STEP[list(b"{[")] = 1
_STEP[list(b"}]")] = -1


class Found(NamedTuple):
    """Brackets and commas of one block; offsets are those in the block."""

    position: Offsets
    """Of those outside strings."""
    byte: NDArray[np.uint8]
    depth: Offsets
    """After each of them."""
    quoted: Offsets
    """Opening braces in strings: where a string was not closed, the next object seems to be in one."""


class Brackets:
    """What one block ends in and the next one begins in."""

    def __init__(self, depth: int = 0) -> None:
        self.depth = depth
        self.in_string = False
        self._escaped = False

    def find(self, block: bytes) -> Found:
        """Return what stands in the next block; strings are skipped, so brackets in text do not count."""
        position = positions(block, b'{}[]",')
        byte = np.frombuffer(block, np.uint8)[position]
        is_quote = byte == ord('"')
        quotes = position[is_quote]
        quotes = quotes[~self._after_backslash(block, quotes)]
        # With an even number of unescaped quotes before it, a position is outside every string.
        even = (np.searchsorted(quotes, position) + self.in_string) % 2 == 0
        self.in_string = bool((self.in_string + len(quotes)) % 2)
        quoted = position[(byte == ord("{")) & ~even]
        outside = ~is_quote & even
        position, byte = position[outside], byte[outside]
        depth = np.cumsum(_STEP[byte]) + self.depth
        self.depth = int(depth[-1]) if len(depth) else self.depth
        return Found(position, byte, depth, quoted)

    def _after_backslash(self, block: bytes, quotes: Offsets) -> NDArray[np.bool_]:
        """Tell which quotes follow an odd number of backslashes, those that end the last block included."""
        slashes = positions(block, b"\\")
        before, self._escaped = self._escaped, False
        carried: NDArray[np.bool_] = (quotes == 0) & before
        if not len(slashes):
            return carried
        place = np.arange(len(slashes))
        opens_run = np.concatenate(([True], np.diff(slashes) != 1))
        run_length = place - np.maximum.accumulate(np.where(opens_run, place, 0)) + 1
        if before and slashes[0] == 0:
            first_run = np.flatnonzero(opens_run)[1] if np.count_nonzero(opens_run) > 1 else len(slashes)
            run_length[:first_run] += 1
        self._escaped = bool(slashes[-1] == len(block) - 1 and run_length[-1] % 2 == 1)
        if not len(quotes):
            return np.zeros(0, bool)
        nearest = np.maximum(np.searchsorted(slashes, quotes) - 1, 0)
        odd: NDArray[np.bool_] = (slashes[nearest] == quotes - 1) & (run_length[nearest] % 2 == 1)
        return odd | carried


def positions(block: bytes, wanted: bytes) -> Offsets:
    """Return where any of some bytes stands."""
    table = np.zeros(256, bool)
    table[list(wanted)] = True
    found = [np.empty(0, np.int64)]
    buffer = np.frombuffer(block, np.uint8)
    for at in range(0, len(block), _CACHED):
        here = buffer[at : at + _CACHED]
        hits = here == wanted[0] if len(wanted) == 1 else table[here]
        found.append(np.flatnonzero(hits) + at)
    return np.concatenate(found)
