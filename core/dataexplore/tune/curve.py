"""A run's curve without the steps that a resume had to do again."""

from typing import Any

from dataexplore.jobs.folder import Job


def curve(job: Job) -> list[dict[str, Any]]:
    """Return the metric lines in order of their steps, one for each step."""
    return merge([], job.metrics()[0])


def merge(known: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return `known` lines with `new` ones over them: of each value of a step the last one counts."""
    by_step: dict[int, dict[str, Any]] = {}
    for line in [*known, *new]:
        if isinstance(line.get("step"), int):
            by_step[line["step"]] = {**by_step.get(line["step"], {}), **line}
    return [by_step[step] for step in sorted(by_step)]
