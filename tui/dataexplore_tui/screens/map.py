"""The map of mode 4: rows on a plane, a window over them, and decisions on what is in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from dataexplore.journal.decision import DROP, KEEP
from dataexplore.session.state import State
from dataexplore_tui.panes.map import MARKS, MapPane, Marked, Window, legend
from dataexplore_tui.panes.mapside import MapSidePane
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.screens.sitting import Sitting
from dataexplore_tui.screens.talking import Progress
from dataexplore_tui.widgets.ink import shown
from dataexplore_tui.widgets.keyline import Hint
from dataexplore_tui.widgets.strips import retitle

if TYPE_CHECKING:
    from dataexplore.clusters.kmeans import Clusters
    from dataexplore.jobs.folder import Job
    from dataexplore.session.session import Session
    from dataexplore.vectors.arrays import FloatMatrix

_MIDDLE = 12
"""Rows that are named; fewer fit at 40 lines."""
_ENDS = (5, 95)
"""Percentiles of a signal that digits go from and to."""


class MapScreen(ModeScreen):
    """Look where rows are many, where they are kept; decide a region at once."""

    NUMBER = 4
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("←→↑↓", "move"),
        ("+ -", "zoom"),
        ("m", "marks"),
        ("A/X", "keep/drop view"),
        ("enter", "open rows"),
        ("u", "undo"),
        ("0", "all"),
        ("s", "signal"),
        ("tab", "what is here"),
        ("esc", "clusters"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1, 0)", "move the window left", id="map.left"),
        Binding("right,l", "move(1, 0)", "move the window right", id="map.right"),
        Binding("up,k", "move(0, 1)", "move the window up", id="map.up"),
        Binding("down,j", "move(0, -1)", "move the window down", id="map.down"),
        Binding("plus,equals_sign", "zoom(1)", "closer", id="map.closer"),
        Binding("minus", "zoom(-1)", "wider", id="map.wider"),
        Binding("0", "whole", "show the whole map", id="map.whole"),
        Binding("m", "marks", "mark by density, cluster, decision or score", id="map.marks"),
        Binding("s", "signal", "mark by the next signal", id="map.signal"),
        Binding("U", "umap", "lay the rows out anew with UMAP, as a job", id="map.umap"),
        Binding("A", "decide('keep')", "keep the rows in view", id="map.keep"),
        Binding("X", "decide('drop')", "drop the rows in view", id="map.drop"),
        Binding("enter", "rows", "open the rows in view in mode 1", id="map.rows"),
        Binding("tab", "second", "narrow screens: map or what is in view", id="map.second"),
        Binding("right_square_bracket", "scroll(1)", "what is in view: down", id="map.scroll_down"),
        Binding("left_square_bracket", "scroll(-1)", "what is in view: up", id="map.scroll_up"),
    ]

    def __init__(self, sitting: Sitting, clusters: Clusters, terms: list[tuple[str, ...]]) -> None:
        super().__init__(sitting)
        self._clusters = clusters
        self._terms = terms
        self._by = MARKS[0]
        self._places: FloatMatrix | None = None
        self._window = self._all = Window(0, 0, 1, 1)

    def compose_panes(self) -> Iterable[Widget]:
        """The map and, beside it, what is in view."""
        with Horizontal(id="body"):
            yield MapPane()
            yield MapSidePane()

    def on_mount(self) -> None:
        """Place the rows."""
        super().on_mount()
        self.query_one(MapPane).border_title = "map"
        self.query_one(MapPane).focus()

    def session_opened(self, session: Session) -> None:
        """Place the rows; a job may have laid them out meanwhile."""
        self.background("placing rows", lambda session, tell: session.analysis.plane(), self._placed)

    def _placed(self, places: FloatMatrix) -> None:
        if places is self._places:
            return
        if not np.isfinite(places).any():
            self.say("no row has a vector, so there is no map", warning=True)
            return
        self._places = places
        self._window = self._all = Window.around(places)
        self.state = self.state

    def show_state(self, state: State) -> None:
        """Draw the map and say what is in view."""
        session, places = self.sitting.session, self._places
        if session is None or places is None:
            return
        marked = self._marked(state)
        pane = self.query_one(MapPane)
        rows = np.flatnonzero(self._window.inside(places))
        times = self._all.width / self._window.width
        closer = f" · {times:.1f} times as close" if times > 1 else ""
        kind = "UMAP" if session.analysis.laid_out else "map"
        title = f"{kind} by {marked.by} · {len(rows):,} of {len(places):,} rows in view{closer}"
        retitle(pane, Text(title), shown(legend(marked, self.sitting.signal)))
        pane.show_map(places, self._window, marked)
        middle = np.array((self._window.x, self._window.y), np.float32)
        scale = np.array((self._window.width, self._window.height), np.float32)
        apart = (((places[rows] - middle) / scale) ** 2).sum(axis=1)
        few = np.arange(len(rows))
        if len(rows) > _MIDDLE:
            few = np.argpartition(apart, _MIDDLE)[:_MIDDLE]
        nearest = rows[few][np.argsort(apart[few], kind="stable")]
        side = self.query_one(MapSidePane)
        side.show_rows(session.dataset, state, rows, nearest, self._clusters, self._terms)

    def _marked(self, state: State) -> Marked:
        session = self.sitting.session
        if self._by == "decision" or session is None:
            return Marked("decision", state.decisions)
        signal = session.columns.signals.get(self.sitting.signal)
        if self._by == "score" and signal is not None and not np.isnan(signal.scores).all():
            low, high = np.nanpercentile(signal.scores, _ENDS).tolist()
            return Marked("score", signal.scores, low, high)
        return Marked("cluster" if self._by == "cluster" else "density", self._clusters.labels)

    def _look(self, window: Window) -> None:
        self._window = window
        self.state = self.state

    def action_move(self, right: int, up: int) -> None:
        """Move the window."""
        self._look(self._window.moved(right, up))

    def action_zoom(self, way: int) -> None:
        """Look closer, or at more."""
        self._look(self._window.zoomed(way, self._all))

    def action_whole(self) -> None:
        """Look at everything."""
        self._look(self._all)

    def action_marks(self) -> None:
        """Mark by the next thing."""
        self._mark_by(MARKS[(MARKS.index(self._by) + 1) % len(MARKS)])

    def action_signal(self) -> None:
        """Mark by the next signal."""
        session = self.session
        names = list(session.columns.signals) if session is not None else []
        if names:
            if self._by == "score":
                place = names.index(self.sitting.signal) if self.sitting.signal in names else -1
                self.sitting.signal = names[(place + 1) % len(names)]
            self._mark_by("score")

    def _mark_by(self, what: str) -> None:
        self._by = what
        self.say(legend(self._marked(self.state), self.sitting.signal))
        self.state = self.state

    def action_decide(self, word: str) -> None:
        """Keep or drop the rows in view, as decided by hand."""
        if self._places is None:
            return
        rows = np.flatnonzero(self._window.inside(self._places))
        if not len(rows):
            self.say("no row is in view", warning=True)
            return
        decision = KEEP if word == "keep" else DROP
        self.attempt(
            lambda session: session.decide(rows, decision, "in view on the map"),
            f"{word}: {len(rows):,} rows; u undoes",
        )

    def action_umap(self) -> None:
        """Start the job that lays rows out so that near ones stay near."""
        self.background("starting UMAP", _start_umap, self._started)

    def _started(self, job: Job) -> None:
        self.say(f"{job.id} is laying the rows out: mode 6 shows how far it is, and this map then is its own")

    def action_rows(self) -> None:
        """Show the rows in view in mode 1."""
        session, places = self.session, self._places
        if session is None or places is None:
            return
        session.columns.add_computed("map_x", places[:, 0], "place on the map of mode 4")
        session.columns.add_computed("map_y", places[:, 1], "place on the map of mode 4")
        left, right, bottom, top = self._window.sides
        self.open_rows(
            f"map_x >= {left:f} AND map_x <= {right:f} AND map_y >= {bottom:f} AND map_y <= {top:f}"
        )

    def action_second(self) -> None:
        """Swap the two panes where there is room for one."""
        self.toggle_class("-second")

    def action_scroll(self, way: int) -> None:
        """Scroll what is in view by half its height."""
        pane = self.query_one(MapSidePane)
        pane.scroll_lines(way * max(1, pane.size.height // 2))

    def action_back(self) -> None:
        """Go back to the clusters."""
        if self.give_up():
            return
        if self.has_class("-second"):
            self.remove_class("-second")
        else:
            self.dismiss()


def _start_umap(session: Session, tell: Progress) -> Job:
    from dataexplore.clusters.map_job import create_map
    from dataexplore.jobs.launchers import LocalLauncher

    analysis = session.analysis
    name, keys, vectors = session.dataset.path.name, analysis.keys(), analysis.vectors(tell)
    job = create_map(session.workspace.jobs, analysis.maps, name, keys, vectors, analysis.about)
    LocalLauncher().submit(job)
    return job
