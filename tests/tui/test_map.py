"""Mode 4's map: a window that is moved over the rows, and what is decided in it."""

from pathlib import Path

import numpy as np
import pytest

from dataexplore_tui.panes.map import Window
from dataexplore_tui.widgets.dots import shaded
from tui.driver import opened


async def test_a_region_is_found_dropped_brought_back_and_opened(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("4")
        await screen.shows("clusters · k-means")
        await screen.press("m")
        await screen.shows(
            "map by density · 405 of 405 rows in view", "in view: 405 rows", "clusters here", "at the middle"
        )
        await screen.press("+", "+", "+", "right")
        await screen.lacks("in view: 405 rows")
        places = screen.session.analysis.plane()
        whole = window = Window.around(places)
        for _ in range(3):
            window = window.zoomed(1, whole)
        inside = int(window.moved(1, 0).inside(places).sum())
        assert 0 < inside < 405
        await screen.shows(f"in view: {inside} rows")
        await screen.press("X")
        await screen.shows(f"drop {inside}", f"drop: {inside} rows; u undoes")
        await screen.press("u")
        await screen.shows("drop 0")
        await screen.press("enter")
        await screen.shows("map_x >= ", f"{inside} of 405")
        await screen.press("escape")
        await screen.shows("in view", "map by")
        await screen.press("escape")
        await screen.shows("clusters · k-means", "nearest")


async def test_rows_are_marked_by_cluster_decision_and_score(starter: Path) -> None:
    async with opened(starter, size=(80, 24)) as screen:
        await screen.press("a", "4")
        await screen.shows("14 clusters")
        await screen.press("m")
        await screen.shows("by density")
        await screen.press("m")
        await screen.shows("map by cluster", "number: a cluster's middle")
        await screen.press("m")
        await screen.shows("by decision", "K")
        await screen.press("m")
        await screen.shows("by score", "strict_judge, mean of the rows there")
        await screen.press("tab")
        await screen.shows("in view: 405 rows", "keep 1")
        await screen.press("tab", *["right"] * 9)
        await screen.shows("0 of 405 rows in view")
        await screen.press("A")
        await screen.shows("no row is in view")
        await screen.press("0")
        await screen.shows("map by score")


async def test_umap_is_named_where_it_is_missing(starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    async with opened(starter) as screen:
        await screen.press("4")
        await screen.shows("clusters · k-means")
        await screen.press("m")
        await screen.shows("map by density")
        await screen.press("U")
        await screen.shows("UMAP is not installed: pip install")


async def test_a_quota_keeps_so_many_of_each_cluster(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("4")
        await screen.shows("14 clusters", "outliers")
        await screen.ask("Q", "2 best by strict_judge")
        await screen.shows("rule: best 2 by strict_judge of each of 14 clusters", "28 left")
        await screen.ask("Q", "none")
        await screen.shows("none is not a number of rows")
        await screen.press("escape", "u")
        await screen.shows("drop 0")


def test_the_window_stays_on_the_map() -> None:
    places = np.array([[0, 0], [2, 1], [np.nan, np.nan]], np.float32)
    whole = Window.around(places)
    assert whole.inside(places).tolist() == [True, True, False]
    closer = whole.moved(2, -1).zoomed(2, whole)
    assert closer.width == pytest.approx(whole.width / 2)
    assert closer.zoomed(-9, whole) == whole


def test_more_rows_light_more_dots_and_none_is_lost() -> None:
    counts = np.zeros((8, 8), np.int64)
    counts[1, 1] = 1
    counts[4:8, 0:4] = 1000
    lines = shaded(counts)
    assert lines[0][0] != " "
    assert lines[0][1:] == "   "
    assert lines[1][:2] != "  "
    assert lines[1][2:] == "  "
    lit = [bin(ord(sign) - 0x2800).count("1") for sign in (lines[0][0], lines[1][0])]
    assert lit[0] == 1 < lit[1]
    assert shaded(np.zeros((4, 2), np.int64)) == [" "]
