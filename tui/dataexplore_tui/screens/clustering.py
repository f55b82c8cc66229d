"""Clusters as they are found, mapped, and thinned out by a quota."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.binding import Binding, BindingType

from dataexplore.errors import DataexploreError
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import Progress
from dataexplore_tui.screens.titling import TitlingScreen

if TYPE_CHECKING:
    from dataexplore.clusters.kmeans import Clusters
    from dataexplore.clusters.levels import Upper
    from dataexplore.session.session import Session


class ClusteringScreen(TitlingScreen):
    """A screen that has clusters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "map", "a map of the rows: density, clusters, decisions, scores", id="clusters.map"),
        Binding("Q", "quota", "keep so many rows of each cluster, drop the others", id="clusters.quota"),
        Binding("K", "count", "choose the number of clusters", id="clusters.count"),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self.topics: tuple[Upper, list[tuple[str, ...]]] | None = None
        """Clusters of clusters with their terms, once they were asked for."""

    def find_clusters(self, count: int | None) -> None:
        """Cluster the rows in the background."""

        def compute(session: Session, tell: Progress) -> tuple[Clusters, list[tuple[str, ...]]]:
            clusters = session.analysis.clusters(count, progress=tell)
            return clusters, session.analysis.cluster_terms(clusters)

        self.background("clustering prompts", compute, self._clustered)

    def _clustered(self, found: tuple[Clusters, list[tuple[str, ...]]]) -> None:
        self.found, self.topics, self.titles = found, None, []
        self.find_titles()
        clusters, session = found[0], self.sitting.session
        if session is not None:
            labels = np.where(clusters.labels < 0, np.nan, clusters.labels)
            session.columns.add_computed("cluster_id", labels, f"k-means, k={clusters.k}")
            self.say(f"{clusters.k:,} clusters; filter and sort by cluster_id")
            self.state = session.state

    def find_topics(self) -> None:
        """Find the clusters of clusters in the background."""
        if self.found is None:
            return
        clusters = self.found[0]

        def compute(session: Session, tell: Progress) -> tuple[Upper, list[tuple[str, ...]]]:
            from dataexplore.clusters.levels import upper_level

            upper = upper_level(clusters)
            return upper, session.analysis.upper_terms(clusters, upper)

        def found(topics: tuple[Upper, list[tuple[str, ...]]]) -> None:
            self.topics = topics
            self.state = self.state

        self.background("naming topics", compute, found)

    def action_count(self) -> None:
        """Ask for a number of clusters."""
        self.ask("number of clusters", self._count)

    def _count(self, text: str) -> bool:
        if not text.strip().isdecimal() or int(text) < 1:
            self.say(f"{text} is not a number of clusters", warning=True)
            return False
        self.find_clusters(int(text))
        return True

    def action_map(self) -> None:
        """Show the rows on a plane."""
        if self.found is None:
            self.say("the clusters are still being found: a moment", warning=True)
            return
        from dataexplore_tui.screens.map import MapScreen

        self.app.push_screen(MapScreen(self.sitting, *self.found))

    def action_quota(self) -> None:
        """Ask how many of each cluster, and which."""
        if self.found is not None:
            hint = "rows of each cluster: at random, or followed by best, longest, best by SIGNAL"
            self.ask("quota", self._quota, "10", hint=hint, example="10 best")

    def _quota(self, text: str) -> bool:
        from dataexplore_tui.screens.typed import step_of

        if self.found is None or not text.strip():
            return True
        clusters = self.found[0]
        try:
            rule = step_of(f"quota {text} k {clusters.k} seed {clusters.seed}", self.sitting.signal)
        except DataexploreError as error:
            self.say(str(error), warning=True)
            return False
        self.choose(rule)
        return True
