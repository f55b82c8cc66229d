"""Writing the subset out: as it is, converted, with a card and a trainer's configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from dataexplore_tui.panes.fit import fit_lines
from dataexplore_tui.screens.choosing import ChoosingScreen
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.screens.sitting import Sitting

if TYPE_CHECKING:
    from dataexplore.selection.convert.report import Report
    from dataexplore.selection.export import Exported
    from dataexplore.selection.writing import Wishes


class ExportScreen(ChoosingScreen):
    """A screen whose rows can be written to files."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "w",
            "export(False)",
            "export the rows not dropped, with reasons and recipe",
            id="subset.export",
        ),
        Binding("W", "export(True)", "export the kept rows only", id="subset.export_kept"),
        Binding(
            "c",
            "convert",
            "convert the rows not dropped; a report comes first",
            id="subset.convert",
        ),
        Binding(
            "y",
            "publish",
            "export with a dataset card and a trainer's configuration",
            id="subset.card",
        ),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._sure = ""
        """The file that is there already and was named once."""
        self._to = ""
        """The format that was converted to last."""

    def action_export(self, only_kept: bool) -> None:
        """Ask where to and write."""
        name = "export kept rows to" if only_kept else "export rows not dropped to"
        self._ask_where(name, "kept" if only_kept else "subset", "", only_kept=only_kept)

    def action_convert(self) -> None:
        """Ask for a format, show what it cannot hold, then ask where to."""
        if self.session is not None:
            from dataexplore.selection.convert.targets import TARGETS

            hint = f"there are {', '.join(TARGETS)}; a report comes before anything is written"
            self.ask("convert to", self._look, self._to or "messages", hint=hint)

    def _look(self, to: str) -> bool:
        from dataexplore.selection.convert.conversion import Conversion
        from dataexplore.selection.convert.targets import TARGETS
        from dataexplore.session.publish import look

        if to not in TARGETS:
            self.say(f"there are {', '.join(TARGETS)}", warning=True)
            return False
        self.background(
            "looking at rows",
            lambda session, tell: look(session, Conversion(to), progress=tell),
            self._looked,
        )
        return True

    def _looked(self, report: Report) -> None:
        def closed(goes_on: bool | None) -> None:
            if not report.fit:
                self.say(f"no row fits {report.target}: nothing to write", warning=True)
            elif goes_on:
                self._to = report.target
                self._ask_where(
                    f"write {report.fit:,} rows as {report.target} to", report.target, report.target
                )

        goes_on = "goes on" if report.fit else ""
        self.app.push_screen(Overlay(f"convert to {report.target}", fit_lines(report), goes_on), closed)

    def action_publish(self) -> None:
        """Ask for a trainer, then where to, and write rows, card and configuration."""
        if self.session is None:
            return
        from dataexplore.selection.configs import TRAINERS

        def chosen(trainer: str) -> bool:
            if trainer and trainer not in TRAINERS:
                self.say(
                    f"there are {', '.join(TRAINERS)}, or leave it empty for the card alone", warning=True
                )
                return False
            form = f"as {self._to}" if self._to else "as they are"
            name = f"export rows {form}, with a card, to"
            # The line closes when this returns: it is opened again after that.
            self.call_after_refresh(
                self._ask_where, name, self._to or "subset", self._to, card=True, trainer=trainer
            )
            return True

        hint = f"a card, and a configuration for one of {', '.join(TRAINERS)}"
        self.ask("configuration for", chosen, hint=hint, example="nothing: the card alone")

    def _ask_where(
        self,
        name: str,
        word: str,
        to: str,
        *,
        only_kept: bool = False,
        card: bool = False,
        trainer: str = "",
    ) -> None:
        session = self.session
        if session is None:
            return
        from dataexplore.selection.convert.conversion import Conversion
        from dataexplore.selection.writing import Wishes

        path = session.dataset.path
        ending = ".jsonl" if to or session.dataset.source.lines is not None else path.suffix
        wishes = Wishes(Conversion(to) if to else None, skip_unfit=bool(to), card=card, config=trainer)
        self._sure = ""
        self.ask(
            name,
            lambda text: self._export(text, wishes, only_kept),
            as_typed(path.with_name(f"{path.stem}.{word}{ending}")),
        )

    def _export(self, text: str, wishes: Wishes, only_kept: bool) -> bool:
        if text.strip():
            out = Path(text.strip()).expanduser()
            if out.is_file() and text != self._sure and not self._is_source(out):
                self._sure = text
                self.say(f"{out.name} is there already: enter again writes over it", warning=True)
                return False
            from dataexplore.session.publish import publish

            self.background(
                "exporting",
                lambda session, tell: publish(session, out, wishes, only_kept=only_kept, progress=tell),
                self._exported,
            )
        return True

    def _is_source(self, path: Path) -> bool:
        try:
            return path.samefile(self.sitting.head.source.path)
        except OSError:  # what was read is no file here
            return False

    def _exported(self, done: Exported) -> None:
        self.say(_words(done))


def as_typed(path: Path) -> str:
    """Return a path as a person here would type it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _words(done: Exported) -> str:
    written = done.written
    beside = (written.unfit_out, written.card_out, written.config_out)
    more = "".join(f", {path.name}" for path in beside if path is not None)
    edited = f" ({done.edited:,} edited)" if done.edited else ""
    return (
        f"{done.rows:,} rows{edited} in {done.out.name}, {done.dropped:,} in {done.dropped_out.name}, "
        f"the steps in {done.recipe_out.name}{more}; "
        f"folder {done.out.parent}{'; ' + done.notice if done.notice else ''}"
    )
