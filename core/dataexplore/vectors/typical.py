"""What similarities are usual with one encoder: .9 is rare with one of them and common with another."""

from dataclasses import dataclass

import numpy as np

from dataexplore.errors import EncoderError
from dataexplore.text import short
from dataexplore.vectors.arrays import FloatArray, FloatMatrix, IntArray

_PAIRS = 100_000
_SAMPLE = 2000
_PRODUCTS = 1e11
"""Multiplications spent on nearest neighbours: a second or two of one core."""
_BLOCK = 4096
_WAY = 0.865
"""The usual threshold as the way from a random pair (0) to the same text (1): .90 for static and Alpaca."""


@dataclass(frozen=True)
class Typical:
    """Similarities of a sample of the rows that have a vector."""

    encoder: str
    nearest: FloatArray
    """Of each sampled row to the nearest of all other rows, ascending."""
    pairs: FloatArray
    """Of random pairs of rows, ascending."""

    def share(self, threshold: float) -> float:
        """Return the share of rows that have another one at least so near."""
        return _from(self.nearest, threshold)

    def by_chance(self, threshold: float) -> float:
        """Return the share of random pairs that are at least so near."""
        return _from(self.pairs, threshold)

    def at_share(self, share: float) -> float:
        """Return the threshold at which this share of the rows has another one so near."""
        return float(np.quantile(self.nearest, 1 - share)) if len(self.nearest) else 1.0

    @property
    def threshold(self) -> float:
        """The usual threshold with this encoder and these rows, in hundredths."""
        if not len(self.pairs):
            return 0.9
        middle = float(np.clip(np.median(self.pairs), 0, 1))
        return round(min(middle + _WAY * (1 - middle), 0.99), 2)

    def sentence(self, threshold: float) -> str:
        """Say what a threshold means with this encoder."""
        if not len(self.nearest):
            return f"{threshold:.2f}: there are no two rows with a vector to compare"
        return (
            f"{threshold:.2f} = top {_percent(self.share(threshold))} of the rows' nearest-neighbour "
            f"similarities with the encoder {short(self.encoder)}; {_percent(self.by_chance(threshold))} of "
            "random pairs reach it"
        )


def typical(vectors: FloatMatrix, encoder: str, seed: int = 0) -> Typical:
    """Measure a sample of the rows; the same seed gives the same one. Raises EncoderError for NaN."""
    squares = np.einsum("ij,ij->i", vectors, vectors)
    if not np.isfinite(squares).all():
        raise EncoderError("Some rows have vectors with NaN or infinity: encode them again.")
    rows = np.flatnonzero(squares > 0)
    if len(rows) < 2:
        return Typical(encoder, np.empty(0, np.float32), np.empty(0, np.float32))
    rng = np.random.default_rng(seed)
    one, other = rng.integers(len(rows), size=_PAIRS), rng.integers(len(rows) - 1, size=_PAIRS)
    other += other >= one
    pairs = np.empty(_PAIRS, np.float32)
    for start in range(0, _PAIRS, _BLOCK):
        some = slice(start, start + _BLOCK)
        pairs[some] = np.einsum("ij,ij->i", vectors[rows[one[some]]], vectors[rows[other[some]]])
    size = int(min(len(rows), np.clip(_PRODUCTS / (len(rows) * vectors.shape[1]), 200, _SAMPLE)))
    sample = np.sort(rng.choice(rows, size, replace=False))
    return Typical(encoder, np.sort(_nearest(vectors, sample)), np.sort(pairs))


def _nearest(vectors: FloatMatrix, sample: IntArray) -> FloatArray:
    """Return the highest similarity of each sampled row to any other row; a row of zeros is near none."""
    across = np.ascontiguousarray(vectors[sample].T)
    best = np.full(len(sample), -1, np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK]
        products = block @ across
        here = np.flatnonzero((sample >= start) & (sample < start + len(block)))
        products[sample[here] - start, here] = -1
        np.maximum(best, products.max(axis=0), out=best)
    return np.minimum(best, 1)


def _from(ascending: FloatArray, threshold: float) -> float:
    # a copy's cosine may be a hair below 1
    below = int(np.searchsorted(ascending, threshold - 1e-6))
    return (len(ascending) - below) / max(1, len(ascending))


def _percent(share: float) -> str:
    return f"{float(f'{100 * share:.2g}'):g} %"
