"""What people said of answers whose makers they could not see, and how far a judge agrees with them."""

import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dataexplore.compare.review import Review
from dataexplore.errors import WorkspaceError
from dataexplore.signals.agreement import agreement
from dataexplore.text import short
from dataexplore.workspace.sqlite import prepare, reader, writer

FILE = "votes.db"
LEFT, TIE, RIGHT = "left", "tie", "right"
CHOICES = (LEFT, TIE, RIGHT)
_STEPS = (
    """
CREATE TABLE votes (
    prompt TEXT NOT NULL,
    person TEXT NOT NULL,
    choice TEXT NOT NULL CHECK (choice IN ('left', 'tie', 'right')),
    first_left INTEGER NOT NULL CHECK (first_left IN (0, 1)),
    at REAL NOT NULL,
    PRIMARY KEY (prompt, person)
) WITHOUT ROWID;
""",
)


class Vote(NamedTuple):
    """One person's choice for one prompt."""

    prompt: str
    """The prompt's key."""
    choice: str
    """left, tie or right."""
    first_left: bool
    """Whether the first model's answer stood on the left."""
    person: str = ""
    at: float = 0.0
    """Unix time; 0 means now."""

    @property
    def verdict(self) -> int:
        """1 for the first model, -1 for the second, 0 for neither."""
        side = CHOICES.index(TIE) - CHOICES.index(self.choice)
        return side if self.first_left else -side


@dataclass(frozen=True)
class Agreed:
    """People against a judge, over the prompts that both decided; a tie is an opinion, too."""

    prompts: int
    same: float | None
    """Share of the votes with which the judge's verdict agrees."""
    decided: int
    """Votes where neither called it a tie."""
    same_decided: float | None
    """Share of those where both prefer the same answer."""
    kappa: float | None
    """Cohen's kappa with quadratic weights over loss, tie and win: 0 for chance (Cohen 1968)."""


class Votes:
    """Stores the votes of one comparison, for a single writer; what a call returned from is on disk."""

    def __init__(self, folder: Path) -> None:
        self._shown = short(str(folder / FILE), 200)
        try:
            self._database = writer(folder / FILE)
            prepare(self._database, folder, _STEPS)
        except (sqlite3.Error, OSError) as error:
            raise WorkspaceError(f"{self._shown}: votes cannot be kept here ({error})") from None

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def put(self, vote: Vote) -> None:
        """Store a vote in place of what the person said of the prompt before."""
        self._write("INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?, ?)", _values(vote))

    def take_back(self, prompt: str, person: str = "") -> None:
        """Forget what a person said of a prompt."""
        self._write("DELETE FROM votes WHERE prompt = ? AND person = ?", (prompt, person))

    def _write(self, sql: str, values: tuple[object, ...]) -> None:
        try:
            self._database.execute(sql, values)
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"{self._shown}: the vote was not stored ({error}); free some disk space"
            ) from None


def read_votes(folder: Path) -> list[Vote]:
    """Return all votes, oldest first, while others may be stored."""
    if not (folder / FILE).exists():
        return []
    asked = "SELECT prompt, choice, first_left, person, at FROM votes ORDER BY at, prompt, person"
    try:
        with closing(reader(folder / FILE)) as database:
            rows = database.execute(asked).fetchall()
    except sqlite3.Error as error:
        shown = short(str(folder / FILE), 200)
        raise WorkspaceError(f"{shown}: cannot be read ({error}); restore it from a copy") from None
    return [Vote(prompt, choice, bool(left), person, at) for prompt, choice, left, person, at in rows]


def first_is_left(comparison: str, prompt: str, person: str = "") -> bool:
    """Tell whether the first model's answer stands on the left: as good as by chance, and always the same."""
    words = "\n".join((comparison, prompt, person)).encode("utf-8", "surrogatepass")
    return bool(blake2b(words, digest_size=1).digest()[0] & 1)


def agreed(votes: Iterable[Vote], reviews: Mapping[str, Review]) -> Agreed:
    """Compare votes with a judge's reviews by the prompt's key; what it did not judge is left out."""
    both = [
        (vote.verdict, reviews[vote.prompt].verdict)
        for vote in votes
        if vote.prompt in reviews and reviews[vote.prompt].judged
    ]
    said, judged = (np.array([pair[place] for pair in both], np.float64) for place in range(2))
    found = agreement("people", said, "judge", judged)
    firm = [(one, other) for one, other in both if one and other]
    share = sum(one == other for one, other in firm) / len(firm) if firm else None
    return Agreed(found.rows, found.exact, len(firm), share, found.kappa)


def _values(vote: Vote) -> tuple[object, ...]:
    return vote.prompt, vote.person, vote.choice, int(vote.first_left), vote.at or time.time()
