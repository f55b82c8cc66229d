"""Recipes of papers, by name: their settings, what they would leave, and then their decisions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError, RuleError
from dataexplore_tui.panes.recipes import RecipesSource, steps_lines
from dataexplore_tui.screens.chooser import Chooser
from dataexplore_tui.screens.exporting import ExportScreen
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.prepared import Prepared, telling
from dataexplore_tui.screens.talking import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataexplore.selection.layers import Step
    from dataexplore.selection.recipe import Recipe
    from dataexplore.selection.recipes.shipped import About, Planned, Shipped
    from dataexplore.session.session import Session

_SIZE = 1000


class FollowingScreen(ExportScreen):
    """A screen on which a named recipe is tried and applied."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "recipes", "recipes of papers by name: rows after every step first", id="subset.recipes")
    ]

    def action_recipes(self) -> None:
        """Show the recipes."""
        if self.session is None:
            return
        from dataexplore.selection.recipes.catalogue import SHIPPED

        source = RecipesSource(list(SHIPPED.values()))

        def chosen(index: int | None) -> None:
            if index is not None:
                self._ask_settings(source.recipes[index])

        self.app.push_screen(Chooser(Text("recipes"), source, source.more), chosen)

    def _ask_settings(self, recipe: Shipped) -> None:
        session = self.session
        if session is None:
            return
        names = ("signal", *recipe.settings, "seed")
        about = _about(session)
        self.ask(
            recipe.name,
            partial(self._try, recipe, names),
            _first_settings(recipe, about, self.sitting.signal),
            hint=f"{', '.join(names)}, each with its value; signals: {', '.join(about.signals)}",
            example="nothing: as in the paper",
        )

    def _try(self, recipe: Shipped, names: Sequence[str], text: str) -> bool:
        from dataexplore.selection.recipe import Recipe
        from dataexplore_tui.screens.typed import settings_of

        session = self.session
        if session is None:
            return False
        try:
            asked = settings_of(text, names)
            for signal in asked.signals:
                session.scores(signal)
            planned = recipe.plan(asked, _about(session))
        except DataexploreError as error:
            self.say(str(error).replace("--size N", "size N"), warning=True)
            return False
        planned = [replace(one, rule=Prepared(one.rule)) for one in planned]
        made = Recipe(tuple(one.rule for one in planned))

        def look(session: Session, tell: Progress) -> list[Step]:
            with telling(session, tell):
                return session.replay(made, decide=False)[1]

        # The line closes when this returns: what is found at once is shown after that.
        self.call_after_refresh(
            self.background, f"trying {recipe.name}", look, partial(self._tried, recipe, planned, made)
        )
        return True

    def _tried(self, recipe: Shipped, planned: list[Planned], made: Recipe, funnel: list[Step]) -> None:
        session = self.session
        if session is None:
            return

        def closed(applies: bool | None) -> None:
            if applies and self.attempt(lambda session: _follow(session, made)):
                left = self.state.counts.rows - self.state.counts.drop
                self.say(f"{recipe.name}: {left:,} rows left; u undoes")

        rules = sum(entry.act.rule is not None for entry in session.acts)
        lines = steps_lines(recipe, planned, funnel, len(session.dataset), rules)
        self.app.push_screen(Overlay(f"recipe {recipe.name}", lines, "applies"), closed)


def _follow(session: Session, recipe: Recipe) -> None:
    session.replay(recipe)


def _about(session: Session) -> About:
    from dataexplore.selection.recipes.shipped import About

    return About(len(session.dataset), tuple(session.columns.signals))


def _first_settings(recipe: Shipped, about: About, signal: str) -> str:
    """Return the settings that a recipe cannot do without."""
    from dataexplore.selection.recipes.shipped import Asked

    size = min(_SIZE, about.rows)
    for asked, words in (
        (Asked(), ""),
        (Asked(signals=(signal,)), f'signal "{signal}"' if " " in signal else f"signal {signal}"),
        (Asked(size=size), f"size {size}"),
    ):
        try:
            recipe.plan(asked, about)
        except RuleError:
            continue
        return words
    return ""
