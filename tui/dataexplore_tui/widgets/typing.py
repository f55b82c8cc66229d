"""Keys in order: each is handled, and all it started is done, before the next is looked at."""

from collections import deque
from functools import partial
from time import monotonic
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message

_ROUNDS = 2
"""One for the key's action, one for the message that it posts, such as an answer to the asking line."""

_PATIENCE = 1.0
"""Seconds after which the next key asks whether the one before was ever handled: its widget may be gone."""

_GRACE = 0.25
"""Seconds in which the answer to that may still come up."""


class _Handled(Message):
    """Follows a key on its way up from the widget that has the focus."""

    def __init__(self, number: int, rounds: int) -> None:
        super().__init__()
        self.number = number
        self.rounds = rounds


class KeysInOrder(App[None]):
    """Textual sends a key to where the focus is when it arrives, though the key before may just be moving it.

    On a slow line `/sourdough` comes in one piece: without this its letters would sort, undo, keep and drop.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._typed: deque[events.Key] = deque()
        self._key = 0
        self._since: float | None = None

    async def on_event(self, event: events.Event) -> None:
        """Hold back a key while the one before is still at work."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._since is None:
            await self._hand_over()
        elif monotonic() - self._since > _PATIENCE:
            self.set_timer(_GRACE, partial(self._give_up_on, self._key))

    async def _give_up_on(self, number: int) -> None:
        if number == self._key and self._since is not None:
            await self._hand_over()

    async def _hand_over(self) -> None:
        self._since = None
        if not self._typed:
            return
        target = self.focused or self.screen
        self._key += 1
        await super().on_event(self._typed.popleft())
        if target.post_message(_Handled(self._key, _ROUNDS)):
            self._since = monotonic()
        else:
            self.call_later(self._hand_over)

    def on__handled(self, message: _Handled) -> None:
        """The key has come all the way up; what its action asked to be done later is done first."""
        message.stop()
        if message.number == self._key:
            self.call_later(self._follow, message.rounds - 1)

    async def _follow(self, rounds: int) -> None:
        target = self.focused or self.screen
        if not rounds or not target.post_message(_Handled(self._key, rounds)):
            await self._hand_over()
