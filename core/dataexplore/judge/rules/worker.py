"""The job of the rule checks: what rules find in each row, without any model."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from dataexplore.errors import JobError
from dataexplore.jobs import lock
from dataexplore.jobs.context import JobContext
from dataexplore.judge import asked
from dataexplore.judge.asked import Asked, read_asked
from dataexplore.judge.folder import lock_file
from dataexplore.judge.judge import Judge
from dataexplore.judge.replies import SCORED, UNPARSED, Replies, Reply
from dataexplore.judge.rules.checks import checks_of, sides_of

_AT_ONCE = 2000
"""Rows between two looks at whether to stop: under a second."""


def run(context: JobContext) -> None:
    """Check every text that was not checked yet, some at a time."""
    began = time.monotonic()
    settings = context.spec.settings
    judge = Judge.from_json(json.dumps(settings["judge"]))
    folder = Path(str(settings["folder"]))
    held = lock.take(lock_file(folder))
    try:
        with Replies(folder, writable=True) as replies:
            done = 0
            known = replies.hashes(SCORED, UNPARSED)
            texts = (one for one in read_asked(context.folder / asked.FILE) if one.hash not in known)
            for some in _batches(texts, _AT_ONCE):
                if context.stop_requested():
                    context.stopped()
                    return
                replies.put(_checked(judge, some, context.job.id))
                done += len(some)
                seconds = time.monotonic() - began
                context.status("checking", done, context.spec.rows)
                context.metric(done=done, per_second=done / max(seconds, 1e-3), seconds=round(seconds, 1))
    finally:
        os.close(held)
    context.finish({"scored": done, "requests": 0, "seconds": round(time.monotonic() - began, 1)})


def _batches(texts: Iterable[Asked], size: int) -> Iterator[list[Asked]]:
    texts = iter(texts)
    while some := list(islice(texts, size)):
        yield some


def _checked(judge: Judge, some: list[Asked], job: str) -> list[Reply]:
    prompts, responses = sides_of(one.said for one in some)
    inputs = pl.Series([one.input or None for one in some], dtype=pl.String)
    found = checks_of(prompts, inputs, responses)
    missing = set(judge.signals) - set(found.columns)
    if missing:
        raise JobError(f"these checks are of another version: {', '.join(sorted(missing))} is unknown")
    values = found.select(judge.signals).to_numpy().astype(np.float64)
    return [
        Reply(one.hash, SCORED, tuple(line), requests=0, job=job)
        for one, line in zip(some, values.tolist(), strict=True)
    ]
