"""Modes 3 and 4 on the sample, whose duplicates are known."""

from pathlib import Path

from dataexplore.clusters.levels import upper_level
from tui.driver import opened


async def test_groups_follow_the_threshold(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("3")
        await screen.shows("groups at >= 0.90")
        at_90 = len(screen.session.groups(0.9))
        await screen.press("right")
        await screen.shows("groups at >= 0.91")
        await screen.press("left", "left")
        await screen.shows("groups at >= 0.89")
        assert len(screen.session.groups(0.89)) >= at_90


async def test_the_best_of_every_group_stays(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("3")
        await screen.shows("groups at >= 0.90")
        expected = screen.session.groups(0.9).duplicates
        await screen.press("E")
        await screen.shows(
            f"drop {expected}", "rule: duplicates >= 0.90, best score (strict_judge)", f"+{expected} dropped"
        )
        await screen.press("u")
        await screen.shows("drop 0")


async def test_one_group_is_settled_and_its_difference_shown(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("3")
        await screen.shows("groups at >= 0.90", "← best score", "prompt")
        rows = screen.session.groups(0.9)[0]
        await screen.press("enter")
        await screen.shows(f"drop {len(rows) - 1}")
        assert int((screen.session.state.decisions[rows] == 0).sum()) == 1


async def test_a_cluster_is_opened_dropped_and_brought_back(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("4")
        await screen.shows("clusters · k-means", "nearest", "farthest", "random")
        clusters = screen.session.clusters()
        await screen.press("X")
        await screen.shows(f"drop {int(clusters.sizes[0])}", "rule: drop cluster 0")
        await screen.press("u", "enter")
        await screen.shows(f"cluster_id = 0 · {int(clusters.sizes[0])} of 405")


async def test_the_number_of_clusters_is_chosen(starter: Path) -> None:
    async with opened(starter, size=(80, 24)) as screen:
        await screen.press("4")
        await screen.shows("14 clusters")
        await screen.ask("K", "5")
        await screen.shows("5 clusters")


async def test_clusters_are_put_in_order_and_together_by_topic(starter: Path) -> None:
    async with opened(starter) as screen:
        await screen.press("4")
        await screen.shows("14 clusters", "by rows")
        await screen.press("o", "o")
        await screen.shows("by kept")
        await screen.press("o")
        upper = upper_level(screen.session.clusters())
        await screen.shows("by topic", f"0/{upper.members(0)[0]} ")
        await screen.lacks("ordered by topic")
        await screen.press("g")
        await screen.shows(f"topic 0: {upper.sizes[0]} rows")
        await screen.press("G")
        last = upper.members(upper.k - 1)[-1]
        await screen.shows(f"{upper.k - 1}/{last}", f"cluster {last} ·", f"topic {upper.k - 1}: ")
        await screen.press("o")
        await screen.shows("by rows")
