"""A person's own scores beside a judge's: what is drawn, kept at once, and taken up again."""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dataexplore.dataset.parse import Record
from dataexplore.dataset.schema import Schema
from dataexplore.dataset.scores import NUMBER, is_score_name
from dataexplore.errors import SignalError
from dataexplore.judge.judge import signal_name
from dataexplore.session.judging import judgements
from dataexplore.session.scoring import BY_HAND, keep_signal
from dataexplore.session.session import Session
from dataexplore.signals.blind import Scale, Sheet, as_signal, sample, scale_seen
from dataexplore.signals.signal import Signal
from dataexplore.text import short, visible

_NOTE = re.compile(
    rf"{BY_HAND}: of (?P<size>\d+) rows, scale (?P<scale>\S+) (?P<high>\S+) (?P<step>\S+), "
    r"drawn over (?P<judge>.*), unseen"
)


@dataclass(frozen=True)
class Begun:
    """What there is of a person's scores beside one judge."""

    name: str
    judge: str
    signal: Signal = field(repr=False)
    size: int
    """Rows that were asked for."""
    scale: Scale

    @property
    def done(self) -> int:
        """Rows with a score."""
        return self.signal.scored


def begun(session: Session, judge: str) -> Begun | None:
    """Return the person's scores beside a judge, or those of their own signal; None when there are none."""
    for name in (judge, signal_name("by_hand", judge)):
        signal = session.columns.signals.get(name)
        found = _NOTE.match(signal.note) if signal is not None else None
        if signal is not None and found and (name == judge or found["judge"] == visible(judge)):
            scale = Scale(float(found["scale"]), float(found["high"]), float(found["step"]))
            of = next((one for one in session.columns.signals if visible(one) == found["judge"]), judge)
            return Begun(name, of, signal, int(found["size"]), scale)
    return None


class Blind:
    """Scoring some rows by hand: each score is on disk when `give` returns."""

    def __init__(self, session: Session, name: str, judge: str, scale: Scale, sheet: Sheet) -> None:
        self._session = session
        self.name = name
        """Of the signal that the scores become."""
        self.judge = judge
        self.scale = scale
        self.sheet = sheet

    def give(self, score: float) -> None:
        """Score the row on screen; raise SignalError for what is not on the scale."""
        problem = self.scale.problem(score)
        if problem:
            raise SignalError(problem)
        self.sheet.give(score)
        self._keep()

    def undo(self) -> bool:
        """Take the last score back; False when none was given in this sitting."""
        undone = self.sheet.undo()
        if undone:
            self._keep()
        return undone

    def _keep(self) -> None:
        if not self.sheet.scores:
            self._session.forget_scores(self.name)
            return
        scale = f"{self.scale.lowest:g} {self.scale.highest:g} {self.scale.step:g}"
        drawn = f"{BY_HAND}: of {len(self.sheet.rows)} rows, scale {scale}, drawn over {self.judge}, unseen"
        keep_signal(self._session, self.name, as_signal(self.sheet.scores, len(self._session.dataset)), drawn)

    def text(self, row: int) -> tuple[Record, Schema]:
        """Return what is read of a row, without its scores and labels and whatever else may tell one."""
        return _unjudged(self._session, row)


def start(session: Session, judge: str, size: int, scale: Scale | None = None, seed: int = 0) -> Blind:
    """Draw rows over a judge's scores, or take up what was begun; rows scored already come first."""
    session.must_write()
    known = begun(session, judge)
    judge = known.judge if known else judge
    name = known.name if known else signal_name("by_hand", judge)
    if known is None and (there := session.columns.signals.get(name)) is not None:
        raise SignalError(f"{short(name, 60)} is a signal already ({there.origin}); take it away first")
    given: dict[int, float] = {}
    if known is not None:
        rows = np.flatnonzero(~np.isnan(known.signal.scores))
        given = dict(zip(rows.tolist(), known.signal.scores[rows].tolist(), strict=True))
    drawn = sample(session.scores(judge), size, seed).tolist()
    order = [*given, *(row for row in drawn if row not in given)][: max(size, len(given))]
    if not order:
        raise SignalError(f"{short(judge, 60)} has scored no row to draw from")
    if scale is None:
        scale = known.scale if known else _scale(session, judge)
    return Blind(session, name, judge, scale, Sheet(order, given))


def _scale(session: Session, judge: str) -> Scale:
    """Return the scale of the judge's rubric, or what its scores tell of one."""
    rubric = judgements(session).rubric(judge)
    if rubric is None:
        return scale_seen(session.scores(judge))
    return Scale(rubric.lowest, rubric.highest, rubric.step)


def _unjudged(session: Session, row: int) -> tuple[Record, Schema]:
    schema, said = session.dataset.schema_of(row), session.dataset.turns(row)
    if schema.kind != "unknown" and said:
        turns: list[Any] = [{"role": turn.role, "content": turn.spoken} for turn in said]
        return {"messages": turns}, Schema("messages", turns="messages")
    texts: Record = {
        name: value
        for name, value in session.dataset.record(row).items()
        if isinstance(value, str) and not _may_tell(session, name, value)
    }
    return texts, Schema("unknown")


def _may_tell(session: Session, name: str, value: str) -> bool:
    """Tell whether a field may be a judge's score: by its name, or because it is a number."""
    return name in session.columns.signals or is_score_name(name) or bool(re.match(NUMBER, value.strip()))
