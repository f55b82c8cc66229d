"""Batch files of a planned judging: written with the judge's secret, read back under its lock."""

import os
from collections.abc import Iterable
from pathlib import Path

from dataexplore.errors import JobError, JudgeError
from dataexplore.jobs import lock
from dataexplore.judge.endpoint.batch import BatchRead, read_batches, write_batches
from dataexplore.judge.endpoint.fields import fields_of
from dataexplore.judge.endpoint.prices import Price
from dataexplore.judge.endpoint.questions import question_of
from dataexplore.judge.folder import lock_file, read_secret
from dataexplore.judge.job import keep_rows
from dataexplore.judge.replies import Replies
from dataexplore.judge.wanted import Standing, standing
from dataexplore.session.judging import Planned


def write_requests(planned: Planned, out: Path) -> list[Path]:
    """Write what is missing as batch files, and keep which rows the answers will be for."""
    folder = keep_rows(planned.judgements, planned.wanted)
    asked = question_of(planned.full_settings())
    fields = fields_of(planned.wanted.judge, asked)
    judge = planned.wanted.judge.id
    return write_batches(out, judge, planned.wanted.missing, asked, fields, read_secret(folder))


def answers_in(planned: Planned, paths: Iterable[Path]) -> tuple[BatchRead, Standing, float | None]:
    """Store the answers in some files; return what they held, how the rows stand, and what it cost."""
    folder = keep_rows(planned.judgements, planned.wanted)
    try:
        held = lock.take(lock_file(folder))
    except JobError:
        raise JudgeError(
            f"{planned.wanted.judge.name}: a job asks this judge now; wait for its end"
        ) from None
    try:
        with Replies(folder, writable=True) as replies:
            hashes, judge = set(planned.wanted.hashes), planned.wanted.judge.id
            read = read_batches(paths, judge, hashes, question_of(planned.full_settings()), replies)
    finally:
        os.close(held)
    found = planned.settings.get("prices")
    price = Price.from_json(found) if isinstance(found, dict) else None
    cost = price.of(read.prompt_tokens, read.completion_tokens, batch=True) if price else None
    return read, standing(planned.wanted, planned.judgements), cost
