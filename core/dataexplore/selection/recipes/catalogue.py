"""The recipes there are."""

from dataexplore.selection.recipes.alpagasus import ALPAGASUS
from dataexplore.selection.recipes.car import CAR
from dataexplore.selection.recipes.deita import DEITA
from dataexplore.selection.recipes.lima import LIMA
from dataexplore.selection.recipes.longest import LONGEST
from dataexplore.selection.recipes.ltd import LTD
from dataexplore.selection.recipes.random import RANDOM
from dataexplore.selection.recipes.semdedup import SEMDEDUP
from dataexplore.selection.recipes.shipped import Shipped
from dataexplore.selection.recipes.superfiltering import SUPERFILTERING

SHIPPED = {
    recipe.name: recipe
    for recipe in (LIMA, ALPAGASUS, LTD, DEITA, CAR, SUPERFILTERING, SEMDEDUP, LONGEST, RANDOM)
}
_ALSO = {"longest": "longest-1k"}


def find_recipe(name: str) -> Shipped | None:
    """Return the recipe of that name, None when there is none."""
    return SHIPPED.get(_ALSO.get(name, name))
