"""Counts of many reviews, with how sure they are and how far length explains them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataexplore.compare.length import length_controlled
from dataexplore.compare.review import Review

_DRAWS = 10_000


@dataclass(frozen=True)
class Outcome:
    """How the first model did against the second, over the prompts whose replies could be read."""

    wins: int
    ties: int
    losses: int
    unparsed: int
    """Prompts of which a reply could not be read: they count nowhere else."""
    score: float | None
    """(wins - losses) / prompts + 1, as in AlpaGasus (arXiv 2307.08701): above 1 the first is better."""
    interval: tuple[float, float] | None
    """95 % of the scores that as many prompts drawn from these (with replacement) have."""
    sign_test: float | None
    """Chance of a split of wins and losses at least as uneven, were both equally likely."""
    flips: int
    """Prompts for which each order had another winner; they are ties."""
    longer_wins: float | None
    """Share of the won prompts where the longer answer won."""
    length_controlled: float | None
    """Share of prompts that the first model would win were answers equally long; a tie is half a win."""

    @property
    def prompts(self) -> int:
        """Prompts that count."""
        return self.wins + self.ties + self.losses

    @property
    def flip_rate(self) -> float | None:
        """Share of the prompts on which the judge contradicts itself."""
        return self.flips / self.prompts if self.prompts else None


def outcome(reviews: Sequence[Review], seed: int = 0) -> Outcome:
    """Count reviews; `seed` is for the interval."""
    read = [review for review in reviews if review.judged]
    verdicts = [review.verdict for review in read]
    wins, losses = verdicts.count(1), verdicts.count(-1)
    ties = len(read) - wins - losses
    return Outcome(
        wins,
        ties,
        losses,
        len(reviews) - len(read),
        (wins - losses) / len(read) + 1 if read else None,
        _interval(wins, ties, losses, seed) if read else None,
        sign_test(wins, losses),
        sum(review.flipped for review in read),
        _longer_wins(read),
        length_controlled(read),
    )


def by_set(reviews: Sequence[Review], seed: int = 0) -> dict[str, Outcome]:
    """Count each test set apart, in the order in which they come."""
    names = dict.fromkeys(review.set for review in reviews)
    return {name: outcome([one for one in reviews if one.set == name], seed) for name in names}


def sign_test(wins: int, losses: int) -> float | None:
    """Return the two-sided chance of such a split; None without a decided prompt."""
    decided = wins + losses
    if not decided:
        return None
    tail = sum(math.comb(decided, more) for more in range(max(wins, losses), decided + 1))
    return min(1.0, 2 * tail / (1 << decided))


def _interval(wins: int, ties: int, losses: int, seed: int) -> tuple[float, float]:
    prompts = wins + ties + losses
    # Prompts drawn with replacement are counts drawn from their shares.
    shares = np.array([wins, ties, losses]) / prompts
    drawn = np.random.default_rng(seed).multinomial(prompts, shares, _DRAWS)
    low, high = np.quantile((drawn[:, 0] - drawn[:, 2]) / prompts + 1, (0.025, 0.975))
    return float(low), float(high)


def _longer_wins(reviews: Sequence[Review]) -> float | None:
    won = [
        (one.verdict, one.lengths[0] - one.lengths[1])
        for one in reviews
        if one.verdict and one.lengths and one.lengths[0] != one.lengths[1]
    ]
    return sum(verdict * longer > 0 for verdict, longer in won) / len(won) if won else None
