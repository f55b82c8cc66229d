"""A session's judges: what they said so far, taken in while they are still at work."""

from dataexplore.judge.folder import Judgements
from dataexplore.judge.loading import judged_signals
from dataexplore.session.session import Session
from dataexplore.signals.signal import Signal


def judgements(session: Session) -> Judgements:
    """Return the judges of a session's workspace."""
    return Judgements(session.workspace.folder)


def read_judged(session: Session) -> dict[str, Signal]:
    """Read what judges said; it may be called in any thread."""
    return judged_signals(judgements(session), session.dataset)


def take_judged(session: Session, signals: dict[str, Signal]) -> None:
    """Show the signals that were read, in place of those of the same names."""
    for signal in signals.values():
        session.columns.add(signal)
