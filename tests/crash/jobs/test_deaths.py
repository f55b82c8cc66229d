"""Jobs that are killed, hung up, launched twice or mistaken for a stranger: each ends in a named state."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.jobs.lifelike import Maker, ended, until, waiting, worker
from dataexplore.errors import JobError
from dataexplore.jobs import control, lock
from dataexplore.jobs.folder import Job
from dataexplore.jobs.identity import Identity, here, identify, start_time
from dataexplore.jobs.launch import environment_for, start


def test_killed_in_the_middle_is_lost_and_resumes(make: Maker) -> None:
    job = make("wait")
    os.kill(waiting(job), signal.SIGKILL)
    assert ended(job) == "lost"
    assert "killed" in job.status().reason
    (job.folder / "go").touch()
    control.resume(job)
    assert ended(job) == "finished"


def test_killed_before_its_first_word_is_lost(make: Maker) -> None:
    job = make("wait")
    start(job)
    os.kill(worker(job), signal.SIGKILL)
    assert ended(job) == "lost"


def test_a_launcher_that_dies_before_its_worker_leaves_a_lost_job(make: Maker) -> None:
    job = make("wait")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    identity = identify(gone.pid)
    gone.wait()
    values = {"state": "starting", "attempt": 1, "worker": identity.to_dict()}
    (job.folder / "status.json").write_text(json.dumps(values))
    assert job.status().state == "lost"


def test_it_lives_on_when_its_starter_and_terminal_are_gone(make: Maker) -> None:
    job = make("wait")
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from dataexplore.jobs.folder import Job; from dataexplore.jobs.launch import start\n"
        "start(Job(Path(sys.argv[1])))\n"
        "os.killpg(0, signal.SIGHUP)\n"
    )
    starter = subprocess.run(
        [sys.executable, "-c", code, str(job.folder)], env=environment_for(job.folder), start_new_session=True
    )
    assert starter.returncode == -signal.SIGHUP
    until(lambda: job.status().phase == "waiting")
    os.killpg(worker(job), signal.SIGHUP)
    (job.folder / "go").touch()
    assert ended(job) == "finished"


def test_a_polite_kill_from_the_system_stops_with_a_checkpoint(make: Maker) -> None:
    job = make("wait")
    os.kill(waiting(job), signal.SIGTERM)
    assert ended(job) == "stopped"


def test_kill_ends_the_whole_group(make: Maker) -> None:
    job = make("stubborn")
    start(job)
    until(lambda: job.status().phase == "ignoring")
    child = int((job.folder / "child").read_text())
    control.kill(job, grace=0.05)
    until(lambda: start_time(child) is None)
    status = job.status()
    assert status.state == "stopped"
    assert status.reason.startswith("killed")
    assert not lock.held(job.folder / "lock")
    with pytest.raises(JobError, match="nothing to kill"):
        control.kill(job)


def _claim(job: Job, worker: Identity) -> None:
    values = {"state": "running", "phase": "faked", "attempt": 1, "worker": worker.to_dict()}
    (job.folder / "status.json").write_text(json.dumps(values))


def test_a_reused_pid_is_a_stranger_and_is_not_killed(make: Maker) -> None:
    job = make()
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    held = lock.take(job.folder / "lock")  # even with the lock held, the start time says who it is
    try:
        who = identify(stranger.pid)
        _claim(job, Identity(who.pid, str(int(who.started) - 1), who.boot, who.host))
        assert job.status().state == "lost"
        with pytest.raises(JobError, match="lost"):
            control.kill(job)
        _claim(job, Identity(who.pid, who.started, "another boot", who.host))
        assert job.status().state == "lost"
        assert stranger.poll() is None
    finally:
        os.close(held)
        stranger.kill()
        stranger.wait()


def test_a_living_process_without_the_lock_is_not_the_worker(make: Maker) -> None:
    job = make()
    _claim(job, here())
    assert job.status().state == "lost"


def test_a_process_on_another_machine_is_told_by_its_lock_and_not_killed(make: Maker) -> None:
    job = make()
    _claim(job, Identity(1234, "1", "boot", "elsewhere.example"))
    assert job.status().state == "lost"
    held = lock.take(job.folder / "lock")
    try:
        assert job.status().state == "running"
        with pytest.raises(JobError, match=r"elsewhere\.example"):
            control.kill(job)
    finally:
        os.close(held)


def test_a_second_launch_is_refused(make: Maker) -> None:
    job = make("wait")
    start(job)
    with pytest.raises(JobError, match="already"):
        start(job)
    until(lambda: job.status().phase == "waiting")
    with pytest.raises(JobError, match="already"):
        control.resume(job)


def test_a_second_worker_leaves_and_touches_nothing(make: Maker) -> None:
    job = make("wait")
    waiting(job)
    before = {name: (job.folder / name).read_bytes() for name in ("status.json", "events.jsonl")}
    second = subprocess.run(
        [sys.executable, "-m", "dataexplore.jobs.run", str(job.folder), "2"],
        env=environment_for(job.folder),
        capture_output=True,
        text=True,
    )
    assert second.returncode == 3
    assert second.stderr == f"{job.id}: another process works on this job already\n"
    assert {name: (job.folder / name).read_bytes() for name in before} == before
    assert job.status().state == "running"


def test_two_launchers_at_once_start_one_worker(make: Maker) -> None:
    job = make("wait")
    code = (
        "import sys; from pathlib import Path\n"
        "from dataexplore.errors import JobError\n"
        "from dataexplore.jobs.folder import Job; from dataexplore.jobs.launch import start\n"
        "try:\n  start(Job(Path(sys.argv[1])))\nexcept JobError as error:\n  sys.exit(4)\n"
    )
    environment = environment_for(job.folder)
    command = [sys.executable, "-c", code, str(job.folder)]
    launchers = [subprocess.Popen(command, env=environment) for _ in range(3)]
    assert sorted(launcher.wait() for launcher in launchers) == [0, 4, 4]
    until(lambda: job.status().phase == "waiting")
    (job.folder / "go").touch()
    assert ended(job) == "finished"
    assert [event["event"] for event in job.events()].count("started") == 1


def test_a_torn_metric_line_does_not_swallow_the_next(make: Maker) -> None:
    job = make("count")
    (job.folder / "metrics.jsonl").write_bytes(b'{"step": 7}\n{"step": 8, "lo')
    start(job)
    assert ended(job) == "finished"
    assert [line["step"] for line in job.metrics()[0]] == [7, 0, 1, 2]


def test_finished_only_when_the_result_is_there(make: Maker) -> None:
    job = make("count")
    start(job)
    ended(job)
    (job.folder / "result.json").unlink()
    assert job.status().state == "lost"


def test_the_library_needs_no_package_but_itself(tmp_path: Path) -> None:
    code = (
        "import sys, dataexplore.jobs.run, dataexplore.jobs.launchers, dataexplore.jobs.listing\n"
        "print(sorted(m for m in ('polars', 'numpy', 'orjson', 'torch', 'rich') if m in sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environment_for(tmp_path), capture_output=True, text=True
    )
    assert shown.stdout == "[]\n", shown.stderr
