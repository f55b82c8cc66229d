"""AlpaGasus: what a judge rates 4.5 or more of 5 (Chen et al. 2023, arXiv 2307.08701).

ChatGPT's ratings of Alpaca kept 9,229 of 52,002 rows at >= 4.5; the counts are in the design.
"""

from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped, signals_for
from dataexplore.selection.rules import Threshold

_AT = 4.5
_PAPER = "9,229 of 52,002 at >= 4.5"


def _steps(asked: Asked, about: About) -> list[Planned]:
    (signal,) = signals_for("alpagasus", asked, about)
    return [Planned(Threshold(signal, _AT if asked.threshold is None else asked.threshold), _PAPER)]


ALPAGASUS = Shipped(
    name="alpagasus",
    line="what a judge rates 4.5 or more of 5",
    source="arXiv 2307.08701",
    settings=("threshold",),
    limits="Another judge, or another scale, needs another threshold: look at `dataexplore scores`. Rows "
    "without a score are left undecided.",
    steps=_steps,
)
