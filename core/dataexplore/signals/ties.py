"""A signal whose equal scores are told apart by a second one."""

import numpy as np
from numpy.typing import NDArray

from dataexplore.signals.signal import Scores


def with_second_key(first: Scores, second: Scores) -> NDArray[np.float64]:
    """Return `first` with ties ordered by `second`, the higher the better; NaN where `first` has none.

    Each score stays at or above its own value and below the next one: a threshold at any score of the
    first signal keeps the same rows of both. Rows without a second score are last of their equals.
    """
    made = np.full(len(first), np.nan)
    known = np.flatnonzero(~np.isnan(first))
    if not len(known):
        return made
    values, place = np.unique(first[known].astype(np.float64), return_inverse=True)
    tie = second[known].astype(np.float64)
    tie[np.isnan(tie)] = -np.inf
    _, rank = np.unique(tie, return_inverse=True)
    gaps = np.diff(values)
    gap = np.append(gaps, gaps.min() if len(gaps) else 1.0)
    made[known] = values[place] + gap[place] * (rank / (rank.max() + 1))
    return made
