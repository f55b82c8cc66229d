"""Recipes as lines, and what one of them would leave beside what its paper had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, WARN, across, line, shown

if TYPE_CHECKING:
    from dataexplore.selection.layers import Step
    from dataexplore.selection.recipes.shipped import Planned, Shipped


class RecipesSource:
    """One recipe a line: its name and what it takes."""

    def __init__(self, recipes: Sequence[Shipped]) -> None:
        self.recipes = recipes

    def __len__(self) -> int:
        return len(self.recipes)

    def line(self, index: int, width: int) -> Text:
        """Return one recipe as a line."""
        one = self.recipes[index]
        return across(line(" ", (f"{one.name:<15}", ACCENT), one.line), line((one.source, DIM), " "), width)

    def more(self, index: int) -> list[Text]:
        """Return where a recipe comes from, what can be set and what it does not do."""
        one = self.recipes[index]
        words = ", ".join((*one.settings, "signal", "seed"))
        return [
            Text(one.line),
            line(("source    ", DIM), one.source),
            line(("settings  ", DIM), words),
            line(("limits    ", DIM), one.limits),
        ]


def steps_lines(
    recipe: Shipped, planned: Sequence[Planned], funnel: Sequence[Step], rows: int, replaced: int
) -> list[Text]:
    """Return the rows after every step beside the paper's own number."""
    lines = [
        line((recipe.name, STRONG), f"  {recipe.line}"),
        line((recipe.source, DIM)),
        Text(),
        line(f"{rows:>9,}  ", ("all rows; what was decided by hand stands", DIM)),
    ]
    for plan, step in zip(planned, funnel, strict=True):
        lines.append(line((f"{step.rows:>9,}  ", STRONG), shown(step.rule, ACCENT)))
        if plan.paper:
            lines.append(line((f"{'':<11}the paper: {plan.paper}", DIM)))
    lines += [Text(), line((recipe.limits, DIM)), Text()]
    if replaced:
        rules = "the rule" if replaced == 1 else f"the {replaced} rules"
        lines.append(line((f"it takes the place of {rules} in force; u undoes that", WARN)))
    lines.append(line(("enter", ACCENT), " applies it; ", ("esc", ACCENT), " decides nothing"))
    return lines
