"""How a judge mistakes one score for another, told without a true score from what neighbours are given.

Zhu, Song and Liu 2021, "Clusterability as an Alternative to Anchor Points When Learning with Noisy Labels"
(HOC, arXiv 2102.05291): where a row and its two nearest neighbours deserve the same score, and the judge
errs on each by itself, how often each triple of scores occurs gives away the matrix of mistakes. As in the
paper: triples of a row and its two nearest, and the model of them. Simplified: the model is fitted by
expectation-maximisation to the counts of triples, where the paper descends the gradient of the distance
between the counts' first three moments and the model's; all rows count, where it averages over samples.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]
"""The place of each row's score among the scores that occur."""

_STEPS = 2000
_SETTLED = 1e-6
_RIGHT = 0.9
"""Where the search starts: a judge that is right so often. It tells true scores from one another."""


class Transition(NamedTuple):
    """What a judge makes of true scores."""

    matrix: Floats
    """True score by given score: rows of shares that sum to 1."""
    true: Floats
    """Share of the rows that deserve each score."""
    agree: float
    """How often a row has the score of a near neighbour."""
    by_chance: float
    """How often two rows have the same score if their vectors say nothing."""

    @property
    def informative(self) -> float:
        """How much more often neighbours agree than by chance: 0 not at all, 1 always."""
        return (self.agree - self.by_chance) / (1 - self.by_chance) if self.by_chance < 1 else 0.0

    @property
    def right(self) -> Floats:
        """For each given score how many of the rows that have it deserve it."""
        given = self.true @ self.matrix
        return np.divide(self.true * np.diag(self.matrix), given, out=np.ones_like(given), where=given > 0)


def transition(levels: Levels, first: NDArray[np.int64], second: NDArray[np.int64], count: int) -> Transition:
    """Estimate a judge's mistakes; `first` and `second` are the places of each row's two nearest neighbours.

    Neighbours that deserve other scores than the row look like mistakes: the estimate is then too dark.
    """
    counted: Floats = np.zeros((count, count, count))
    np.add.at(counted, (levels, levels[first], levels[second]), 1 / len(levels))
    orders = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    # Which of the three is the row says nothing.
    triples: Floats = np.mean([counted.transpose(order) for order in orders], axis=0)
    given = np.bincount(levels, minlength=count) / len(levels)
    agree = float(((levels == levels[first]).mean() + (levels == levels[second]).mean()) / 2)
    matrix, true = _fitted(triples, given)
    return Transition(matrix, true, agree, float(given @ given))


def _fitted(triples: Floats, given: Floats) -> tuple[Floats, Floats]:
    """Return the matrix and the shares under which the triples are the likeliest."""
    count = len(given)
    matrix = _RIGHT * np.eye(count) + (1 - _RIGHT) * given
    true = given.copy()
    for _ in range(_STEPS):
        # parts[i, a, b, c]: how likely the scores a, b, c come from three rows that deserve score i.
        parts = np.einsum("i,ia,ib,ic->iabc", true, matrix, matrix, matrix)
        whole = parts.sum(axis=0)
        shares = np.divide(triples, whole, out=np.zeros_like(whole), where=whole > 0)
        expected = (parts * shares).sum(axis=(2, 3))
        true = expected.sum(axis=1)
        moved = np.divide(expected, true[:, None], out=np.eye(count), where=true[:, None] > 0)
        change = float(np.abs(moved - matrix).max())
        matrix = moved
        if change < _SETTLED:
            break
    return matrix, true
