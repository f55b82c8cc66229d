"""Puts sequences of different lengths into batches with little padding."""

from collections.abc import Iterator, Sequence

_FULL = 0.75
"""The shortest of a batch has at least so much of the longest's length ..."""
_SLACK = 16
"""... or misses so few tokens that a batch of its own would cost more."""


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield places of sequences, longest first; a batch has `budget` tokens at most, padding included.

    A sequence that is longer than the budget is a batch of its own.
    """
    batch: list[int] = []
    width = 0
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        short = lengths[place] < min(_FULL * width, width - _SLACK)
        if batch and (short or width * (len(batch) + 1) > budget):
            yield batch
            batch = []
        width = width if batch else lengths[place]
        batch.append(place)
    if batch:
        yield batch
