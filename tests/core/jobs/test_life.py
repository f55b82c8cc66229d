"""A job's life as real processes: start, report, stop, resume, fail."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from core.jobs.lifelike import Maker, ended, until, waiting
from dataexplore.errors import JobError
from dataexplore.jobs import control
from dataexplore.jobs.launch import start
from dataexplore.jobs.launchers import LocalLauncher, run_foreground
from dataexplore.jobs.status import Status


def test_a_job_runs_to_its_result(make: Maker) -> None:
    job = make("count")
    assert job.status().state == "created"
    assert job.result() is None
    start(job)
    assert ended(job) == "finished"
    assert job.result() == {"steps": 3}
    status = job.status()
    assert (status.done, status.total, status.phase, status.attempt) == (3, 3, "counting", 1)
    assert [line["step"] for line in job.metrics()[0]] == [0, 1, 2]
    assert [event["event"] for event in job.events()] == ["started", "finished"]
    assert job.log_tail(2)[0] == "counted to three"
    assert job.log_tail(1)[0].endswith("finished")


def test_everything_in_the_folder_is_private(make: Maker) -> None:
    job = make("count")
    start(job)
    ended(job)
    for path in [job.folder, *job.folder.iterdir()]:
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (0o700 if path.is_dir() else 0o600), path


def test_it_runs_apart_from_its_starter(make: Maker) -> None:
    job = make("wait")
    pid = waiting(job)
    assert os.getsid(pid) == pid
    assert Path(f"/proc/{pid}/fd/0").readlink() == Path("/dev/null")
    assert Path(f"/proc/{pid}/fd/1").readlink() == job.folder / "log.txt"
    assert Path(f"/proc/{pid}/cwd").readlink() == job.folder


def test_the_worker_sees_the_library_and_none_of_its_neighbours(make: Maker) -> None:
    job = make("count")
    start(job)
    ended(job)
    assert [path.name for path in (job.folder / "lib").iterdir()] == ["dataexplore"]


def test_stop_and_resume(make: Maker) -> None:
    job = make("wait")
    start(job)
    until(lambda: job.status().state == "running")
    LocalLauncher().stop(job)
    assert job.status().state in ("stopping", "stopped")
    assert ended(job) == "stopped"
    assert job.status().resumable
    (job.folder / "go").touch()
    control.resume(job)
    assert ended(job) == "finished"
    assert job.status().attempt == 2
    with pytest.raises(JobError, match="is finished"):
        control.resume(job)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("break", "ValueError: bad ␛[31mrow"),
        ("refuse", "rows.jsonl: there is nothing to do"),
        ("forget", "the worker returned without a result"),
        ("cramped", "status.json: the disk is full or the quota used up; free some space and resume"),
        ("full", "metrics.jsonl: the disk is full or the quota used up; free some space and resume"),
    ],
)
def test_a_failure_has_a_reason(make: Maker, act: str, reason: str) -> None:
    job = make(act)
    start(job)
    assert ended(job) == "failed"
    assert job.status().reason == reason
    assert job.result() is None
    assert job.events()[-1] == {**job.events()[-1], "event": "failed", "reason": reason}


def test_the_log_has_the_traceback_and_no_values(make: Maker) -> None:
    job = make("break")
    start(job)
    ended(job)
    log = "\n".join(job.log_tail())
    assert "in _break" in log
    assert "sk-do-not-print" not in log.replace('secret = "sk-do-not-print"', "")


def test_a_module_that_is_not_there_is_a_failure(make: Maker) -> None:
    job = make(module="no_such_module")
    start(job)
    assert ended(job) == "failed"
    assert "no_such_module" in job.status().reason


def test_an_interpreter_that_is_not_there_is_refused(make: Maker) -> None:
    job = make(python="/no/such/python")
    with pytest.raises(JobError, match="/no/such/python"):
        start(job)
    assert job.status().state == "created"


def test_an_interpreter_without_the_library_leaves_a_lost_job(make: Maker) -> None:
    job = make(python="/bin/false")
    start(job)
    assert ended(job) == "lost"
    assert "log.txt" in job.status().reason


def test_the_foreground_shows_progress_and_returns_the_end(make: Maker) -> None:
    seen: list[Status] = []
    assert run_foreground(make("count"), seen.append, every=0.01).state == "finished"
    assert seen[-1].done == 3


def test_ctrl_c_in_the_foreground_asks_the_job_to_stop(make: Maker) -> None:
    job = make("wait")

    def interrupt(status: Status) -> None:
        if status.phase == "waiting" and not (job.folder / "control/stop").exists():
            raise KeyboardInterrupt

    assert run_foreground(job, interrupt, every=0.01).state == "stopped"


def test_a_second_ctrl_c_kills(make: Maker) -> None:
    job = make("stubborn")

    def interrupt(status: Status) -> None:
        if status.alive and status.phase == "ignoring":
            raise KeyboardInterrupt

    assert run_foreground(job, interrupt, every=0.01).state == "stopped"
    assert "killed" in job.status().reason


def test_the_spec_says_what_was_asked(make: Maker) -> None:
    job = make("count")
    assert job.spec.python == sys.executable
    assert json.loads((job.folder / "spec.json").read_text())["settings"] == {"act": "count"}
    assert job.kind == "tune"
