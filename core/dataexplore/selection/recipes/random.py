"""As many rows at random: the control that every other choice has to beat.

Several comparisons find few methods that beat it by much (arXiv 2410.09335, 2410.15225, 2503.01807).
"""

from dataexplore.errors import RuleError
from dataexplore.selection.recipes.shipped import About, Asked, Planned, Shipped
from dataexplore.selection.rules import Random


def _steps(asked: Asked, about: About) -> list[Planned]:
    if asked.size is None:
        raise RuleError("the recipe 'random' needs --size N")
    return [Planned(Random(asked.size, asked.seed))]


RANDOM = Shipped(
    name="random",
    line="as many rows at random: the control for every other choice",
    source="arXiv 2410.09335",
    settings=("size",),
    limits="One draw tells little: make several with `dataexplore arms --seeds`.",
    steps=_steps,
)
