"""How well two models expect answers that somebody holds for good: the comparison that needs no judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dataexplore.compare.answers import Loss
from dataexplore.compare.prompt import Prompt

_DRAWS = 10_000


@dataclass(frozen=True)
class Losses:
    """Two models on the same references; nats a token, so lower is better."""

    references: int
    """How many both were measured on."""
    first: float
    """The first model's loss over all their tokens."""
    second: float
    tokens: tuple[int, int]
    """How many each model has: with different tokenizers losses cannot be held against each other."""
    lower: int
    """References that the first model expects more than the second."""
    difference: float
    """First less second, the mean over references of the loss a token."""
    interval: tuple[float, float]
    """95 % of the differences that as many references, drawn from these with replacement, have."""

    @property
    def comparable(self) -> bool:
        """Whether both models cut the references into the same number of tokens."""
        return self.tokens[0] == self.tokens[1]


def losses(
    prompts: Sequence[Prompt], first: Mapping[str, Loss], second: Mapping[str, Loss], seed: int = 0
) -> Losses | None:
    """Compare two models on the references that both were measured on; None where there is none."""
    keys = dict.fromkeys(one.reference_key for one in prompts if one.reference)
    both = [(first[key], second[key]) for key in keys if key in first and key in second]
    both = [(one, other) for one, other in both if one.mean is not None and other.mean is not None]
    if not both:
        return None
    totals = np.array([[side.total for side in pair] for pair in both], np.float64)
    counts = np.array([[side.tokens for side in pair] for pair in both], np.int64)
    means = totals / counts
    difference = means[:, 0] - means[:, 1]
    drawn = _drawn_means(difference, seed)
    low, high = np.quantile(drawn, (0.025, 0.975))
    whole = totals.sum(axis=0) / counts.sum(axis=0)
    return Losses(
        len(both),
        float(whole[0]),
        float(whole[1]),
        (int(counts[:, 0].sum()), int(counts[:, 1].sum())),
        int(np.count_nonzero(difference < 0)),
        float(difference.mean()),
        (float(low), float(high)),
    )


def _drawn_means(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], seed: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    random = np.random.default_rng(seed)
    means = np.empty(_DRAWS)
    for draw in range(_DRAWS):
        means[draw] = values[random.integers(0, len(values), len(values))].mean()
    return means
