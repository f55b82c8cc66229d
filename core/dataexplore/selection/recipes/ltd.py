"""LTD: the few rows that cover the others (Chen et al. 2023, arXiv 2305.09246).

The paper embeds rows, finds clusters with k-means and picks a core set with k-center greedy, about 0.5 % of
the data of P3 for one task.
"""

from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped
from dataexplore.selection.rules import KCenter

_SHARE = 0.005


def _steps(asked: Asked, about: About) -> list[Planned]:
    size = asked.size or max(1, round(about.rows * _SHARE))
    return [Planned(KCenter(size, asked.seed), "about 0.5 % of the data, for one task")]


LTD = Shipped(
    name="ltd",
    line="k-center: the few rows that cover the others (0.5 %)",
    source="arXiv 2305.09246",
    settings=("size",),
    limits="k-center takes what is far out, noise included: prune first. The vectors are the prompts' by the "
    "encoder here, not a language model's own states, and all rows are taken for one task.",
    steps=_steps,
)
