"""Every verb by name, for the palette."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from dataexplore_tui.screens.help import key_name


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
        for kind in type(self.screen).__mro__:
            if not kind.__module__.startswith("dataexplore_tui"):
                continue
            for binding in vars(kind).get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.description:
                    keys = " ".join(key_name(key) for key in binding.key.split(","))
                    run = partial(self.screen.run_action, binding.action)
                    yield f"{binding.description}  ({keys})", run
