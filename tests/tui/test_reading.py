"""What is asked for while rows are still read, searched or given keys has an answer, and Esc."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dataexplore.dataset.keys import Keys
from dataexplore.dataset.later import Later
from dataexplore.errors import FilterError
from dataexplore.session.columns import Columns
from dataexplore.session.session import Session
from dataexplore_tui.screens import view
from tui.driver import opened, opening


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Rows are read when it is opened."""
    opened_gate, read = Event(), Session.read

    def waiting(*arguments: Any) -> Session:
        opened_gate.wait(20)
        return read(*arguments)

    monkeypatch.setattr(Session, "read", waiting)
    yield opened_gate
    opened_gate.set()


@pytest.mark.parametrize(
    ("key", "text", "answer"),
    [
        ("/", "number 7", "match 1 of 1 for number 7"),
        ("f", "judge >= 8", "judge >= 8 · 3 of 10"),
        ("s", "judge", "judge ↓"),
        ("#", "4", "row 4 ·"),
    ],
)
async def test_it_is_done_when_all_rows_are_read(
    tiny: Path, gate: Event, key: str, text: str, answer: str
) -> None:
    async with opening(tiny) as screen:
        await screen.ask(key, text)
        await screen.shows(text, "when all rows are read; esc gives up", "reading")
        gate.set()
        await screen.shows(answer)


async def test_esc_gives_it_up(tiny: Path, gate: Event) -> None:
    async with opening(tiny) as screen:
        await screen.ask("f", "judge >= 8")
        await screen.press("escape")
        await screen.shows("given up")
        gate.set()
        await screen.shows("all rows · 10 of 10")


async def test_a_long_search_goes_on_behind_the_screen_and_esc_gives_it_up(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, search = Event(), Columns.search

    def waiting(columns: Columns, text: str) -> Any:
        found.wait(20)
        return search(columns, text)

    monkeypatch.setattr(Columns, "search", waiting)
    monkeypatch.setattr(view, "_AT_ONCE", 0)
    async with opened(tiny) as screen:
        await screen.ask("/", "number 7")
        await screen.shows("searching")
        await screen.press("j", "escape")
        await screen.shows("given up", "row 2 ·")
        found.set()
        await screen.app.workers.wait_for_complete()
        await screen.lacks("match 1 of 1")
        await screen.ask("/", "number 7")
        await screen.shows("match 1 of 1 for number 7", "row 7 ·")


@pytest.mark.parametrize("at_once", [0, 100])
async def test_a_text_that_cannot_be_searched_for_is_refused_with_a_sentence(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    def refuse(columns: Columns, text: str) -> Any:
        raise FilterError("too long to search for")

    monkeypatch.setattr(Columns, "search", refuse)
    monkeypatch.setattr(view, "_AT_ONCE", at_once)
    async with opened(tiny) as screen:
        await screen.ask("/", "word")
        await screen.shows("too long to search for", "row 1 ·")


async def test_a_search_in_another_view_is_forgotten(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, search = Event(), Columns.search
    monkeypatch.setattr(Columns, "search", lambda columns, text: go_on.wait(20) and search(columns, text))
    monkeypatch.setattr(view, "_AT_ONCE", 0)
    async with opened(tiny) as screen:
        await screen.ask("/", "number 7")
        await screen.ask("f", "judge < 5")
        await screen.shows("judge < 5 · 4 of 10")
        go_on.set()
        await screen.app.workers.wait_for_complete()
        await screen.lacks("match 1")
        await screen.press("n")
        await screen.shows("nothing searched for yet")


async def test_a_long_filter_runs_behind_the_screen_and_is_given_up(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, where = Event(), Columns.where
    monkeypatch.setattr(Columns, "where", lambda *given: go_on.wait(20) and where(*given))
    monkeypatch.setattr(view, "_AT_ONCE", 0)
    async with opened(tiny) as screen:
        await screen.ask("f", "judge < 5")
        await screen.shows("searching")
        await screen.press("j", "escape")
        await screen.shows("given up", "row 2 ·")
        go_on.set()
        await screen.app.workers.wait_for_complete()
        await screen.lacks("judge < 5 ·")
        await screen.ask("f", "judge < 5")
        await screen.shows("judge < 5 · 4 of 10", "4 rows in view")
        await screen.ask("s", "nosuch")
        await screen.shows("no column is called")


async def test_nothing_is_decided_before_the_keys_are_made(tiny: Path) -> None:
    made = Event()
    async with opened(tiny) as screen:
        session = screen.session
        keys = session.dataset.keys

        def make() -> Keys:
            assert made.wait(20)
            return keys

        later = Later(make)
        later.start()
        session.dataset = replace(session.dataset, keyed=later)
        await screen.press("x")
        await screen.shows("nothing can be decided until the rows' keys are made", "drop 0")
        made.set()
        await screen.shows("the rows' keys are made")
        await screen.press("x")
        await screen.shows("drop 1")
