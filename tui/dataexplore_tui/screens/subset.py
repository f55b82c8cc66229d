"""Mode 5: how all rows became the subset, and writing it out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from dataexplore.session.state import State
from dataexplore_tui.panes.funnel import ControlsPane, FunnelPane
from dataexplore_tui.screens.mode import ModeScreen
from dataexplore_tui.widgets.keyline import Hint

if TYPE_CHECKING:
    from dataexplore.selection.export import Exported


class SubsetScreen(ModeScreen):
    """The funnel, its controls, the export."""

    NUMBER = 5
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("w", "export not dropped"),
        ("W", "export kept"),
        ("T", "tune"),
        ("tab", "controls"),
        ("u", "undo"),
        ("D", "see the dropped"),
        (":", "commands"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "w",
            "export(False)",
            "export the rows not dropped, the dropped with reasons, the recipe",
            id="subset.export",
        ),
        Binding("W", "export(True)", "export the kept rows only", id="subset.export_kept"),
        Binding("T", "tune", "go on to mode 6 and tune", id="subset.tune"),
        Binding("D", "dropped", "see the dropped rows in mode 1", id="subset.dropped"),
        Binding("tab", "second", "narrow screens: funnel or controls", id="subset.second"),
    ]

    def compose_panes(self) -> Iterable[Widget]:
        """Funnel and controls."""
        with Horizontal(id="subset", classes="-home") as home:
            home.can_focus = True
            yield FunnelPane()
            yield ControlsPane()

    def on_mount(self) -> None:
        """Keys need a focus."""
        super().on_mount()
        self._sure = ""
        self.query_one("#subset").focus()

    def show_state(self, state: State) -> None:
        """Show funnel and controls of now."""
        session = self.sitting.session
        if session is None:
            return
        from dataexplore.session.composition import compositions
        from dataexplore.session.funnel import funnel

        self.query_one(FunnelPane).show_funnel(len(session.dataset), funnel(session), session.state.counts)
        self.query_one(ControlsPane).show_compositions(
            compositions(session, self.sitting.signal), self.sitting.signal
        )

    def action_export(self, only_kept: bool) -> None:
        """Ask where to and write."""
        session = self.session
        if session is None:
            return
        path = session.dataset.path
        suggestion = path.with_name(f"{path.stem}.{'kept' if only_kept else 'subset'}{path.suffix}")
        self._sure = ""
        name = "export kept rows to" if only_kept else "export rows not dropped to"
        self.ask(name, lambda text: self._export(text, only_kept), str(suggestion))

    def _export(self, text: str, only_kept: bool) -> bool:
        if text.strip():
            out = Path(text.strip()).expanduser()
            if out.is_file() and text != self._sure and not out.samefile(self.sitting.head.source.path):
                self._sure = text
                self.say(f"{out.name} is there already: enter again writes over it", warning=True)
                return False
            self.background(
                "exporting", lambda session, tell: session.export(out, only_kept=only_kept), self._exported
            )
        return True

    def _exported(self, done: Exported) -> None:
        self.say(
            f"{done.rows:,} rows in {done.out.name}, {done.dropped:,} in {done.dropped_out.name}, "
            f"the steps in {done.recipe_out.name}; folder {done.out.parent}"
        )

    def action_tune(self) -> None:
        """Go to the runs and open the form."""
        self.sitting.tune_next = True
        self.open_mode(6)

    def action_dropped(self) -> None:
        """Show what was dropped."""
        self.open_rows("decision = 'drop'")

    def action_second(self) -> None:
        """Swap the two panes where there is room for one."""
        self.toggle_class("-second")
