"""Superfiltering: the rows that are hardest by IFD of a small model (Li et al. 2024, arXiv 2402.00530).

IFD is how well a model foretells an answer with the instruction, against without it: 1 and more is an
instruction that does not help. The paper scores with GPT-2 and tunes on 5 % of Alpaca, among other shares.
"""

from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped, signals_for
from dataexplore.selection.rules import Only, Top

_SHARE = 0.05
_HELPS = 1.0


def _steps(asked: Asked, about: About) -> list[Planned]:
    (signal,) = signals_for("superfiltering", asked, about)
    below = _HELPS if asked.threshold is None else asked.threshold
    size = asked.size or max(1, round(about.rows * _SHARE))
    name = signal.replace('"', '""')
    return [
        Planned(Only(f'"{name}" < {below:g}')),
        Planned(Top(signal, size, asked.seed), "5 % of Alpaca's 52,002"),
    ]


SUPERFILTERING = Shipped(
    name="superfiltering",
    line="the highest IFD below 1 (5 %)",
    source="arXiv 2402.00530",
    settings=("size", "threshold"),
    limits="IFD is computed elsewhere and imported as a signal; it is not made here.",
    steps=_steps,
)
