"""DEITA: the highest scores first, but nothing too like a row taken (Liu et al. 2023, arXiv 2312.15685).

The paper multiplies a score of complexity with one of quality and takes 6,000 rows, each unlike enough to
those before it.
"""

from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped, signals_for
from dataexplore.selection.rules import Spread

_SIZE = 6000
_THRESHOLD = 0.9


def _steps(asked: Asked, about: About) -> list[Planned]:
    signals = signals_for("deita", asked, about, most=2)
    threshold = _THRESHOLD if asked.threshold is None else asked.threshold
    size = min(_SIZE, about.rows) if asked.size is None else asked.size
    return [Planned(Spread(signals, threshold, size, asked.seed), "6,000 taken of its pools")]


DEITA = Shipped(
    name="deita",
    line="the best scores, each row unlike (cosine < .9) all better ones taken (6,000)",
    source="arXiv 2312.15685",
    settings=("size", "threshold"),
    limits="The paper's scores come from two trained models (complexity, quality); any one or two signals "
    "serve here. A cosine means something else to each encoder.",
    steps=_steps,
)
