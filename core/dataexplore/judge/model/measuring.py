"""Asks a measure about every text that has no reply yet, and stores each batch's replies as they come."""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from dataexplore.jobs.context import JobContext
from dataexplore.judge import asked
from dataexplore.judge.asked import read_asked
from dataexplore.judge.judge import Judge
from dataexplore.judge.model.likelihood import Likelihood
from dataexplore.judge.model.measure import Measure, Prepared
from dataexplore.judge.model.progress import Progress
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Replies, Reply

_SORTED = 2048
"""Rows that are put in order of length together; more hardly pad less and are all held in memory."""
_LOOK = 64
"""Rows between two looks at whether to stop, where a row takes a millisecond."""
NO_MEMORY = "out of memory"


class StopAskedError(Exception):
    """Ends the work; what was scored is stored already."""


class Work(NamedTuple):
    """A judge without an endpoint, with all that it needs."""

    judge: Judge
    measure: Measure
    likelihood: Likelihood | None
    job: str

    def ready(self, reply: Reply, seconds: float = 0.0, tokens: int = 0) -> Reply:
        """Return a reply as it is stored, with as many scores as the judge has signals."""
        scores = reply.scores[: len(self.judge.signals)]
        return reply._replace(
            scores=scores, model=self.judge.model, prompt_tokens=tokens, seconds=seconds, job=self.job
        )


def measure_all(context: JobContext, work: Work, replies: Replies) -> None:
    """Score what has no reply yet, some rows at a time, so that memory does not grow with them.

    Raises StopAskedError when the job is asked to stop; what is scored by then is stored.
    """
    path = context.folder / asked.FILE
    known = replies.hashes(SCORED, UNPARSED)
    hashes = [one.hash for one in read_asked(path)]
    progress = Progress(context, "scoring", sum(one in known for one in hashes), len(hashes))

    def pause() -> None:
        progress.tell()
        if context.stop_requested():
            raise StopAskedError

    missing = (one for one in read_asked(path) if one.hash not in known)
    while some := list(islice(missing, _SORTED)):
        waiting: list[Prepared] = []
        for begin in range(0, len(some), _LOOK):
            pause()
            started = time.monotonic()
            looked = some[begin : begin + _LOOK]
            prepared = [work.measure.prepare(one) for one in looked]
            each = (time.monotonic() - started) / len(looked)
            done = [work.ready(one, each) for one in prepared if isinstance(one, Reply)]
            waiting += [one for one in prepared if isinstance(one, Prepared)]
            if done:
                replies.put(done)
                progress.add(len(done))
        if work.likelihood is not None:
            for rows in _ask(context, work.likelihood, work, waiting, replies, pause):
                progress.add(rows)
    progress.report()


def _ask(
    context: JobContext,
    likelihood: Likelihood,
    work: Work,
    waiting: list[Prepared],
    replies: Replies,
    pause: Callable[[], None],
) -> Iterator[int]:
    """Store the replies of each batch as it is read, and yield how many there were."""
    for batch in _batches(waiting, likelihood):
        before = likelihood.batch_tokens
        replies.put(replies_of(work, likelihood, batch, pause))
        if likelihood.batch_tokens < before:
            context.event("warning", reason=f"out of memory: batches of {likelihood.batch_tokens} tokens now")
        yield len(batch)


def _batches(waiting: list[Prepared], likelihood: Likelihood) -> Iterator[list[Prepared]]:
    """Yield rows of like lengths, as many as the model reads at once."""
    batch: list[Prepared] = []
    tokens = 0
    for one in sorted(waiting, key=lambda one: -one.tokens):
        size = one.tokens - likelihood.shared * len(one.wanted)
        if batch and tokens + size > likelihood.batch_tokens:
            yield batch
            batch, tokens = [], 0
        batch.append(one)
        tokens += size
    if batch:
        yield batch


def replies_of(
    work: Work, likelihood: Likelihood, batch: list[Prepared], pause: Callable[[], None]
) -> list[Reply]:
    """Return the replies of rows that the model reads together."""
    began = time.monotonic()
    found = iter(likelihood.log_probabilities([one for row in batch for one in row.wanted], pause))
    each = (time.monotonic() - began) / len(batch)
    made = []
    for row in batch:
        logs = [next(found) for _ in row.wanted]
        fitting = [one for one in logs if one is not None]
        if len(fitting) < len(logs):
            reply = Reply(row.hash, ERROR, reason=NO_MEMORY, requests=0)
        else:
            reply = work.measure.read(row, fitting)
        made.append(work.ready(reply, each, row.tokens))
    return made
