"""A comparison at work: its jobs one after another, found again by whoever comes back."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from dataexplore.compare.asking import Panel
from dataexplore.compare.comparison import Comparison
from dataexplore.errors import DataexploreError, JobError
from dataexplore.jobs import control, launch
from dataexplore.jobs.files import disk_reason, write_whole
from dataexplore.jobs.folder import Job
from dataexplore.jobs.status import CREATED, FINISHED, Status
from dataexplore.judge.kinds import Asking
from dataexplore.judge.request import Request
from dataexplore.session.pairing import Planned

FILE = "asked.json"
_REPLY = 160
"""Tokens of a judge's reply at most."""


@dataclass(frozen=True)
class LeftOut:
    """A prompt that was left out, as one of the runs was tuned on it or nearly."""

    prompt: str
    sides: tuple[int, ...]
    """Who was tuned on it: 0 the first model, 1 the second."""
    row: int
    """From 0, in the run's dataset."""
    similarity: float


@dataclass(frozen=True)
class Part:
    """One of the jobs."""

    words: str
    job: Job | None
    """None where it is not made yet."""
    status: Status


class Contest:
    """Starts each job when the one before is through; all that it needs for that is on disk."""

    def __init__(self, comparison: Comparison) -> None:
        """Read what was asked for when the comparison was begun; without that nothing is known of it."""
        self.comparison = comparison
        self._turn = Lock()
        found = _read(comparison.folder / FILE)
        self.given: int | None = found.get("given")
        """Prompts before some were left out; None where nobody wrote it down."""
        self.left_out = [
            LeftOut(one["prompt"], tuple(one["sides"]), one["row"], one["similarity"])
            for one in found.get("left_out", ())
        ]
        self.source: str = found.get("source", "")
        self.request = _request(found["judge"]) if found.get("judge") else None
        """The judge; None where nobody judges."""
        self._asked = found
        name = Path(found.get("job") or "").name
        self.judging = Job(comparison.workspace / "jobs" / name) if name else None
        """The job that asks the judge, the last one if there were several."""
        self.going = False
        """Whether somebody looks after it, so that the next job starts when one ends."""
        self.problem = ""
        """Why the job that was due could not be started."""

    @property
    def parts(self) -> list[Part]:
        """Both models' answers, then the judge."""
        answers = [
            Part(words, job, job.status())
            for words, job in zip(("first", "second"), self.comparison.jobs, strict=True)
        ]
        if self.request is None:
            return answers
        status = self.judging.status() if self.judging else Status(CREATED)
        return [*answers, Part("judge", self.judging, status)]

    @property
    def alive(self) -> bool:
        """Whether one of the jobs is at work."""
        return any(part.status.alive for part in self.parts)

    def advance(self, again: bool = False) -> bool:
        """Start the job that is due, if any; True while there is something to wait for.

        With `again` what ended before its end goes on, too, and a judge is asked what is missing.
        """
        if not self._turn.acquire(blocking=False):
            return True
        self.going = False
        try:
            self.going = self._next(again)
        finally:
            self._turn.release()
        return self.going

    def _next(self, again: bool) -> bool:
        for job in self.comparison.jobs:
            state = job.status()
            if state.alive:
                return True
            if state.state != FINISHED:
                return self._start(job, state, again)
        return self._judge(again)

    def stop(self) -> None:
        """Ask the job at work to stop; raise JobError where none is."""
        for part in self.parts:
            if part.job is not None and part.status.alive:
                control.stop(part.job)
                return
        raise JobError("nothing of this comparison is at work")

    def _start(self, job: Job, status: Status, again: bool) -> bool:
        if status.state != CREATED and not again:
            return False
        launch.start(job)
        return True

    def _judge(self, again: bool) -> bool:
        if self.request is None:
            return False
        if self.judging is not None:
            status = self.judging.status()
            if status.alive:
                return True
            if status.resumable:
                return self._start(self.judging, status, again)
            if not again:
                return False
        panel = Panel(self.comparison.workspace, self.request)
        missing = panel.missing(self.comparison.answered().pairs)
        if not missing:
            return False
        job = panel.job(missing, self.comparison.jobs[0].spec.dataset)
        _write(self.comparison.folder, self._asked | {"job": job.id})
        self.judging = job
        launch.start(job)
        return True


def begin(planned: Planned, workspace: Path) -> Contest:
    """Write down what is asked for; `advance` starts it."""
    made = planned.make(workspace)
    request = planned.wish.request
    before = _read(made.folder / FILE)
    judge = _judge_settings(request) if request else None
    alike = before.get("judge") == judge and before.get("prompts") == [one.key for one in planned.prompts]
    _write(
        made.folder,
        {
            "given": planned.given,
            "left_out": [
                {
                    "prompt": one.prompt.text,
                    "sides": list(one.sides),
                    "row": one.row,
                    "similarity": round(one.similarity, 4),
                }
                for one in planned.leaks
            ],
            "source": planned.source,
            "prompts": [one.key for one in planned.prompts],
            "judge": judge,
            "job": _unfinished(workspace, before) if alike else "",
        },
    )
    return Contest(made)


def _unfinished(workspace: Path, found: dict[str, Any]) -> str:
    """Return the judge's job that is to go on; what a finished one missed is asked in a new one."""
    name = Path(found.get("job") or "").name
    return name if name and Job(workspace / "jobs" / name).status().state != FINISHED else ""


def judge_request(model: str, base_url: str, key_env: str, key_file: Path | None) -> Request:
    """Return a judge of pairs at an endpoint; raise JudgeError where that makes no sense."""
    return Request(
        model=model, base_url=base_url, asking=Asking(answer=_REPLY), key_env=key_env, key_file=key_file
    )


def _judge_settings(request: Request) -> dict[str, Any]:
    """Return where the judge and its key are found; never the key."""
    return {
        "model": request.model,
        "base_url": request.base_url,
        "key_env": request.key_env,
        "key_file": str(request.key_file.expanduser().absolute()) if request.key_file else None,
    }


def _request(found: dict[str, Any]) -> Request | None:
    with suppress(DataexploreError, KeyError, TypeError):
        key_file = Path(found["key_file"]) if found["key_file"] else None
        return judge_request(found["model"], found["base_url"], found["key_env"], key_file)
    return None


def _read(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_bytes())
        if isinstance(found, dict):
            return found
    return {}


def _write(folder: Path, found: dict[str, Any]) -> None:
    try:
        write_whole(folder / FILE, json.dumps(found, indent=1).encode("ascii") + b"\n")
    except OSError as error:
        raise JobError(disk_reason(folder / FILE, error)) from None
