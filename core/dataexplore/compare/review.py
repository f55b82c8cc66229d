"""One prompt, answered by two models and judged in both orders."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Review:
    """What a judge said of two answers; a pair of scores is (first model, second model) in either order."""

    set: str
    """The test set that the prompt is from; "" where there is none."""
    straight: tuple[float, float] | None
    """With the first model's answer shown first; None where the reply could not be read."""
    swapped: tuple[float, float] | None
    """With the second model's answer shown first."""
    lengths: tuple[int, int] | None = None
    """Characters of the answers."""

    @property
    def judged(self) -> bool:
        """Whether both replies could be read."""
        return self.straight is not None and self.swapped is not None

    @property
    def verdict(self) -> int:
        """1 where the first model wins in both orders, or in one while the other is even; -1 if it loses so.

        Judges favour a place (AlpaGasus, arXiv 2307.08701, judges both orders for that): what contradicts
        itself is a tie.
        """
        both = preference(self.straight) + preference(self.swapped)
        return (both > 0) - (both < 0)

    @property
    def flipped(self) -> bool:
        """Whether each order had another winner."""
        return preference(self.straight) * preference(self.swapped) == -1


def preference(scores: tuple[float, float] | None) -> int:
    """Return 1 where the first of two scores is higher, -1 where it is lower, else 0."""
    return 0 if scores is None else (scores[0] > scores[1]) - (scores[0] < scores[1])
