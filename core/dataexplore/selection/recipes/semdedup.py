"""SemDeDup: one of each set of rows that mean the same, by cluster (Abbas et al. 2023, arXiv 2303.09540).

The paper removes half of LAION-440M with little loss; which cosine means the same has to be tuned.
"""

from dataexplore.clusters.kmeans import default_k
from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped
from dataexplore.selection.rules import SemDeDup

_THRESHOLD = 0.9


def _steps(asked: Asked, about: About) -> list[Planned]:
    threshold = _THRESHOLD if asked.threshold is None else asked.threshold
    rule = SemDeDup(threshold, asked.k or default_k(about.rows), asked.seed)
    return [Planned(rule, "half of LAION-440M (images)")]


SEMDEDUP = Shipped(
    name="semdedup",
    line="one of each set of rows that are alike (cosine >= .9) within a cluster",
    source="arXiv 2303.09540",
    settings=("threshold", "k"),
    limits="Pairs across clusters are not seen; `--duplicates` compares all pairs. The paper's share is of "
    "images from the web, and text written to order repeats less.",
    steps=_steps,
)
