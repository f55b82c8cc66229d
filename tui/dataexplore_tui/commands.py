"""Every verb by name, for the palette."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from dataexplore_tui.panes.header import MODES
from dataexplore_tui.screens.catalogue import screen_class
from dataexplore_tui.screens.help import key_name
from dataexplore_tui.screens.mode import ModeScreen


class Commands(Provider):
    """Offers what the keys of the current screen do, under the same words."""

    async def discover(self) -> Hits:
        """List everything."""
        for words, run in self._verbs():
            yield DiscoveryHit(words, run)

    async def search(self, query: str) -> Hits:
        """List what matches."""
        matcher = self.matcher(query)
        for words, run in self._verbs():
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, matcher.highlight(words), run)

    def _verbs(self) -> Iterator[tuple[str, partial[Any]]]:
        here = self.screen
        for kind in type(here).__mro__:
            for words, action in _verbs_of(kind):
                yield words, partial(here.run_action, action)
        for number, mode in enumerate(MODES, 1):
            yield f"go to {mode}  ({number})", partial(self.app.run_action, f"app.mode({number})")
            if getattr(here, "NUMBER", 0) != number:
                for kind in screen_class(number).__mro__:
                    if kind is not ModeScreen and issubclass(kind, ModeScreen):
                        for words, action in _verbs_of(kind):
                            yield f"{mode}: {words}", partial(self._elsewhere, number, action)

    async def _elsewhere(self, number: int, action: str) -> None:
        await self.app.switch_mode(str(number))
        await self.app.screen.run_action(action)


def _verbs_of(kind: type) -> Iterator[tuple[str, str]]:
    if kind.__module__.startswith("dataexplore_tui"):
        for binding in vars(kind).get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.description and binding.show:
                keys = " ".join(key_name(key) for key in binding.key.split(","))
                yield f"{binding.description}  ({keys})", binding.action
