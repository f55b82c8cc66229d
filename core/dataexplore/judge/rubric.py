"""What a judge is told to look at, and the scale that it scores on."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

from dataexplore.errors import JudgeError
from dataexplore.text import short

_LONGEST = 20_000
"""Characters of a rubric; more would be paid with every row."""


@dataclass(frozen=True)
class Rubric:
    """One thing to score, in the words that the judge reads."""

    name: str
    version: int
    title: str
    """One line for people."""
    source: str
    """The paper or person that it goes back to."""
    lowest: float
    highest: float
    step: float
    """Scores between two steps are no scores of this rubric's."""
    task: str
    """What the judge is to look at, and what counts how much."""
    levels: str = ""
    """What some scores mean."""

    @cached_property
    def digest(self) -> str:
        """8 hex digits over all words and numbers: another rubric is another judge."""
        words = repr(sorted(asdict(self).items())).encode("utf-8", "surrogatepass")
        return blake2b(words, digest_size=4).hexdigest()

    @property
    def label(self) -> str:
        """Name, version and digest, as a judge's identity holds them."""
        return f"{self.name}/{self.version}/{self.digest}"

    @property
    def scores(self) -> list[float]:
        """Every score there is, lowest first."""
        steps = round((self.highest - self.lowest) / self.step)
        return [round(self.lowest + place * self.step, 6) for place in range(steps + 1)]

    def to_json(self) -> dict[str, Any]:
        """Return the rubric as a job's settings hold it."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any], where: str = "rubric") -> "Rubric":
        """Read a rubric; raise JudgeError naming the field that is missing or wrong."""
        known = {field.name: field.type for field in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in found.items():
            if name not in known:
                raise JudgeError(f"{where}: {short(str(name), 40)} is no field of a rubric; {_NEEDED}")
            values[name] = value
        for name, kind in known.items():
            if name == "levels" and name not in values:
                continue
            if not _fits(values.get(name), kind):
                raise JudgeError(f"{where}: {name} is missing or of the wrong type; {_NEEDED}")
        rubric = cls(**values)
        _check(rubric, where)
        return rubric


_NEEDED = "a rubric has name, version, title, source, lowest, highest, step, task and perhaps levels"


def shipped() -> list[str]:
    """Return the names of the rubrics that come with the program."""
    found = (one.name for one in files("dataexplore.judge").joinpath("rubrics").iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))


def load_rubric(name: str) -> Rubric:
    """Return a shipped rubric by name or a person's own by path; raise JudgeError naming what there is."""
    if name in shipped():
        text = files("dataexplore.judge").joinpath(f"rubrics/{name}.toml").read_text("utf-8")
        return Rubric.from_json(tomllib.loads(text), name)
    path, shown = Path(name).expanduser(), short(name, 200)
    if not path.is_file():
        raise JudgeError(
            f"no rubric is called {shown}; there are {', '.join(shipped())}, or name a TOML file"
        )
    try:
        return Rubric.from_json(tomllib.loads(path.read_text("utf-8")), shown)
    except (OSError, ValueError) as error:
        raise JudgeError(f"{shown}: cannot be read as TOML ({short(str(error), 100)})") from None


def _fits(value: object, kind: Any) -> bool:
    if kind is str:
        return isinstance(value, str)
    numbers = int if kind is int else int | float
    return isinstance(value, numbers) and not isinstance(value, bool)


def _check(rubric: Rubric, where: str) -> None:
    if not rubric.name.isidentifier():
        raise JudgeError(f"{where}: name is a word of letters, digits and _, for it names the signal")
    if not rubric.task.strip():
        raise JudgeError(f"{where}: task is empty, so nothing tells the judge what to look at")
    if len(rubric.task) + len(rubric.levels) > _LONGEST:
        raise JudgeError(f"{where}: task and levels have more than {_LONGEST:,} characters; say it shorter")
    steps = (rubric.highest - rubric.lowest) / rubric.step if rubric.step > 0 else 0
    if not 0.999 < steps < 1000 or abs(steps - round(steps)) > 1e-6:
        raise JudgeError(
            f"{where}: from lowest to highest there are 1 to 1,000 whole steps; "
            f"{rubric.lowest:g} to {rubric.highest:g} by {rubric.step:g} is none"
        )
