"""The lines around the panes: what fits is shown whole, what does not is left out whole."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataexplore.session.state import Counts
from dataexplore_tui.panes.header import MODES, Header
from dataexplore_tui.widgets.ink import squeezed
from tui.driver import opened

_WORDS = {"keep", "drop", "undecided", "tokens", "kept", "rows", "dataexplore", "K", "D", "·", "name.jsonl"}


def _lines(width: int, counts: Counts, mode: int = 3) -> list[str]:
    header = Header(mode)
    header.set_counts("name.jsonl", counts)
    return [header._first(width).plain, header._second(width).plain]


@given(st.integers(45, 160), st.integers(0, 10**8), st.integers(0, 10**8), st.integers(1, 6))
def test_no_word_and_no_number_is_cut(width: int, keep: int, drop: int, mode: int) -> None:
    first, second = _lines(width, Counts(keep, drop, 7, 1_310_000), mode)
    numbers = {f"{number:,}" for number in (keep, drop, 7, keep + drop + 7)} | {"~1.31M"}
    assert set(first.split()) <= _WORDS | numbers
    assert {"name.jsonl", f"{keep:,}", f"{drop:,}", "7"} <= set(first.split())
    assert set(second.split()) <= set(MODES) | set("123456")
    assert MODES[mode - 1] in second
    assert max(len(first), len(second)) <= width


@pytest.mark.parametrize(
    ("width", "shown", "gone"),
    [
        (110, "dataexplore", "K "),
        (80, "tokens", "dataexplore"),
        (66, "undecided", "tokens"),
        (50, "rows", "keep"),
    ],
)
def test_the_least_important_part_goes_first(width: int, shown: str, gone: str) -> None:
    first, _ = _lines(width, Counts(9, 41, 899, 1_310_000))
    assert shown in first
    assert gone not in first


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=40), st.integers(4, 30))
def test_a_long_name_keeps_its_two_ends(name: str, cells: int) -> None:
    short = squeezed(name, cells)
    assert len(short) == min(len(name), cells)
    if len(name) > cells:
        start, end = short.split("…")
        assert name.startswith(start)
        assert name.endswith(end)
        assert len(end) >= len(start) - 1


async def test_a_notice_leaves_modes_and_keys_in_sight_and_a_long_one_is_whole(tiny: Path) -> None:
    async with opened(tiny, size=(80, 24)) as screen:
        await screen.press("u")
        await screen.shows("nothing to undo", "3 Duplicates  4 Clusters", "? help")
        await screen.ask("f", "nothing_of_that_name = 1")
        await screen.shows("no column is called", "response_chars", "edited, prompt, response", "6 Runs")
        await screen.press("escape")
        await screen.shows("? help")


async def test_what_may_be_typed_is_said_until_the_answer(tiny: Path) -> None:
    async with opened(tiny, size=(80, 24)) as screen:
        await screen.press("f")
        await screen.shows("columns: instruction, input", "tokens > 500 AND response LIKE")
        await screen.press("escape")
        await screen.lacks("columns: ")
