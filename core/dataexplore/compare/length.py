"""The share of wins that is left when neither answer is longer than the other.

A logistic curve of the verdict over the difference in length, read where that is zero: the idea of the
length-controlled AlpacaEval (arXiv 2404.04475), without its terms for prompts and models.
"""

from collections.abc import Sequence

import numpy as np

from dataexplore.compare.review import Review

_ROUNDS = 50
_RIDGE = 1e-3
"""Keeps the curve finite where length tells all verdicts apart."""


def length_controlled(reviews: Sequence[Review]) -> float | None:
    """Return the share of the first model, a tie being half a win; None where no lengths are known."""
    known = [(review.verdict, review.lengths) for review in reviews if review.lengths]
    if not known:
        return None
    won = np.array([(verdict + 1) / 2 for verdict, _ in known])
    longer = np.array([first - second for _, (first, second) in known], np.float64)
    spread = longer.std() or 1.0
    inputs = np.stack([np.ones(len(known)), np.tanh(longer / spread)], axis=1)
    weights = np.zeros(2)
    for _ in range(_ROUNDS):  # Newton's method
        share = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (won - share) - _RIDGE * weights
        curve = (inputs * (share * (1 - share))[:, None]).T @ inputs + _RIDGE * np.eye(2)
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return float(1 / (1 + np.exp(-weights[0])))
