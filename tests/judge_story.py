"""The command `judge` through a real endpoint: killed on the way, given again, and given once more."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.jobs.lifelike import until, worker
from dataexplore.dataset.loading import open_dataset
from dataexplore.jobs.folder import Job
from dataexplore.judge.folder import Judgements
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Reply
from paths import ROOT
from serving import Served

_PATIENCE = 1800.0  # seconds; a row takes two or three


@dataclass(frozen=True)
class Story:
    """What was printed and what is stored."""

    before: dict[bytes, Reply]
    """The replies that were stored when the job was killed."""
    after: dict[bytes, Reply]
    """All of them in the end."""
    resumed: dict[str, Any]
    """What the second run printed."""
    again: dict[str, Any]
    """What the third run printed."""
    answers: int
    """How many completions the endpoint made."""
    printed: str
    """Everything that was written to the terminal."""


def judged_and_killed(data: Path, workspace: Path, served: Served, kill_after: int, *more: object) -> Story:
    """Judge rows with the served model; the first job is killed when so many replies are stored."""
    judge = ["judge", data, "--workspace", workspace, "--model", served.model, "--base-url", served.url]
    command = [sys.executable, "-m", "dataexplore_tui.cli.main", *map(str, [*judge, "--json", *more])]
    path = os.pathsep.join(str(ROOT / part) for part in ("core", "tui"))
    environment = os.environ | {"PYTHONPATH": path}
    printed = []

    def ran(*also: str) -> dict[str, Any]:
        done = subprocess.run(
            [*command, *also], env=environment, capture_output=True, text=True, timeout=_PATIENCE
        )
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout + done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    job = Job(workspace / "jobs" / ran("--detach")["job"])
    until(lambda: len(stored(workspace)) >= kill_after or not job.status().alive, patience=_PATIENCE)
    os.kill(worker(job), signal.SIGKILL)
    until(lambda: not job.status().alive)
    before = stored(workspace)
    resumed, again = ran(), ran()
    return Story(before, stored(workspace), resumed, again, served.asked(), "".join(printed))


def stored(workspace: Path) -> dict[bytes, Reply]:
    """Return the replies of the workspace's only judge."""
    judgements = Judgements(workspace)
    for judge in judgements.judges():
        replies = judgements.replies(judge)
        if replies is not None:
            with replies:
                return {reply.hash: reply for reply in replies.replies(SCORED, UNPARSED, ERROR)}
    return {}


def first_rows(data: Path, target: Path, rows: int) -> Path:
    """Copy the first rows of a JSONL."""
    dataset = open_dataset(data)
    target.write_bytes(b"\n".join(dataset.raw(row).rstrip(b"\n") for row in range(rows)) + b"\n")
    return target
