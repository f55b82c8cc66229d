"""A session's judges: what asking one would cost, asking it, and taking in what it says."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from dataexplore.jobs.folder import Job
from dataexplore.jobs.spec import JSON
from dataexplore.judge.asked import hash_of
from dataexplore.judge.endpoint.estimate import Estimate, estimate
from dataexplore.judge.endpoint.prices import Price
from dataexplore.judge.folder import Judgements
from dataexplore.judge.job import create_judging, keep_rows
from dataexplore.judge.loading import judged_signals
from dataexplore.judge.replies import SCORED, UNPARSED, Reply
from dataexplore.judge.request import Request
from dataexplore.judge.rubric import Rubric
from dataexplore.judge.wanted import Rows, Wanted, said_in, text_key, wanted
from dataexplore.session.session import Session
from dataexplore.signals.signal import Signal


@dataclass(frozen=True)
class Planned:
    """Rows and a judge, with what is known of them and what the rest would take; nothing is sent yet."""

    wanted: Wanted
    rubric: Rubric | None
    settings: Mapping[str, JSON]
    estimate: Estimate | None
    """None where nobody is paid."""
    judgements: Judgements

    @property
    def known(self) -> int:
        """Rows that have a reply already."""
        missing = {one.hash for one in self.wanted.missing}
        return sum(one not in missing for one in self.wanted.hashes)

    def full_settings(self) -> dict[str, JSON]:
        """Return what a job's spec holds: the settings and the judge."""
        return {**self.settings, "judge": asdict(self.wanted.judge)}


def plan_judging(
    session: Session,
    request: Request,
    rows: Rows,
    threshold: float | None = None,
    folder: Path | None = None,
    *,
    batch: bool = False,
) -> Planned:
    """Find out what a judge has to be asked about rows; nothing is written.

    With `threshold` one row of each duplicate group is asked about. `folder` is the workspace's, where that
    is not the session's own. `batch` counts a batch file's price.
    """
    judge, rubric = request.judge()
    judgements = Judgements(folder or session.workspace.folder)
    groups = session.groups(threshold) if threshold is not None else None
    asked = wanted(judgements.known(judge, session.columns.names), judgements, session.dataset, rows, groups)
    return planned(asked, rubric, request, judgements, batch=batch)


def planned(
    asked: Wanted,
    rubric: Rubric | None,
    request: Request,
    judgements: Judgements,
    *,
    batch: bool = False,
) -> Planned:
    """Return what asking takes, with its price where somebody is paid."""
    settings = request.settings(rubric)
    counted = None
    if request.kind == "endpoint" and rubric is not None:
        found = settings.get("prices")
        price = Price.from_json(found) if isinstance(found, dict) else None
        texts = (one.said for one in asked.missing)
        counted = estimate(rubric, texts, request.asking.answer, price, batch=batch)
    return Planned(asked, rubric, settings, counted, judgements)


def make_job(session: Session, planned: Planned, python: str | None = None) -> Job | None:
    """Write the job that asks what is missing, not yet started; None where nothing is missing."""
    if not planned.wanted.missing:
        keep_rows(planned.judgements, planned.wanted)
        return None
    jobs = planned.judgements.folder.parent / "jobs"
    return create_judging(jobs, planned.judgements, session.dataset, planned.wanted, planned.settings, python)


def judgements(session: Session) -> Judgements:
    """Return the judges of a session's workspace."""
    return Judgements(session.workspace.folder)


def read_judged(session: Session) -> dict[str, Signal]:
    """Read what judges said; it may be called in any thread."""
    return judged_signals(judgements(session), session.dataset)


def take_judged(session: Session, signals: Mapping[str, Signal]) -> None:
    """Show the signals that were read, in place of those of the same names."""
    for signal in signals.values():
        session.columns.add(signal)


def said_about(session: Session, row: int) -> list[tuple[str, str]]:
    """Return what each judge with a rubric said of a row: its signal, and its reason or why it has none."""
    found, folder = [], judgements(session)
    judges = [judge for judge in folder.judges() if judge.rubric and judge.name in session.columns.signals]
    if not judges:
        return []
    dataset = session.dataset
    key = text_key(hash_of(said_in(dataset, row))) if row in dataset.edits else int(dataset.keys[row])
    for judge in judges:
        replies = folder.replies(judge)
        if replies is None:
            continue
        with replies:
            reply = replies.reply(key)
        if reply is not None:
            found.append((judge.name, _in_words(*reply)))
    return found


def _in_words(reply: Reply, inferred: bool) -> str:
    words = reply.text
    if reply.state == SCORED:
        try:
            told = json.loads(reply.text)
            words = str(told.get("reason") or "") if isinstance(told, dict) else reply.text
        except ValueError:
            words = reply.text
    elif reply.state == UNPARSED:
        words = f"unparsed, {reply.reason}: {reply.text}" if reply.text else f"unparsed, {reply.reason}"
    else:
        words = f"no reply: {reply.reason}"
    return f"{words} (of a duplicate of this row)" if inferred else words
