"""Row identities that follow the content: they survive reordering and appending."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


def row_keys(rows: Iterable[bytes]) -> Keys:
    """Return a 64-bit key per row: a hash of its bytes and of its occurrence number among identical rows."""
    seen: dict[bytes, int] = {}
    digests = bytearray()
    for row in rows:
        digest = blake2b(row, digest_size=8).digest()
        occurrence = seen.get(digest, 0)
        seen[digest] = occurrence + 1
        if occurrence:
            digest = blake2b(row, digest_size=8, salt=occurrence.to_bytes(16, "little")).digest()
        digests += digest
    return np.frombuffer(bytes(digests), "<u8").astype(np.uint64)


def key_text(key: int) -> str:
    """Return a key as 16 hexadecimal digits."""
    return f"{int(key):016x}"
