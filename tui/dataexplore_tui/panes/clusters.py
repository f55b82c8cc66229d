"""Clusters as lines, and samples of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from dataexplore_tui.panes.rows import letter, score_text
from dataexplore_tui.widgets.bars import bar
from dataexplore_tui.widgets.ink import ACCENT, DIM, PLAIN, STRONG, line, shown
from dataexplore_tui.widgets.lines import Lines

if TYPE_CHECKING:
    from dataexplore.clusters.kmeans import Clusters
    from dataexplore.clusters.levels import Upper
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.session.state import State
    from dataexplore.signals.signal import Signal

ORDERS = ("rows", "mean", "kept", "topic")
"""By topic: clusters whose centres are near stand together."""


class ClustersSource:
    """One cluster a line: size, mean score, kept share, terms."""

    def __init__(
        self,
        clusters: Clusters,
        terms: list[tuple[str, ...]],
        state: State,
        signal: Signal | None,
        order: str,
        upper: Upper | None = None,
        titles: Sequence[str] = (),
    ) -> None:
        self.clusters = clusters
        self._titles = titles
        self._upper = upper if order == "topic" else None
        self._terms = terms
        self._signal = signal
        labels, count = clusters.labels, clusters.k
        placed = labels >= 0
        self.sizes = np.bincount(labels[placed], minlength=count)
        self._kept = _per_cluster(state.decisions == 1, labels, count) / np.maximum(1, self.sizes)
        self._means = np.full(count, np.nan)
        if signal is not None:
            scored = placed & ~np.isnan(signal.scores)
            total = np.bincount(labels[scored], signal.scores[scored], minlength=count)
            rows = np.bincount(labels[scored], minlength=count)
            self._means = np.where(rows > 0, total / np.maximum(1, rows), np.nan)
        by = {"mean": self._means, "kept": self._kept}.get(order, self.sizes)
        topics = self._upper.of if self._upper is not None else np.zeros(count, np.int64)
        self._order = np.lexsort((np.arange(count), -np.nan_to_num(by, nan=-np.inf), topics))

    def __len__(self) -> int:
        return self.clusters.k

    def cluster(self, index: int) -> int:
        """Return the cluster's number."""
        return int(self._order[index])

    def terms(self, cluster: int) -> str:
        """Return a cluster's title, if it has one, and its terms."""
        title = self._titles[cluster] if self._titles else ""
        terms = " · ".join(self._terms[cluster])
        return f"{title}: {terms}" if title else terms

    def heading(self) -> Text:
        """Return the line above the clusters."""
        name = "id" if self._upper is None else "topic"
        return line((f" {name:>6} {'rows':>7} {'':<10} {'mean':>8} {'kept':>6}  terms", DIM))

    def _name(self, cluster: int) -> str:
        return str(cluster) if self._upper is None else f"{self._upper.of[cluster]}/{cluster}"

    def line(self, index: int, width: int) -> Text:
        """Return one cluster as a line."""
        cluster = self.cluster(index)
        size = int(self.sizes[cluster])
        return line(
            (f" {self._name(cluster):>6}", DIM),
            f" {size:>7,} ",
            (bar(size / max(1, int(self.sizes.max(initial=1))), 10), ACCENT),
            f" {score_text(float(self._means[cluster])):>8}",
            f" {100 * float(self._kept[cluster]):>4.0f} %  ",
            shown(self._titles[cluster] + "  " if self._titles and self._titles[cluster] else "", STRONG),
            shown(" · ".join(self._terms[cluster]), DIM if self._titles and self._titles[cluster] else PLAIN),
        )


class SamplesPane(Lines):
    """The nearest, the farthest and a few random rows of a cluster."""

    MORE = "]"

    def __init__(self) -> None:
        super().__init__(id="samples", classes="pane")

    def show_samples(self, dataset: Dataset, state: State, kinds: list[tuple[str, list[int]]]) -> None:
        """Show rows under the name of how they were picked."""
        lines: list[Text] = []
        for kind, rows in kinds:
            lines.append(line((kind, STRONG)))
            for row in rows:
                prompt = shown(dataset.prompt(row)[:300])
                lines.append(line(" ", letter(int(state.decisions[row])), (f" {row + 1:>7,}  ", DIM), prompt))
                lines.append(line(" " * 11, shown(dataset.response(row)[:300] or "(empty)", DIM)))
        self.update(lines, keep_place=True)


def _per_cluster(
    mask: np.ndarray[tuple[int], np.dtype[np.bool_]],
    labels: np.ndarray[tuple[int], np.dtype[np.int32]],
    count: int,
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.bincount(labels[mask & (labels >= 0)], minlength=count)
