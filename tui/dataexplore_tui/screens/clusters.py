"""Mode 4: what the data is made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from dataexplore.session.state import State
from dataexplore_tui.panes.clusters import ORDERS, ClustersSource, SamplesPane
from dataexplore_tui.screens.clustering import ClusteringScreen
from dataexplore_tui.widgets.ink import shown
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.picker import Picker
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.session.session import Session

_SAMPLES, _OUTLIERS = 4, 3
"""Rows of each kind: all of them fit on a screen of 40 lines."""


class ClustersScreen(ClusteringScreen):
    """See topics with their sizes and scores; keep or drop one."""

    NUMBER = 4
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("tab", "samples"),
        ("enter", "open rows"),
        ("A", "keep"),
        ("X", "drop"),
        ("m", "map"),
        ("Q", "quota"),
        ("u", "undo"),
        ("o", "order"),
        ("r", "resample"),
        ("K", "how many"),
        ("t", "titles"),
        (":", "commands"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "rows", "open the cluster's rows in mode 1", id="clusters.rows"),
        Binding("A", "decide('keep')", "keep the cluster's rows, hand decisions aside", id="clusters.keep"),
        Binding("X", "decide('drop')", "drop the cluster's rows, hand decisions aside", id="clusters.drop"),
        Binding("o", "order", "order by rows, mean score, kept share or topic", id="clusters.order"),
        Binding("r", "resample", "draw other random samples", id="clusters.resample"),
        Binding("tab", "samples", "narrow screens: list or samples", id="clusters.samples"),
        Binding("right_square_bracket", "scroll(1)", "samples down", id="clusters.down"),
        Binding("left_square_bracket", "scroll(-1)", "samples up", id="clusters.up"),
    ]

    def compose_panes(self) -> Iterable[Widget]:
        """Clusters on the left, samples on the right."""
        with Horizontal(id="body"):
            with Vertical(id="clusters-pane", classes="pane"):
                yield Lines(id="clusters-heading")
                yield Picker(id="clusters", classes="-home")
            yield SamplesPane()

    def on_mount(self) -> None:
        """Nothing is clustered yet."""
        super().on_mount()
        self._order = ORDERS[0]
        self._draw_seed = 0
        self.query_one("#clusters-pane").border_title = "clusters"
        self._picker.focus()

    @property
    def _picker(self) -> Picker:
        return self.query_one("#clusters", Picker)

    def session_opened(self, session: Session) -> None:
        """Cluster once, in the background."""
        if self.found is None:
            self.find_clusters(None)

    def show_state(self, state: State) -> None:
        """Show the clusters with the kept share of now."""
        session = self.sitting.session
        if session is None or self.found is None:
            return
        clusters, terms = self.found
        signal = session.columns.signals.get(self.sitting.signal)
        if self._order == "topic" and self.topics is None:
            self.find_topics()
            return
        upper = self.topics[0] if self.topics is not None else None
        source = ClustersSource(clusters, terms, state, signal, self._order, upper, self.titles)
        before = self._picker.source
        place = 0
        if isinstance(before, ClustersSource) and before.clusters is clusters:
            here = before.cluster(self._picker.cursor)
            place = next((one for one in range(len(source)) if source.cluster(one) == here), 0)
        self._picker.show(source, place)
        self.query_one("#clusters-heading", Lines).update([source.heading()])
        self._entitle(session)

    def _entitle(self, session: Session) -> None:
        """Name what is listed, and under it the topic under the cursor or the signal of the means."""
        if self.found is None:
            return
        title = f"{self.found[0].k:,} clusters · k-means · {session.analysis.encoder} · by {self._order}"
        signal = session.columns.signals.get(self.sitting.signal)
        cluster, text = self._cluster_here, Text()
        if self._order == "topic" and self.topics is not None and cluster is not None:
            upper, terms = self.topics
            topic = int(upper.of[cluster])
            rows = f"topic {topic}: {int(upper.sizes[topic]):,} rows · "
            text = Text.assemble(rows, shown(" · ".join(terms[topic])))
        elif signal is not None:
            text = Text.assemble("mean: ", shown(signal.name))
        retitle(self.query_one("#clusters-pane"), Text(title), text)

    @on(Picker.Moved, "#clusters")
    def _moved(self) -> None:
        session = self.sitting.session
        if self._order == "topic" and session is not None:
            self._entitle(session)
        self._show_samples()

    @property
    def _cluster_here(self) -> int | None:
        source = self._picker.source
        return (
            source.cluster(self._picker.cursor)
            if isinstance(source, ClustersSource) and len(source)
            else None
        )

    def _show_samples(self) -> None:
        from dataexplore.clusters.samples import KINDS, outliers, samples

        session, cluster, source = self.sitting.session, self._cluster_here, self._picker.source
        if session is None or cluster is None or self.found is None or not isinstance(source, ClustersSource):
            return
        pane = self.query_one(SamplesPane)
        kinds = [
            (kind, samples(self.found[0], cluster, kind, _SAMPLES, self._draw_seed).tolist())
            for kind in KINDS
        ]
        kinds.append(("outliers of all clusters", outliers(self.found[0], _OUTLIERS).tolist()))
        rows = int(source.sizes[cluster])
        retitle(pane, Text.assemble(f"cluster {cluster} · {rows:,} rows · ", shown(source.terms(cluster))))
        pane.show_samples(session.dataset, self.state, kinds)

    def action_decide(self, word: str) -> None:
        """Keep or drop the cluster, as a rule."""
        from dataexplore.selection.rules import Cluster

        cluster = self._cluster_here
        if cluster is None or self.found is None:
            self.say("the clusters are still being found: a moment", warning=True)
            return
        rule = Cluster(cluster, self.found[0].k, self.found[0].seed, word)
        if self.attempt(lambda session: session.apply(rule), f"rule: {rule.title}; u undoes"):
            self._show_samples()

    def action_rows(self) -> None:
        """Show the cluster in mode 1."""
        cluster = self._cluster_here
        if cluster is not None:
            self.open_rows(f"cluster_id = {cluster}")

    def action_order(self) -> None:
        """Order by the next thing."""
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self.say(f"ordered by {self._order}")
        self.state = self.state

    def action_resample(self) -> None:
        """Draw other random samples."""
        self._draw_seed += 1
        self._show_samples()

    def action_samples(self) -> None:
        """Swap list and samples where there is room for one."""
        self.toggle_class("-second")

    def action_back(self) -> None:
        """Give up what is computed; go back to the list."""
        if not self.give_up():
            self.remove_class("-second")

    def action_scroll(self, way: int) -> None:
        """Scroll the samples by half their height."""
        pane = self.query_one(SamplesPane)
        pane.scroll_lines(way * max(1, pane.size.height // 2))
