"""Keeps the program's memory near what it holds: by default both allocators keep what was freed."""

import ctypes
import os

_MOST = 1 << 25
"""Freed blocks of over 32 MiB, twice a stretch of a file, are given back at once; others are used again."""
_TRIM, _MAP = -1, -3


def bound_memory() -> None:
    """Have freed memory given back soon; a second call changes nothing.

    Measured on a million rows: 0.55 GB at the most instead of 0.6, in the same time; all at once saves
    0.07 GB more and takes 0.7 s of a core. Polars' allocator reads its settings when Polars is imported, so
    this comes first.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:500,muzzy_decay_ms:0")
    try:
        change = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # no glibc: its own ways are left to it
        return
    change(_MAP, _MOST)
    change(_TRIM, _MOST)
