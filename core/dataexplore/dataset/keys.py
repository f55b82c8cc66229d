"""Row identities that follow the content: they survive reordering and appending."""

from collections.abc import Callable, Iterable
from functools import partial
from hashlib import blake2b
from operator import methodcaller

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
"""Per row a hash of its bytes, and of its occurrence number among identical rows."""

_SIZE = 8


def digests(rows: Iterable[bytes]) -> Keys:
    """Return a hash per row; identical rows share theirs."""
    hashed = map(partial(blake2b, digest_size=_SIZE), rows)
    return np.frombuffer(b"".join(map(methodcaller("digest"), hashed)), "<u8").astype(np.uint64)


def distinguished(hashes: Keys, raw: Callable[[int], bytes]) -> Keys:
    """Turn hashes in file order into keys, in place: a repeated row's key holds its occurrence number too.

    `raw` returns the bytes of a row; it is asked for repeated rows only.
    """
    keys = hashes  # a copy of millions would be felt
    again, occurrence = _occurrences(hashes)
    for row, number in zip(again.tolist(), occurrence.tolist(), strict=True):
        salted = blake2b(raw(row), digest_size=_SIZE, salt=number.to_bytes(16, "little"))
        keys[row] = int.from_bytes(salted.digest(), "little")
    return keys


def _occurrences(hashes: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows that repeat an earlier one, in file order, and how often it came before."""
    ordered = np.sort(hashes)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(repeated):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    place = np.minimum(np.searchsorted(repeated, hashes), len(repeated) - 1)
    rows = np.flatnonzero(repeated[place] == hashes)
    order = np.argsort(hashes[rows], kind="stable")
    run = hashes[rows][order]
    begins = np.concatenate(([True], run[1:] != run[:-1]))
    index = np.arange(len(run))
    number = np.empty(len(run), np.int64)
    number[order] = index - np.maximum.accumulate(np.where(begins, index, 0))
    return rows[number > 0], number[number > 0]


def key_text(key: int) -> str:
    """Return a key as 16 hexadecimal digits."""
    return f"{int(key):016x}"
