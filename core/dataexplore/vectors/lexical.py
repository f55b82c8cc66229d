"""The lexical encoder: hashed pieces of two to four characters; for any script and code, without weights."""

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dataexplore.vectors.arrays import FloatMatrix, Progress

DIMENSIONS = 384
"""Pieces that share a column by chance move a cosine by about 1 / sqrt(384) = .05."""
_PIECES = (2, 3, 4)
_AT_ONCE = 1 << 19
"""Characters that are hashed together: their arrays are 2 MB each."""
_MAX_CHARACTERS = 16_384
# Odd constants of multiplicative hashing (Knuth) and of a finisher that spreads each bit over all others.
_STEP, _SPREAD, _FINISH = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0x2C1B3C6D)

_Hashes = NDArray[np.uint32]


class LexicalEncoder:
    """Texts are alike when they are written alike: a pure function of the text, the same on every machine."""

    name = "lexical"
    fingerprint = "1"
    """Changes when the same text gets another vector."""
    dimensions = DIMENSIONS

    def made_for(self, script: str) -> bool:
        """Return True: characters are counted, whatever they are."""
        return True

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> FloatMatrix:
        """Return (texts, 384) float32 rows of length 1; a blank text gets a row of zeros."""
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        for start, batch in _batches(texts):
            stop = start + len(batch)
            vectors[start:stop] = _counted(batch)
            if progress:
                progress(stop, len(texts))
        return vectors


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield texts as they are compared, so many at a time that their arrays stay small."""
    batch: list[str] = []
    start = characters = 0
    for text in texts:
        batch.append(_plain(text))
        characters += len(batch[-1]) + DIMENSIONS
        if characters >= _AT_ONCE:
            yield start, batch
            start, batch, characters = start + len(batch), [], 0
    if batch:
        yield start, batch


def _plain(text: str) -> str:
    """Return a text without differences of case, width and white space, a blank at both ends."""
    words = unicodedata.normalize("NFKC", text[:_MAX_CHARACTERS]).casefold().split()
    return f" {' '.join(words)} " if words else ""


def _counted(texts: Sequence[str]) -> FloatMatrix:
    """Return the hashed counts: half of the pieces count down, so that chance meetings cancel out."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32) * _STEP
    owner = np.repeat(np.arange(len(texts)), lengths)
    counts = np.zeros(len(texts) * DIMENSIONS)
    hashes = points
    for size in range(2, max(_PIECES) + 1):
        hashes = (hashes[:-1] * _SPREAD) ^ points[size - 1 :]
        if size in _PIECES:
            inside = owner[: len(hashes)] == owner[size - 1 :]
            found = _finished(hashes[inside])
            places = owner[: len(hashes)][inside] * DIMENSIONS + found % np.uint32(DIMENSIONS)
            signs = (found >> np.uint32(31)) * 2.0 - 1.0
            counts += np.bincount(places, signs, len(counts))
    # the root keeps a piece that comes fifty times from hiding all others
    vectors = np.copysign(np.sqrt(np.abs(counts)), counts).reshape(len(texts), DIMENSIONS)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)


def _finished(hashes: _Hashes) -> _Hashes:
    hashes = (hashes ^ (hashes >> np.uint32(15))) * _FINISH
    hashes = (hashes ^ (hashes >> np.uint32(12))) * _SPREAD
    return hashes ^ (hashes >> np.uint32(15))
