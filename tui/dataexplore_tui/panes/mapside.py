"""What is in view on the map, in words: how many rows, which clusters, which rows at its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from dataexplore_tui.panes.rows import letter
from dataexplore_tui.widgets.bars import bar, share
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, line, shown
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.clusters.kmeans import Clusters
    from dataexplore.dataset.dataset import Dataset
    from dataexplore.session.state import State
    from dataexplore.vectors.arrays import IntArray

_CLUSTERS = 8
_BAR = 8


class MapSidePane(Lines):
    """Says what the window holds."""

    MORE = "]"

    def __init__(self) -> None:
        super().__init__(id="map-side", classes="pane")

    def show_rows(
        self,
        dataset: Dataset,
        state: State,
        rows: IntArray,
        middle: IntArray,
        clusters: Clusters,
        terms: list[tuple[str, ...]],
    ) -> None:
        """Show the rows in view; `middle` are those nearest to its middle."""
        retitle(self, Text(f"in view: {len(rows):,} rows"))
        kept, dropped = (int(np.count_nonzero(state.decisions[rows] == one)) for one in (1, 2))
        lines = [
            line(("keep ", KEEP), f"{kept:,}  ", ("drop ", DROP), f"{dropped:,}  ",
                 (f"undecided {len(rows) - kept - dropped:,}", DIM)),
            line((f"{share(len(rows), len(dataset))} of all rows", DIM)),
            Text(),
            line(("clusters here", STRONG), ("  rows here, of the cluster's", DIM)),
            *_clusters(rows, clusters, terms),
            Text(),
            line(("at the middle", STRONG)),
        ]  # fmt: skip
        for row in middle.tolist():
            prompt = shown(dataset.prompt(row)[:300])
            lines.append(line(letter(int(state.decisions[row])), (f" {row + 1:>7,}  ", DIM), prompt))
        self.update(lines)


def _clusters(rows: IntArray, clusters: Clusters, terms: list[tuple[str, ...]]) -> list[Text]:
    labels = clusters.labels[rows]
    here = np.bincount(labels[labels >= 0], minlength=clusters.k)
    lines = []
    most = max(1, int(here.max(initial=0)))
    for cluster in np.argsort(-here, kind="stable")[:_CLUSTERS].tolist():
        count, size = int(here[cluster]), int(clusters.sizes[cluster])
        if count:
            words = shown(" · ".join(terms[cluster]))
            lines.append(
                line((f"{cluster:>4} ", DIM), (bar(count / most, _BAR), ACCENT), f" {count:>6,}",
                     (f" of {size:<6,} ", DIM), words)
            )  # fmt: skip
    return lines
