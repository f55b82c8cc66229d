"""Rows whose right scores are known, judged by the real job against the chaos server."""

import json
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chaos import Chaos, score_of, tag
from core.jobs.lifelike import ended, until, worker
from dataexplore.dataset.loading import open_dataset
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import start
from dataexplore.judge.asked import hash_of
from dataexplore.judge.folder import Judgements
from dataexplore.judge.job import create_judging
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Replies, Reply
from dataexplore.judge.request import Request
from dataexplore.judge.wanted import said_in, wanted

FAULTS = {
    # 11 in 100 are asked about again
    "failed": 0.02,
    "unavailable": 0.02,
    "busy": 0.01,
    "torn": 0.01,
    "cut": 0.01,
    "garbage": 0.01,
    "no_choices": 0.01,
    "null_content": 0.01,
    "echo": 0.005,
    "silent": 0.003,
    # 5 in 100 end without a score
    "too_high": 0.01,
    "too_low": 0.01,
    "no_score": 0.01,
    "refused": 0.01,
    "echo_refused": 0.01,
    # and some are good in other words
    "line": 0.05,
    "prose": 0.05,
    "echo_reply": 0.01,
}
"""The probability of everything that a server can do, per request."""
GRACE = 1.0
"""Seconds for what was under way when the client read that it should wait.

0.04 suffice where both sides get a processor at once; with ten others for two cores 0.25 do not."""
RETRY_AFTER = 3.0
"""Seconds of silence that the server asks for."""
GOOD = frozenset({"good", "line", "prose", "echo_reply"})
UNREAD = frozenset({"too_high", "too_low", "no_score"})


@dataclass(frozen=True)
class Trial:
    """A job on tagged rows, made and not started."""

    job: Job
    folder: Path
    """The judge's."""
    tags: dict[bytes, str]
    """The tag of each text, by its hash."""

    def replies(self, *states: str) -> list[Reply]:
        """Return the outcomes that are on disk now."""
        with Replies(self.folder, writable=False) as replies:
            return list(replies.replies(*(states or (SCORED, UNPARSED, ERROR))))

    def answered(self) -> dict[str, Reply]:
        """Return the replies on disk by the tags of their texts; errors are none."""
        return {self.tags[reply.hash]: reply for reply in self.replies(SCORED, UNPARSED)}

    def verdict(self, server: Chaos) -> dict[str, Any]:
        """Return what became of the texts, and everything that must be nothing."""
        replies = self.replies()
        outcomes: dict[str, set[str]] = {}
        for request in server.requests:
            outcomes.setdefault(request.text, set()).add(request.outcome)
        scored = [reply for reply in replies if reply.state == SCORED]
        unread = [reply for reply in replies if reply.state == UNPARSED]
        errors = [reply for reply in replies if reply.state == ERROR]
        late = [
            request.at - window.start
            for window in server.windows
            for request in server.requests
            if window.start < request.at < window.end
        ]
        return {
            "texts": len(self.tags),
            "scored": len(scored),
            "unparsed": len(unread),
            "errors": dict(Counter(reply.reason for reply in errors)),
            "requests": len(server.requests),
            "a text": len(server.requests) / len(self.tags),
            "without an outcome": len(self.tags.keys() - {reply.hash for reply in replies}),
            "unknown": len({reply.hash for reply in replies} - self.tags.keys()),
            "wrong scores": sum(reply.scores != (score_of(self.tags[reply.hash]),) for reply in scored),
            "scores from nothing": sum(not outcomes[self.tags[reply.hash]] & GOOD for reply in scored),
            "unread without cause": sum(not outcomes[self.tags[reply.hash]] & UNREAD for reply in unread),
            "errors without a name": sum(not reply.reason for reply in errors),
            "in a window": len(server.inside_windows(GRACE)),
            "silent after": max(late, default=0.0),
            "windows": len(server.windows),
            "key missing": sum(not request.key_in_place for request in server.requests),
            "key elsewhere": sum(request.key_elsewhere for request in server.requests),
        }


NOTHING = (
    "without an outcome",
    "unknown",
    "wrong scores",
    "scores from nothing",
    "unread without cause",
    "errors without a name",
    "in a window",
    "key missing",
    "key elsewhere",
)
"""What a verdict must hold 0 of."""


def worked(made: Trial) -> str:
    """Run a job to its end and return how it ended."""
    start(made.job)
    until(lambda: not made.job.status().alive, patience=600)
    return ended(made.job)


@dataclass(frozen=True)
class Deaths:
    """What a number of kills did."""

    kills: int
    lost: int
    """Replies that were on disk after a kill and are not there, or others, at the end."""
    asked_again: int
    """Requests for texts whose reply was on disk before."""


def killed(made: Trial, server: Chaos, kills: int, seed: int = 0) -> Deaths:
    """Run a job to its end, with kill -9 at so many moments on the way.

    A moment comes after a random number of requests, often with the first ones or before any.
    """
    draw = random.Random(seed)
    stored: list[tuple[int, dict[str, Reply]]] = []
    most = 3 * len(made.tags) // (2 * kills)
    for _ in range(kills):
        start(made.job)
        enough = len(server.requests) + draw.randrange(most)
        until(lambda enough=enough: made.job.status().pid and len(server.requests) >= enough)  # type: ignore[misc] # bound now
        os.kill(worker(made.job), signal.SIGKILL)
        assert ended(made.job) == "lost", made.job.log_tail()
        stored.append((len(server.requests), made.answered()))
    assert worked(made) == "finished", made.job.log_tail()
    last = made.answered()
    return Deaths(
        kills,
        sum(last.get(text) != reply for _, replies in stored for text, reply in replies.items()),
        sum(request.text in replies for place, replies in stored for request in server.requests[place:]),
    )


def refusals(rows: int) -> dict[str, list[str]]:
    """Return a script in which every thousandth row makes the server ask for silence."""
    kinds = ("rate_limited", "rate_limited_date")
    return {tag(row): [kinds[row // 1000 % 2]] for row in range(500, rows, 1000)}


def write_rows(path: Path, rows: int) -> Path:
    """Write a JSONL of tagged rows."""
    path.write_text(
        "".join(
            json.dumps({"instruction": f"What is said about {tag(row)}?", "output": f"It is row {row}."})
            + "\n"
            for row in range(rows)
        )
    )
    return path


def trial(place: Path, server: Chaos, rows: int, **more: Any) -> Trial:
    """Make a job that asks the server about so many rows; `more` is said in the request."""
    dataset = open_dataset(write_rows(place / "rows.jsonl", rows))
    request = Request(model="m", base_url=server.url, **{"timeout": 3.0, "concurrency": 64, **more})
    judge, rubric = request.judge()
    judgements = Judgements(place / "workspace")
    missing = wanted(judge, judgements, dataset, np.arange(rows))
    job = create_judging(place / "workspace/jobs", judgements, dataset, missing, request.settings(rubric))
    tags = {hash_of(said_in(dataset, row)): tag(row) for row in range(rows)}
    return Trial(job, judgements.place(judge), tags)
