"""What a recipe that ships with the program is: steps made of settings and of what the data has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from dataexplore.errors import RuleError
from dataexplore.selection.rule import Rule
from dataexplore.text import short

_CHECKED = ("size", "threshold", "k")


@dataclass(frozen=True)
class Asked:
    """The settings a person gave."""

    size: int | None = None
    signals: tuple[str, ...] = ()
    seed: int = 0
    threshold: float | None = None
    k: int | None = None


@dataclass(frozen=True)
class About:
    """What a recipe may know of the data before its steps run."""

    rows: int
    signals: tuple[str, ...]
    """Names of the signals that there are."""


@dataclass(frozen=True)
class Planned:
    """A step, and what the paper had after it."""

    rule: Rule
    paper: str = ""


@dataclass(frozen=True)
class Shipped:
    """A recipe by name."""

    name: str
    line: str
    """What it does, in one line."""
    source: str
    settings: tuple[str, ...]
    """The settings that it has of size, threshold, k; all have a seed."""
    limits: str
    """What it does not do as its paper did, and what is left to a person."""
    steps: Callable[[Asked, About], list[Planned]]
    """Returns the steps; raises RuleError naming what is lacking."""

    def plan(self, asked: Asked, about: About) -> list[Planned]:
        """Return the steps; raise RuleError for a setting that it does not have, or lacks."""
        for field in fields(asked):
            own = field.name not in _CHECKED or field.name in self.settings
            if not own and getattr(asked, field.name) is not None:
                has = ", ".join((*self.settings, "seed"))
                raise RuleError(f"the recipe {self.name!r} has no {field.name}; it has {has}")
        return self.steps(asked, about)


def signals_for(name: str, asked: Asked, about: About, most: int = 1) -> tuple[str, ...]:
    """Return the signals to go by; raise RuleError saying which there are when none is named."""
    if not asked.signals:
        raise RuleError(
            f"the recipe {name!r} needs a signal to go by; there are {_names(about.signals)}; "
            "`dataexplore scores --import` brings others"
        )
    if len(asked.signals) > most:
        raise RuleError(f"the recipe {name!r} goes by {most} signal{'s' if most > 1 else ''}; name no more")
    return asked.signals


def _names(signals: Sequence[str]) -> str:
    return short(", ".join(signals), 200)
