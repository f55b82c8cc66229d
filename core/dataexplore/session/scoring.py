"""What the judges of a session say together, and signals that are made of theirs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dataexplore.dataset.scores import is_score_name
from dataexplore.errors import JobError, SignalError
from dataexplore.jobs.listing import list_jobs
from dataexplore.judge.judge import signal_name
from dataexplore.session.session import Session
from dataexplore.signals.consensus import How
from dataexplore.signals.signal import Scores, Signal
from dataexplore.signals.store import save_signal
from dataexplore.signals.ties import with_second_key
from dataexplore.text import short

BY_HAND, CONSENSUS, TIES, CORRECTED = "by hand", "consensus", "ties", "corrected"
"""What the note of a stored signal begins with: its origin, that no judge gave it."""
DISAGREEMENT = "disagreement"
_FEW = 24
"""A field with at most so many different numbers may be a score; one with more says so by its name."""
_NO_JUDGES = frozenset(
    (
        *("id", "index", "idx", "uid", "row", "line", "label", "split", "year", "count", "turns"),
        *("len", "length", "chars", "characters", "tokens", "words"),
    )
)
_RECENT = 20
"""Steps of a run whose speed is looked at."""


def judges(session: Session) -> list[Signal]:
    """Return the signals that somebody gave: imported or judged ones and fields that look like scores."""
    return [one for one in session.columns.signals.values() if _is_judge(one)]


def by_machine(among: Sequence[Signal]) -> list[Signal]:
    """Return judges without the person."""
    return [one for one in among if not one.note.startswith(BY_HAND)]


def _is_judge(signal: Signal) -> bool:
    if signal.note.startswith((CONSENSUS, TIES, CORRECTED)) or not signal.scored:
        return False
    if signal.origin == "field":
        words = set(re.findall(r"[a-z]+", signal.name.lower()))
        return is_score_name(signal.name) or (not words & _NO_JUDGES and _few_values(signal.scores))
    return signal.origin != "computed"


def _few_values(scores: Scores) -> bool:
    # A sample settles most fields: all rows are looked at only where it has few values.
    for some in (scores[:: max(1, len(scores) // 1000)], scores):
        found = pl.Series(some[~np.isnan(some)]).n_unique()
        if found > _FEW:
            return False
    return found > 1


def flagged(session: Session) -> dict[str, NDArray[np.int64]]:
    """Return the rows that each check flags: odd content, and computed signals that are 0 or 1."""
    found = {name: rows for name, rows in session.dataset.problems.items() if len(rows)}
    for signal in session.columns.signals.values():
        if signal.origin == "computed" and signal.scored:
            known = signal.scores[~np.isnan(signal.scores)]
            if known.max() == 1 and not (known * (1 - known)).any():
                found[signal.name] = np.flatnonzero(signal.scores == 1)
    return found


def keep_signal(session: Session, name: str, scores: Scores, note: str) -> Signal:
    """Keep a signal in the workspace, in place of one of the same name; `note` says what it was made of."""
    session.must_write()
    _refuse_field(session, name)
    save_signal(session.workspace.database, session.dataset, name, scores, note)
    signal = Signal(name, scores, "imported", note)
    session.columns.add(signal)
    return signal


def _refuse_field(session: Session, name: str) -> None:
    if name in session.dataset.table.fields:
        raise SignalError(f"{short(name, 60)} is a field of the file: no signal can take its name")


def add_disagreement(session: Session, among: Sequence[Signal], scores: Scores) -> Signal:
    """Add how far judges differ on each row (`signals.disagreement`), for this sitting."""
    _refuse_field(session, DISAGREEMENT)
    names = short(", ".join(one.name for one in among), 200)
    session.columns.add_computed(DISAGREEMENT, scores, f"how far these rank a row apart: {names}")
    return session.columns.signals[DISAGREEMENT]


def keep_consensus(session: Session, among: Sequence[Signal], how: How, scores: Scores) -> Signal:
    """Keep what some judges say together (`signals.consensus`) under a name of its own."""
    note = f"{CONSENSUS}: {how} of {', '.join(one.name for one in among)}"
    few = len(among) <= 2
    stem = signal_name(how, *(one.name for one in among)) if few else f"{how}_of_{len(among)}_judges"
    name, number = stem, 2
    while (there := session.columns.signals.get(name)) and there.note != note:
        name, number = f"{stem}_{number}", number + 1
    return keep_signal(session, name, scores, note)


def break_ties(session: Session, first: str, second: str, *, least: bool = False) -> Signal:
    """Keep a signal that orders equal scores of one signal by another one, the highest or the least first."""
    key = session.scores(second)
    scores = with_second_key(session.scores(first), -key.astype(np.float64) if least else key)
    name = signal_name(first, "then", "least" if least else "", second)
    return keep_signal(session, name, scores, f"{TIES}: {first}, equal ones by {'least ' * least}{second}")


@dataclass(frozen=True)
class Speed:
    """How fast the last finished tune run of this workspace was."""

    run: str
    tokens_per_second: float
    epochs: float

    def seconds(self, tokens: int) -> float:
        """Return how long a run of as many epochs takes on so many tokens."""
        return tokens * self.epochs / self.tokens_per_second


def tuning_speed(session: Session) -> Speed | None:
    """Return the speed of the newest finished run; None when there is none."""
    for job in list_jobs(session.workspace.jobs):
        try:
            if job.kind == "tune" and job.status().state == "finished":
                speeds = [_number(one.get("tokens_per_second")) for one in job.metrics()[0]]
                known, epochs = list(filter(None, speeds)), _number(job.spec.settings.get("epochs"))
                if known and epochs:
                    return Speed(job.id, median(known[-_RECENT:]), epochs)
        except JobError:
            continue
    return None


def _number(value: Any) -> float:
    """Return a figure above 0, else 0."""
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")
    return float(value) if known else 0.0
