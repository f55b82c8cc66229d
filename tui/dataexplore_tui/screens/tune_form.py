"""The form of a run: base model, preset, the few settings that matter, preflight, launch."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType

from dataexplore.errors import JobError
from dataexplore_tui.screens.form import Field, Form
from dataexplore_tui.screens.overlay import Overlay
from dataexplore_tui.widgets.bars import share
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, WARN, line, shown

if TYPE_CHECKING:
    from dataexplore.tune.preflight import Preflight
    from dataexplore.tune.settings import TuneSettings

LEARNED = Style(color="green", underline=True)
LEARNED_TOO = Style(color="bright_green", underline=True)
"""Tokens that follow one another differ in shade."""
_GIB = 2**30
_FIELDS = (
    ("base", "base model", "a folder, or a hub id"),
    ("preset", "preset", "quick, lima, alpagasus, smoke"),
    ("epochs", "epochs", "of the preset"),
    ("learning_rate", "learning rate", "of the preset"),
    ("max_tokens", "longest row", "tokens; of the preset"),
    ("method", "method", "lora / qlora / full"),
    ("held_out", "held out", "rows, or a share: measured every epoch and not trained on"),
    ("samples", "samples", "a file, a prompt a line: answered at the start and every epoch"),
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


class TuneForm(Form[Wanted, "Preflight"]):
    """Counts rows, tokens and steps before a run is launched."""

    TITLE_WORD = "tune"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "masks", "rows as they will be trained", priority=True, id="tune.masks")
    ]
    FIELDS: ClassVar[tuple[Field, ...]] = _FIELDS
    FIRST = "enter counts rows and tokens with the base model's own tokenizer"

    def __init__(self, initial: dict[str, str], count: Callable[[Wanted], Preflight]) -> None:
        super().__init__(initial)
        self._preflight = count
        self._shown: list[Text] = []

    def wanted(self, values: dict[str, str]) -> Wanted:
        """Return the run that the fields ask for."""
        return wanted_of(values)

    def count(self, wanted: Wanted) -> Preflight:
        """Return the run's preflight."""
        return self._preflight(wanted)

    def told(self, found: Preflight) -> list[Text]:
        """Return rows, tokens, steps and lengths as lines."""
        self._shown = masks_lines(found.shown)
        lost = len(found.untrainable)
        first = ", ".join(f"{row + 1:,}" for row in found.untrainable[:6])
        return [
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
            line(
                ("about ", DIM),
                f"{found.memory / _GIB:.1f} GiB of memory, {found.disk / _GIB:.1f} GiB on disk",
                (f"   {found.held_out:,} rows held out" if found.held_out else "", DIM),
            ),
            line(("the end of an answer is not learned in every row", WARN))
            if not found.stop_supervised
            else Text(),
            line(
                ("enter", ACCENT),
                " launches; it goes on when you leave",
                ("   tab", ACCENT),
                " rows as trained",
            ),
        ]

    def action_masks(self) -> None:
        """Show some rows token by token, once they were counted."""
        if self._shown:
            self.app.push_screen(
                Overlay("rows as they are trained: what is underlined is learned", self._shown)
            )


def masks_lines(found: Sequence[tuple[int, Sequence[tuple[str, bool]]]]) -> list[Text]:
    """Return rows token by token: learned ones underlined, the others dim; tokens alternate in brightness."""
    lines: list[Text] = []
    for row, tokens in found:
        learned = sum(taught for _, taught in tokens)
        lines.append(
            line((f"row {row + 1:,}", STRONG), (f"  {learned:,} of {len(tokens):,} tokens learned", DIM))
        )
        text = Text()
        for place, (token, taught) in enumerate(tokens):
            style = (LEARNED if place % 2 else LEARNED_TOO) if taught else DIM
            for part in re.split(r"(\n)", token):
                if part == "\n":
                    text.append_text(shown("\n", style))
                    lines.append(text)
                    text = Text()
                else:
                    text.append_text(shown(part, style))
        lines += [text, Text()]
    return lines


def wanted_of(values: dict[str, str]) -> Wanted:
    """Return what the fields ask for; raise JobError naming the field that does not fit."""
    rows = values.get("rows") or "not dropped"
    if rows not in ("not dropped", "kept"):
        raise JobError("rows: write `kept` or `not dropped`")
    preference = values.get("preference") or "refused"
    if preference not in ("refused", "chosen"):
        raise JobError("preference data: write `chosen` to learn the chosen answers, or nothing")
    return Wanted(settings_of(values), rows == "kept", preference == "chosen", values.get("python") or None)


def settings_of(values: dict[str, str]) -> TuneSettings:
    """Return the settings that the fields ask for; raise JobError naming the field that does not fit."""
    from dataexplore.tune.presets import preset
    from dataexplore.tune.samples import read_prompts

    changes: dict[str, Any] = {}
    numbers = (("epochs", int), ("learning_rate", float), ("max_tokens", int), ("held_out", float))
    for name, kind in numbers:
        text = values.get(name, "").replace(",", "")
        if text:
            try:
                changes[name] = kind(text)
            except ValueError:
                raise JobError(f"{name.replace('_', ' ')}: {text} is not a number") from None
    if values.get("method"):
        changes["method"] = values["method"]
    if values.get("samples"):
        changes["sample_prompts"] = read_prompts(Path(values["samples"]).expanduser())
    if not values.get("base"):
        raise JobError("name a base model: a folder with config.json and weights, or a hub id")
    return preset(values.get("preset") or "quick", values["base"], **changes)
