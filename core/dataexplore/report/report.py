"""What was found in a dataset: figures, and findings that name their rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dataexplore.dataset.schema import Schema
from dataexplore.dataset.unreadable import Unreadable
from dataexplore.report.languages import Languages
from dataexplore.report.lengths import Spread

Kind = Literal["problem", "secret", "repeat", "refusal", "empty", "long", "language"]
BAD: frozenset[Kind] = frozenset({"problem", "secret"})
"""The kinds that make a file one with problems; the others are for the person to judge."""

MAX_TOKENS = 1024
"""Where a run cuts rows unless told otherwise."""
SAMPLE = 2000
"""Rows whose language is looked at."""


@dataclass(frozen=True)
class Settings:
    """What the person may choose."""

    tokenizer: str = ""
    """A folder, a file or a name on the hub; empty estimates from bytes."""
    max_tokens: int = MAX_TOKENS
    sample: int = SAMPLE
    """Rows whose language is looked at; 0 is all."""
    seed: int = 0


@dataclass(frozen=True)
class Finding:
    """Rows that have something in common, under a name that is unique in the report."""

    kind: Kind
    name: str
    rows: NDArray[np.int64] = field(repr=False)
    """Row numbers from 0, ascending."""
    starts: tuple[str, ...] = ()
    """Of the first secrets, the first characters."""


@dataclass(frozen=True)
class Repeated:
    """How often something is there more than once."""

    what: str
    rows: int
    """Rows beyond the first of each group."""
    groups: int
    largest: int


@dataclass(frozen=True)
class Report:
    """All that `check` says about a dataset."""

    rows: int
    size: int
    """Bytes of the file."""
    schemas: tuple[tuple[Schema, int], ...]
    """The schemas there are, the commonest first, with their rows."""
    fields: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]
    findings: tuple[Finding, ...]
    empty: Mapping[str, int]
    """Rows in which a text field is there and blank."""
    repeats: tuple[Repeated, ...]
    lengths: Mapping[str, Spread]
    """In characters: prompt, response, whole."""
    tokens: Spread
    """Of whole rows."""
    counted_by: str
    """The tokenizer, or how the tokens were estimated."""
    exact: bool
    """Whether a tokenizer counted."""
    max_tokens: int
    over: int
    """Rows of more than `max_tokens` tokens."""
    languages: Languages
    seed: int = 0
    """Of the sample whose language was looked at."""

    @property
    def bad(self) -> bool:
        """Whether something is wrong with the file: unreadable lines, odd rows, secrets."""
        return bool(self.unreadable) or any(one.kind in BAD for one in self.findings)

    @property
    def rows_of(self) -> dict[str, NDArray[np.int64]]:
        """The rows of every finding by its name."""
        return {one.name: one.rows for one in self.findings}

    def of_kind(self, *kinds: Kind) -> list[Finding]:
        """Return the findings of some kinds, the one with the most rows first."""
        found = [one for one in self.findings if one.kind in kinds]
        return sorted(found, key=lambda one: (-len(one.rows), one.name))


def percent(part: int, whole: int) -> str:
    """Return a share in percent; little is not nothing and nearly all is not all."""
    share = 100 * part / whole if whole else 0.0
    little, much = 0 < share < 0.1, 99.9 < share < 100
    return f"{'<0.1 %' if little else '>99.9 %' if much else f'{share:.1f} %':>7}"
