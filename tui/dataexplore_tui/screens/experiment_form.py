"""The form of an experiment: which arms, what they share, on which base; counted before anything starts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text

from dataexplore.errors import JobError
from dataexplore_tui.screens.form import Field, Form
from dataexplore_tui.screens.tune_form import settings_of
from dataexplore_tui.widgets.ink import ACCENT, DIM, STRONG, line, shown

if TYPE_CHECKING:
    from dataexplore.session.experiment import Design, Drawn
    from dataexplore.tune.settings import TuneSettings


@dataclass(frozen=True)
class Wanted:
    """What the form asks for."""

    settings: TuneSettings
    design: Design
    python: str | None


class ExperimentForm(Form[Wanted, "Drawn"]):
    """Draws the arms before their runs are queued."""

    TITLE_WORD = "experiment"
    FIRST = "enter draws the arms; enter again queues a run of each, one after another on the device"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        ("base", "base model", "a folder, or a hub id"),
        ("preset", "preset", "quick, lima, alpagasus, smoke"),
        ("epochs", "epochs", "of the preset"),
        ("learning_rate", "learning rate", "of the preset"),
        ("max_tokens", "longest row", "tokens; of the preset"),
        ("arms", "arms", "kept random longest full stratified"),
        ("sizes", "or the best", "so many rows by the signal: 3000 6000 9000, a random 9000 and full"),
        ("signal", "signal", "that the best are the best by"),
        ("seeds", "random arms", "draws of a random arm (1)"),
        ("equal", "equal", "rows / steps / tokens"),
        ("held_out", "held out", "rows that no arm has, to measure each run's loss on"),
        ("python", "interpreter", "this one"),
    )

    def __init__(self, initial: dict[str, str], draw: Callable[[Wanted], Drawn]) -> None:
        super().__init__(initial)
        self._draw = draw

    def wanted(self, values: dict[str, str]) -> Wanted:
        """Return the experiment that the fields ask for."""
        return wanted_of(values)

    def count(self, wanted: Wanted) -> Drawn:
        """Draw the arms."""
        return self._draw(wanted)

    def told(self, found: Drawn) -> list[Text]:
        """Return the arms as lines."""
        lines = [
            line(shown(f"{arm.name:<18}", STRONG), f"{len(arm.rows):>9,} rows  ~{arm.tokens:>11,} tokens")
            for arm in found.arms[:6]
        ]
        if len(found.arms) > len(lines):
            lines.append(line((f"and {len(found.arms) - len(lines)} more", DIM)))
        if len(found.held):
            lines.append(line((f"{len(found.held):,} rows are held out of every arm", DIM)))
        return [*lines, line(("enter", ACCENT), f" queues {len(found.arms)} runs; they go on when you leave")]


def wanted_of(values: dict[str, str]) -> Wanted:
    """Return what the fields ask for; raise JobError naming the field that does not fit."""
    from dataexplore.session.experiment import EQUAL, Design

    sizes = tuple(_whole("sizes", part) for part in re.split(r"[,\s]+", values["sizes"]) if part)
    names = tuple(part for part in re.split(r"[,\s]+", values["arms"]) if part)
    if bool(sizes) == bool(names):
        raise JobError("name arms, or how many of the best, and not both")
    if sizes and not values["signal"]:
        raise JobError("signal: the best rows are the best by some score, name it")
    equal = values["equal"] or "rows"
    if equal not in EQUAL:
        raise JobError(f"equal: write one of {', '.join(EQUAL)}")
    settings = settings_of({name: value for name, value in values.items() if name != "held_out"})
    seeds, held_out = _whole("seeds", values["seeds"] or "1"), _whole("held out", values["held_out"] or "0")
    design = Design(names, sizes, values["signal"], seeds, settings.seed, equal, held_out)
    return Wanted(settings, design, values["python"] or None)


def _whole(name: str, text: str) -> int:
    if not text.replace(",", "").isdecimal():
        raise JobError(f"{name}: {text} is not a whole number")
    return int(text.replace(",", ""))
