"""Scores put right by what near neighbours of a row are given.

Pang et al. 2024, "Improving Data Efficiency via Curating LLM-Driven Rating Systems" (DS2, arXiv 2410.10877).
As in the paper: the matrix of mistakes from the agreement of two nearest neighbours; a row's agreement is the
cosine of its own score and its neighbours' similarity-weighted scores, the row itself counting as one more
neighbour; of each score's rows as many are held wrong as the matrix says, those that agree least; this is
repeated on random nine tenths of the rows; a row gets the score its neighbours voted for where the votes
are sure enough. Simplified: neighbours are searched once among all rows and rounds pick of them; fewer
rounds; the matrix is fitted otherwise (`judge.transition`).

It takes for granted that near rows deserve like scores. Where neighbours hardly agree more often than
chance, nothing is changed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataexplore.coverage.tiles import with_vector
from dataexplore.errors import SignalError
from dataexplore.judge.ds2.neighbours import Nearest, nearest_rows
from dataexplore.judge.ds2.transition import Levels, Transition, transition
from dataexplore.signals.signal import Scores
from dataexplore.vectors.arrays import Cancelled, FloatMatrix, Progress

NEIGHBOURS = 10
SURE = 0.5
"""A row's score is changed from this confidence on, as in the paper."""
INFORMATIVE = 0.1
"""Neighbours that agree less often than this beyond chance (0 to 1) tell nothing of a row.

Three judges of Alpaca have 0.05, 0.06 and 0.17: with the last a third of the scores would be other ones.
"""
MOST_LEVELS = 11
"""Half steps from 0 to 5: more different scores are too many to estimate how each is mistaken for each."""
_ROUNDS = 25
_SHARE = 0.9
_SPARE = 6
"""Neighbours beyond those that vote: a tenth of the rows is not there in a round."""
_FEWEST, _MOST = 0.05, 0.95
"""Between these lies the share of a score's rows that may be held wrong."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Correction:
    """A judge's scores after what neighbours say; rows without a score or a vector are as they were."""

    scores: Floats
    changed: NDArray[np.int64]
    """Rows whose score is another one now."""
    confidence: Floats
    """Of the score that the neighbours vote for, where that is another one; 0 to 1, NaN for rows left out."""
    values: Floats
    """The scores that occur, ascending: the rows and columns of the matrix."""
    transition: Transition | None
    """How the judge mistakes scores; None where too few rows have both a score and a vector."""

    @property
    def informative(self) -> bool:
        """Whether neighbours agree often enough for anything to be changed."""
        return self.transition is not None and self.transition.informative >= INFORMATIVE


def corrected(
    scores: Scores,
    vectors: FloatMatrix,
    seed: int = 0,
    k: int = NEIGHBOURS,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Correction:
    """Correct one judge's scores; `vectors` are of length 1, zeros for a row without one.

    Raises SignalError for more than 11 different scores (`binned` makes fewer), EncoderError for NaN vectors.
    """
    before = np.array(scores, np.float64)
    rows = with_vector(vectors)
    rows = rows[~np.isnan(before[rows])]
    values, levels = np.unique(before[rows], return_inverse=True)
    if len(values) > MOST_LEVELS:
        raise SignalError(f"the scores have {len(values):,} values, more than {MOST_LEVELS}; bin them first")
    confidence = np.full(len(before), np.nan)
    if len(rows) <= k:
        return Correction(before, np.empty(0, np.int64), confidence, values, None)
    near = nearest_rows(vectors[rows], k + _SPARE, progress, cancelled)
    found = transition(levels, near.places[:, 0], near.places[:, 1], len(values))
    after = before.copy()
    if found.informative >= INFORMATIVE:
        suggested, sure = _voted(levels, near, found, k, np.random.default_rng(seed))
        confidence[rows] = sure
        after[rows] = np.where(sure >= SURE, values[suggested], before[rows])
    changed = rows[after[rows] != before[rows]]
    return Correction(after, changed, confidence, values, found)


def binned(scores: Scores, levels: int = 6) -> Floats:
    """Round scores to so many values, evenly spaced from the lowest score to the highest."""
    before = np.array(scores, np.float64)
    known = before[~np.isnan(before)]
    if not len(known) or levels < 2 or known.max() == known.min():
        return before
    step = (known.max() - known.min()) / (levels - 1)
    rounded: Floats = known.min() + np.round((before - known.min()) / step) * step
    return rounded


def long_tail(
    vectors: FloatMatrix,
    k: int = NEIGHBOURS,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Floats:
    """Return DS2's diversity score: the mean distance (1 - cosine) of each row to its k nearest other rows.

    High is rare. NaN for rows without a vector. The paper's squashing of it keeps the order and is left out.
    """
    found = np.full(len(vectors), np.nan)
    rows = with_vector(vectors)
    if len(rows) > 1:
        near = nearest_rows(vectors[rows], k, progress, cancelled)
        found[rows] = (1 - np.minimum(near.cosines, 1)).mean(axis=1)
    return found


def _voted(
    levels: Levels, near: Nearest, found: Transition, k: int, rng: np.random.Generator
) -> tuple[Levels, Floats]:
    """Return for each row the score that its neighbours vote for over all rounds, and how sure that is."""
    rows, count = len(levels), len(found.true)
    wrong = np.clip(1 - found.right, _FEWEST, _MOST)
    votes, held, times = np.zeros((rows, count)), np.zeros(rows), np.zeros(rows)
    for _ in range(_ROUNDS):
        here = np.zeros(rows, bool)
        here[rng.choice(rows, max(int(rows * _SHARE), 1), replace=False)] = True
        weights = _weights(levels, near, here, k, count)
        agreement = weights[np.arange(rows), levels] / np.linalg.norm(weights, axis=1)
        chosen = weights.argmax(axis=1)
        doubted = np.zeros(rows, bool)
        for level in range(count):
            of_level = np.flatnonzero(here & (levels == level))
            if len(of_level):
                doubted[of_level] = agreement[of_level] <= np.quantile(agreement[of_level], wrong[level])
        doubted &= here
        times += here
        held += doubted
        votes[doubted, chosen[doubted]] += 1
    shares = (votes + 1) / (held[:, None] + count)
    shares[np.arange(rows), levels] = 0
    suggested = shares.argmax(axis=1)
    sure = shares[np.arange(rows), suggested] * (held + 1) / (times + 2)
    return suggested, sure


def _weights(levels: Levels, near: Nearest, here: NDArray[np.bool_], k: int, count: int) -> Floats:
    """Return how much of each row's k - 1 nearest rows of a round, and of the row itself, has each score."""
    there = here[near.places]
    there &= there.cumsum(axis=1) < k
    cosines = np.where(there, np.maximum(near.cosines, 0), 0)
    cells = np.arange(len(levels))[:, None] * count + levels[near.places]
    summed = np.bincount(cells.ravel(), cosines.ravel(), len(levels) * count).astype(np.float64)
    weights: Floats = summed.reshape(len(levels), count)
    weights[np.arange(len(levels)), levels] += np.maximum(cosines.max(axis=1), 1e-6)
    return weights
