"""Everything that a session knows of its rows, for an export that converts, splits or carries a card."""

import re
from collections.abc import Iterator
from pathlib import Path

from dataexplore.selection.card import CardStep, Known
from dataexplore.selection.convert.conversion import Conversion, Progress
from dataexplore.selection.convert.report import Report
from dataexplore.selection.export import Exported, export, leaving
from dataexplore.selection.recipe import write_recipe
from dataexplore.selection.writing import Wishes, preview
from dataexplore.session.funnel import funnel
from dataexplore.session.session import Session


def publish(
    session: Session,
    out: Path,
    wishes: Wishes,
    *,
    only_kept: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Write the rows not dropped (or the kept ones) as they are wished for.

    Raises ExportError when they cannot be; nothing is written then.
    """
    dataset = session.dataset
    similar = wishes.split.similar if wishes.split else None
    return export(
        dataset,
        session.state.decisions,
        session.why,
        write_recipe(session.recipe(), dataset.path.name, len(dataset)),
        out,
        only_kept=only_kept,
        wishes=wishes,
        known=known(session),
        groups=None if similar is None else session.groups(similar),
        progress=progress,
    )


def look(
    session: Session, asked: Conversion, *, only_kept: bool = False, progress: Progress | None = None
) -> Report:
    """Return what a conversion of the rows not dropped (or the kept ones) would do; nothing is written."""
    return preview(session.dataset, leaving(session.state.decisions, only_kept), asked, progress)


def known(session: Session) -> Known:
    """Return the steps that led to the decisions, and the signals that they went by."""
    steps = tuple(CardStep(step.title, step.kept, step.dropped, step.left) for step in funnel(session))
    words = {word for entry in session.acts for word in _words(entry.act.rule)}
    signals = session.columns.signals.values()
    used = tuple((one.name, f"{one.origin} {one.note}".strip()) for one in signals if one.name in words)
    return Known(steps, used)


def _words(value: object) -> Iterator[str]:
    """Yield the texts in a rule, and the words of each: a filter names signals among others."""
    if isinstance(value, str):
        yield value
        yield from re.findall(r"\w+", value)
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _words(one)
