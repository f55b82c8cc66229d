"""The form of a run: base model, preset, the few settings that matter, preflight, launch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from dataexplore.errors import DataexploreError, JobError
from dataexplore_tui.widgets.bars import share
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, WARN, line, shown
from dataexplore_tui.widgets.lines import Lines
from dataexplore_tui.widgets.strips import wrapped

if TYPE_CHECKING:
    from dataexplore.tune.preflight import Preflight
    from dataexplore.tune.settings import TuneSettings

_FIELDS = (
    ("base", "base model", "a folder, or a hub id"),
    ("preset", "preset", "quick, lima, alpagasus, smoke"),
    ("epochs", "epochs", "of the preset"),
    ("learning_rate", "learning rate", "of the preset"),
    ("max_tokens", "longest row", "tokens; of the preset"),
    ("rows", "rows", "not dropped / kept"),
    ("preference", "preference data", "refused / chosen: learn the chosen answers"),
    ("python", "interpreter", "this one"),
)


@dataclass(frozen=True)
class Wanted:
    """What the form asks for."""

    settings: TuneSettings
    only_kept: bool
    learn_chosen: bool
    """Whether of preference data the chosen answers are learned; without it such rows are refused."""
    python: str | None


class TuneForm(ModalScreen[Wanted | None]):
    """Enter counts first; Enter again, with nothing changed, launches."""

    DEFAULT_CSS = """
    TuneForm { align: center middle; }
    TuneForm #form { width: 90%; max-width: 96; height: auto; max-height: 95%; padding: 0 1; }
    TuneForm #form { border: round ansi_cyan; background: ansi_default; }
    TuneForm Horizontal { height: 1; }
    TuneForm Label { width: 16; color: ansi_cyan; }
    TuneForm Input { width: 1fr; height: 1; border: none; padding: 0; background: ansi_default; }
    TuneForm Input:focus { border: none; }
    TuneForm #figures { height: 9; margin-top: 1; }
    TuneForm.-narrow { align: center bottom; }
    TuneForm.-narrow #form { width: 100%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="tune.back"),
        Binding("down", "app.focus_next", "next field", show=False, id="tune.next"),
        Binding("up", "app.focus_previous", "field before", show=False, id="tune.previous"),
    ]

    def __init__(self, initial: dict[str, str], count: Callable[[Wanted], Preflight]) -> None:
        super().__init__()
        self._initial = initial
        self._count = count
        self._counted: dict[str, str] | None = None

    def compose(self) -> ComposeResult:
        """One line per setting, then the figures."""
        with Vertical(id="form"):
            for name, words, hint in _FIELDS:
                with Horizontal():
                    yield Label(words, markup=False)
                    yield Input(
                        self._initial.get(name, ""), placeholder=hint, id=f"tune-{name}", compact=True
                    )
            yield Lines(id="figures")

    def on_mount(self) -> None:
        """Begin with the base model."""
        self.query_one("#form").border_title = "tune"
        self.query_one("#form").border_subtitle = "enter counts, then launches · ↑↓ fields · esc back"
        self._tell(
            line(("enter", ACCENT), (" counts rows and tokens with the base model's own tokenizer", DIM))
        )
        self.query_one(Input).focus()

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: self.query_one(f"#tune-{name}", Input).value.strip() for name, _, _ in _FIELDS}

    def on_input_submitted(self) -> None:
        """Count, or launch what was counted."""
        values = self.values
        try:
            wanted = wanted_of(values)
        except DataexploreError as error:
            self._tell(shown(str(error), WARN))
            return
        if values == self._counted:
            self.dismiss(wanted)
            return
        self._tell(line(("counting …", DIM)))
        self.run_worker(lambda: self._preflight(wanted, values), thread=True, exclusive=True)

    def _preflight(self, wanted: Wanted, values: dict[str, str]) -> None:
        try:
            found = self._count(wanted)
        except DataexploreError as error:
            self.app.call_from_thread(self._tell, shown(str(error), WARN))
        else:
            self.app.call_from_thread(self._show, found, values)

    def _show(self, found: Preflight, values: dict[str, str]) -> None:
        self._counted = values
        lost = len(found.untrainable)
        first = ", ".join(f"{row + 1:,}" for row in found.untrainable[:6])
        self._tell(
            line(
                (f"{found.rows:,} rows", STRONG),
                f"  {found.tokens:,} tokens, {share(found.supervised, found.tokens)} learned",
            ),
            line(f"{found.steps:,} steps on ", (found.device, KEEP), (f"   {found.template}", DIM)),
            line(
                ("length  ", DIM),
                f"half up to {found.p50:,}, 95 % up to {found.p95:,}, longest {found.longest:,} tokens",
            ),
            line((f"{found.truncated:,} rows are cut", WARN if found.truncated else DIM)),
            line(
                (f"{lost:,} rows would train on nothing", DROP if lost else DIM),
                (f": {first}, left out" if lost else "", DIM),
            ),
            Text(),
            line(("enter", ACCENT), " launches; it goes on when you leave"),
        )

    def _tell(self, *lines: Text) -> None:
        self.query_one("#figures", Lines).flow(
            lambda width, height: [part for one in lines for part in wrapped(one, width)]
        )


def wanted_of(values: dict[str, str]) -> Wanted:
    """Return what the fields ask for; raise JobError naming the field that does not fit."""
    from dataexplore.tune.presets import preset

    changes: dict[str, Any] = {}
    for name, kind in (("epochs", int), ("learning_rate", float), ("max_tokens", int)):
        text = values.get(name, "").replace(",", "")
        if text:
            try:
                changes[name] = kind(text)
            except ValueError:
                raise JobError(f"{name.replace('_', ' ')}: {text} is not a number") from None
    if not values.get("base"):
        raise JobError("name a base model: a folder with config.json and weights, or a hub id")
    rows = values.get("rows") or "not dropped"
    if rows not in ("not dropped", "kept"):
        raise JobError("rows: write `kept` or `not dropped`")
    preference = values.get("preference") or "refused"
    if preference not in ("refused", "chosen"):
        raise JobError("preference data: write `chosen` to learn the chosen answers, or nothing")
    settings = preset(values.get("preset") or "quick", values["base"], **changes)
    return Wanted(settings, rows == "kept", preference == "chosen", values.get("python") or None)
