"""Drives the screen as a person does: presses keys, waits for what should appear."""

import contextlib
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from dataexplore.dataset.opening import open_head
from dataexplore.session.session import Session
from dataexplore_tui.app import DataexploreApp

_TRIES = 400
_NAMES = {
    " ": "space",
    "/": "slash",
    "?": "question_mark",
    ":": "colon",
    "!": "exclamation_mark",
    ".": "full_stop",
    "#": "number_sign",
    "+": "plus",
    "]": "right_square_bracket",
    "[": "left_square_bracket",
}


class Driver:
    """The running program, its keys and its screen."""

    def __init__(self, app: DataexploreApp, pilot: Pilot[None]) -> None:
        self.app = app
        self._pilot = pilot

    @property
    def session(self) -> Session:
        """The session behind the screen."""
        assert self.app.sitting.session is not None
        return self.app.sitting.session

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        await self._pilot.press(*(_NAMES.get(key, key) for key in keys))
        await self._pilot.pause()

    async def type(self, text: str) -> None:
        """Put a text into the field that has the focus and press Enter."""
        field = self.app.focused
        assert field is not None
        assert hasattr(field, "value"), f"no field has the focus but {field}"
        field.value = text
        await self.press("enter")

    async def ask(self, key: str, text: str) -> None:
        """Press a key that asks for a text, and answer."""
        await self.press(key)
        await self.type(text)

    async def shows(self, *texts: str, patience: int = 1) -> None:
        """Wait until every text is on screen; `patience` is more where a process has to start first."""
        for _ in range(_TRIES * patience):
            if not self._missing(texts):
                return
            await self._pilot.pause(0.02)
        missing = self._missing(texts)
        raise AssertionError(f"not on screen: {missing}\n{self.text()}")

    def _missing(self, texts: Iterable[str]) -> list[str]:
        """Return what is not on screen; a text may go on in the next line, where the width ends."""
        seen = self.text()
        flat = " ".join(seen.split())
        return [text for text in texts if text not in seen and text not in flat]

    async def lacks(self, text: str) -> None:
        """Wait until a text is no longer on screen."""
        for _ in range(_TRIES):
            if text not in self.text():
                return
            await self._pilot.pause(0.02)
        raise AssertionError(f"still on screen: {text}\n{self.text()}")

    def text(self) -> str:
        """The characters on screen."""
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips(self.app.size)
        return "\n".join(line.text[:width] for line in lines[:height])


@contextlib.asynccontextmanager
async def opening(path: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Driver]:
    """Open a file, whose rows are then still read."""
    app = DataexploreApp(open_head(path))
    async with app.run_test(size=size) as pilot:
        yield Driver(app, pilot)
        await app.workers.wait_for_complete()


@contextlib.asynccontextmanager
async def opened(path: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Driver]:
    """Open a file and wait until all its rows are read."""
    async with opening(path, size) as driver:
        await driver.shows("undecided")
        yield driver


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Write rows as lines of JSON."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
