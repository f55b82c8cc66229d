"""A judge's job in words: how far it is, what it met, what it cost."""

from collections.abc import Mapping
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.folder import Job
from dataexplore.jobs.status import FINISHED, Status


def figures(job: Job) -> dict[str, Any]:
    """Return what the job counted last: its result, else its newest metrics."""
    try:
        result = job.result()
    except JobError:
        result = None
    if result is not None:
        return result
    lines, _ = job.metrics()
    return lines[-1] if lines else {}


def in_words(status: Status, counted: Mapping[str, Any]) -> str:
    """Return one line about a job that works, or about how it ended."""
    if status.reason:
        told = status.reason.startswith(status.state)  # "stopped as asked"
        return status.reason if told else f"{status.state}: {status.reason}"
    parts = [status.phase if status.alive else status.state]
    if status.total and status.state != FINISHED:
        parts[0] += f" {status.done:,} of {status.total:,}"
    elif counted.get("scored") is not None:
        parts.append(f"{counted['scored']:,} scored")
    pace = counted.get("per_second")
    if pace and status.alive:
        parts.append(f"{pace:,.1f} a second")
    if counted.get("unparsed"):
        parts.append(f"{counted['unparsed']:,} unparsed")
    errors: dict[str, int] = counted.get("errors") or {}
    if errors:
        parts.append(f"{sum(errors.values()):,} errors ({max(errors, key=lambda name: errors[name])})")
    if counted.get("cost") is not None:
        parts.append(f"{counted['cost']:,.4g} {counted.get('currency') or ''}".strip())
    left = counted.get("eta")
    if left and status.alive:
        left = round(left)
        parts.append(f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02} left")
    return " · ".join(parts)
