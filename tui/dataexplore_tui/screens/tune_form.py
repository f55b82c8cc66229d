"""The form of a run: base model, preset, the few settings that matter, preflight, launch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text

from dataexplore.errors import JobError
from dataexplore_tui.screens.form import Field, Form
from dataexplore_tui.widgets.bars import share
from dataexplore_tui.widgets.ink import ACCENT, DIM, DROP, KEEP, STRONG, WARN, line

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


class TuneForm(Form[Wanted, "Preflight"]):
    """Counts rows, tokens and steps before a run is launched."""

    TITLE_WORD = "tune"
    FIELDS: ClassVar[tuple[Field, ...]] = _FIELDS
    FIRST = "enter counts rows and tokens with the base model's own tokenizer"

    def __init__(self, initial: dict[str, str], count: Callable[[Wanted], Preflight]) -> None:
        super().__init__(initial)
        self._preflight = count

    def wanted(self, values: dict[str, str]) -> Wanted:
        """Return the run that the fields ask for."""
        return wanted_of(values)

    def count(self, wanted: Wanted) -> Preflight:
        """Return the run's preflight."""
        return self._preflight(wanted)

    def told(self, found: Preflight) -> list[Text]:
        """Return rows, tokens, steps and lengths as lines."""
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
            Text(),
            line(("enter", ACCENT), " launches; it goes on when you leave"),
        ]


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
    return preset(values.get("preset") or "quick", values["base"], **changes)
