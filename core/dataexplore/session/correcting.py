"""A judge's scores put right by what near rows were given, kept as a signal of its own."""

import numpy as np

from dataexplore.judge.ds2.correction import MOST_LEVELS, Correction, binned, corrected
from dataexplore.judge.judge import signal_name
from dataexplore.session.scoring import CORRECTED, keep_signal
from dataexplore.session.session import Session
from dataexplore.signals.signal import Signal
from dataexplore.vectors.arrays import Progress


def keep_correction(
    session: Session, name: str, progress: Progress | None = None
) -> tuple[Signal, Correction]:
    """Correct a judge's scores by the vectors that the session compares rows by, and keep the outcome.

    Scores of many values are rounded to six first, or the matrix of mistakes could not be told.
    """
    session.must_write()
    scores = session.scores(name)
    known = scores[~np.isnan(scores)]
    few = len(np.unique(known)) <= MOST_LEVELS
    found = corrected(
        scores if few else binned(scores), session.analysis.vectors(progress), progress=progress
    )
    note = f"{CORRECTED}: {name} by near rows, {len(found.changed):,} changed"
    return keep_signal(session, signal_name(name, "corrected"), found.scores, note), found
