"""Prompts that a model was tuned on measure memory, not skill: they are found and left out."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataexplore.compare.prompt import Prompt
from dataexplore.duplicates.kinds import KINDS
from dataexplore.duplicates.leaks import leaks
from dataexplore.duplicates.same import normalised
from dataexplore.errors import JobError

THRESHOLD = 0.8
"""The share of character 5-grams in common from which two prompts are nearly the same."""
_ALIKE = ("exact", "lexical")


@dataclass(frozen=True)
class Leak:
    """A prompt that is left out, with the training row that it is like."""

    prompt: Prompt
    sides: tuple[int, ...]
    """Who was tuned on it: 0 the first model, 1 the second."""
    row: int
    """The row's number, from 0, in its dataset."""
    similarity: float
    kind: str
    """exact or lexical."""


class Trained:
    """All prompts that either of two models was tuned on."""

    def __init__(self, files: Iterable[Path | None], threshold: float = THRESHOLD) -> None:
        """Read the rows of the jobs; None stands for a model that was not tuned here."""
        self._threshold = threshold
        self._sides: dict[str, set[int]] = {}
        self._rows: dict[str, int] = {}
        for side, file in enumerate(files):
            for row, text in _asked(file) if file else ():
                self._sides.setdefault(text, set()).add(side)
                self._rows.setdefault(text, row)

    def __len__(self) -> int:
        return len(self._sides)

    def apart(self, prompts: Sequence[Prompt]) -> tuple[list[Prompt], list[Leak]]:
        """Return the prompts that nobody was tuned on, and the others."""
        texts = list(self._sides)
        if not texts or not prompts:
            return list(prompts), []
        found = leaks([one.text for one in prompts], texts, self._threshold, _ALIKE)
        places = zip(
            found.rows.tolist(),
            found.prompts.tolist(),
            found.similarity.tolist(),
            found.kind.tolist(),
            strict=True,
        )
        unfit = {
            place: Leak(
                prompts[place],
                tuple(sorted(self._sides[texts[other]])),
                self._rows[texts[other]],
                close,
                KINDS[kind],
            )
            for place, other, close, kind in places
        }
        return [one for place, one in enumerate(prompts) if place not in unfit], list(unfit.values())


def _asked(path: Path) -> Iterable[tuple[int, str]]:
    """Yield row and normalised text of what users say in a run's rows: each turn, and all of them."""
    try:
        with path.open("rb") as file:
            for line in file:
                row: dict[str, Any] = json.loads(line)
                said = [one["content"] for one in row["messages"] if one["role"] == "user"]
                for text in dict.fromkeys([*said, "\n\n".join(said)]):
                    if text.strip():
                        yield row["row"], normalised(text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JobError(
            f"{path.parent.name}: what it was tuned on cannot be read ({type(error).__name__})"
        ) from None
