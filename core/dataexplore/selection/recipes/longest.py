"""The longest answers: a baseline that is hard to beat (Zhao et al. 2024, arXiv 2402.04833)."""

from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped
from dataexplore.selection.rules import Longest

_SIZE = 1000


def _steps(asked: Asked, about: About) -> list[Planned]:
    return [Planned(Longest(asked.size or _SIZE), "1,000 of Alpaca's 52,002")]


LONGEST = Shipped(
    name="longest-1k",
    line="the rows with the longest answers (1,000)",
    source="arXiv 2402.04833",
    settings=("size",),
    limits="Length is counted in characters. Judges favour long answers, so compare with length held equal, "
    "too.",
    steps=_steps,
)
