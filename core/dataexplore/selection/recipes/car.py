"""CaR, clustering and ranking: the best of all and of each cluster (Ge et al. 2024, arXiv 2402.18191).

The paper keeps 1.96 % of Alpaca by a small quality model of its own; k = sqrt(n / 2) makes 161 clusters.
"""

from dataexplore.clusters.kmeans import default_k
from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped, signals_for
from dataexplore.selection.rules import Quota

_TOP = 1000
_EACH = 1


def _steps(asked: Asked, about: About) -> list[Planned]:
    (signal,) = signals_for("car", asked, about)
    k = asked.k or default_k(about.rows)
    rule = Quota(_EACH, "best", signal, None, k, asked.seed, asked.size or _TOP)
    return [Planned(rule, "1.96 % of Alpaca's 52,002")]


CAR = Shipped(
    name="car",
    line="the best 1,000 by a score, and the best of each cluster (k = sqrt(n / 2))",
    source="arXiv 2402.18191",
    settings=("size", "k"),
    limits="Size is that of the first part; clusters whose best row is in it add none. The score is yours: "
    "the paper's own model is not here.",
    steps=_steps,
)
