"""A map of the rows: their vectors seen from the side on which they differ most (PCA)."""

import math

import numpy as np

from dataexplore.errors import EncoderError
from dataexplore.vectors.arrays import FloatMatrix

_SAMPLE = 50_000
"""Rows from which the directions are found: more do not turn them."""
_BLOCK = 8192


def plane(vectors: FloatMatrix) -> FloatMatrix:
    """Return (rows, 2) places around 0, the wider direction first; NaN for a row without a vector.

    The same vectors give the same map, never its mirror image. Raises EncoderError for NaN.
    """
    squares = np.einsum("ij,ij->i", vectors, vectors)
    if not np.isfinite(squares).all():
        raise EncoderError("Some rows have vectors with NaN or infinity: encode them again.")
    rows = np.flatnonzero(squares > 0)
    places = np.full((len(vectors), 2), np.nan, np.float32)
    if not len(rows):
        return places
    sample = vectors[rows[:: math.ceil(len(rows) / _SAMPLE)]].astype(np.float32)
    middle = sample.mean(axis=0)
    apart = sample - middle
    _, directions = np.linalg.eigh((apart.T @ apart).astype(np.float64))
    axes = np.zeros((vectors.shape[1], 2), np.float32)
    count = min(2, vectors.shape[1])
    axes[:, :count] = directions[:, ::-1][:, :count]
    # an eigenvector has no sign of its own: its largest part points up
    largest = axes[np.abs(axes).argmax(axis=0), [0, 1]]
    axes *= np.where(largest < 0, -1, 1)
    for start in range(0, len(rows), _BLOCK):
        some = rows[start : start + _BLOCK]
        places[some] = (vectors[some] - middle) @ axes
    return places
