"""A job in a Slurm cluster, with stand-ins for its programs that really run the script."""

import json
import os
import signal
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.jobs import cluster as programs
from core.jobs.lifelike import Maker, until
from dataexplore.errors import JobError
from dataexplore.jobs import control
from dataexplore.jobs.batch_script import batch_script, directives
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import start
from dataexplore.jobs.launchers import launcher_of
from dataexplore.jobs.place import read_place, write_place
from dataexplore.jobs.programs import options_of
from dataexplore.jobs.slurm import SlurmLauncher

SLURM = SlurmLauncher({"partition": "gpu", "gpus": "1"}, every=0.0)


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cluster whose programs are on the PATH."""
    return programs.install(tmp_path, monkeypatch)


def become(job: Job, state: str) -> None:
    until(lambda: SLURM.poll(job).state == state)


def pid_of(cluster: Path, number: str) -> int:
    return int((cluster / f"job{number}" / "pid").read_text())


def test_a_job_is_queued_and_runs_to_its_result(make: Maker, cluster: Path) -> None:
    job = make("count")
    SLURM.submit(job)
    become(job, "finished")
    assert job.result() == {"steps": 3}
    place = read_place(job.folder)
    assert place is not None
    assert (place.number, dict(place.options)) == ("101", {"partition": "gpu", "gpus": "1"})
    assert "counted to three" in job.log_tail()
    assert job.status().attempt == 1
    for name in ("place.json", "slurm.sh", "log.txt"):
        assert stat.S_IMODE((job.folder / name).stat().st_mode) == 0o600
    with pytest.raises(JobError, match="is finished"):
        SLURM.submit(job)


def test_a_job_waits_in_the_queue_and_leaves_it_when_asked(make: Maker, cluster: Path) -> None:
    (cluster / "hold").touch()
    job = make("count")
    SLURM.submit(job)
    status = SLURM.poll(job)
    assert (status.state, status.phase) == ("starting", "waiting in the Slurm queue (Priority)")
    assert job.status().phase == status.phase, "without asking Slurm its last word is shown"
    with pytest.raises(JobError, match="Slurm job 101 works on this job already"):
        SLURM.submit(job)
    with pytest.raises(JobError, match="already"):
        start(job)
    control.stop(job)
    assert SLURM.poll(job).state == "stopped"
    assert job.status().resumable
    with pytest.raises(JobError, match="nothing to stop"):
        control.stop(job)


def test_stop_saves_a_checkpoint_and_resume_queues_again(make: Maker, cluster: Path) -> None:
    job = make("wait")
    SLURM.submit(job)
    until(lambda: SLURM.poll(job).phase == "waiting")
    control.stop(job)
    become(job, "stopped")
    assert "stopped as asked; resume goes on from here" in job.status().reason
    (job.folder / "go").touch()
    control.resume(job)
    become(job, "finished")
    assert job.status().attempt == 2
    assert "--partition=gpu\n" in (cluster / "job102" / "script").read_text(), "it asks for the same again"


def test_the_signal_before_the_time_limit_leaves_a_checkpoint(make: Maker, cluster: Path) -> None:
    job = make("wait")
    SLURM.submit(job)
    until(lambda: job.status().phase == "waiting")
    assert pid_of(cluster, "101") == job.status().pid, "the signal for the batch shell reaches the worker"
    os.kill(pid_of(cluster, "101"), signal.SIGTERM)
    become(job, "stopped")


def test_kill_ends_a_worker_that_does_not_listen(make: Maker, cluster: Path) -> None:
    job = make("stubborn")
    SLURM.submit(job)
    until(lambda: job.status().phase == "ignoring")
    control.kill(job)
    become(job, "stopped")
    assert "resume goes on from the last checkpoint" in job.status().reason


def test_a_lost_node_is_a_lost_job_and_a_requeue_goes_on(make: Maker, cluster: Path) -> None:
    job = make("wait")
    SLURM.submit(job)
    until(lambda: job.status().phase == "waiting")
    os.kill(pid_of(cluster, "101"), signal.SIGKILL)
    become(job, "lost")
    (cluster / "job101" / "pid").unlink()
    until(lambda: SLURM.poll(job).phase == "waiting in the Slurm queue (Priority)")
    (job.folder / "go").touch()
    programs.begin(cluster / "job101", restarts=1)
    become(job, "finished")
    assert job.status().attempt == 2


@pytest.mark.parametrize(
    ("word", "reason"),
    [("NODE_FAIL", "its node failed"), ("TIMEOUT", "time limit"), ("CANCELLED by 0", "it was cancelled")],
)
def test_a_job_that_never_began_says_how_it_went(make: Maker, cluster: Path, word: str, reason: str) -> None:
    (cluster / "hold").touch()
    job = make("count")
    SLURM.submit(job)
    (cluster / "job101" / "ended").write_text(word)
    status = SLURM.poll(job)
    assert status.state == "lost"
    assert reason in status.reason
    assert status.resumable


def test_without_accounting_a_job_that_is_gone_is_lost(make: Maker, cluster: Path) -> None:
    (cluster / "hold").touch()
    (cluster / "no accounting").touch()
    job = make("count")
    SLURM.submit(job)
    (cluster / "job101" / "ended").write_text("FAILED")
    assert "in the queue no more" in SLURM.poll(job).reason


def faked(job: Job, at: float) -> None:
    """Let a worker of another machine have the job, whose lock is not seen here."""
    worker = {"pid": 1234, "started": "1", "boot": "b", "host": "node3.example"}
    values = {"state": "running", "phase": "training", "attempt": 1, "at": at, "worker": worker}
    (job.folder / "status.json").write_text(json.dumps(values))


def test_a_worker_on_another_machine_is_told_by_its_word_and_by_slurm(make: Maker, cluster: Path) -> None:
    (cluster / "hold").touch()
    job = make("count")
    SLURM.submit(job)
    place = read_place(job.folder)
    assert place is not None
    now = time.time()
    faked(job, now)
    assert job.status().state == "running"
    faked(job, now - 7200)
    write_place(job.folder, place.now(state="running", node="node3"))
    assert job.status().state == "running", "Slurm has just said so"
    write_place(job.folder, replace(place, state="running", seen=now - 7000))
    assert job.status().state == "lost"
    assert "nothing was heard from node3.example" in job.status().reason
    write_place(job.folder, place.now(state="gone", reason="its node failed"))
    assert "its node failed" in job.status().reason
    (cluster / "job101" / "ended").write_text("CANCELLED")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "sbatch: lua: looked at\nsbatch: error: invalid partition specified: gpux\nsbatch: error: failed",
            "sbatch refuses: invalid partition specified: gpux",
        ),
        ("", "sbatch refuses: it ended with exit status 1"),
    ],
)
def test_what_sbatch_says_when_it_refuses_is_told(make: Maker, cluster: Path, said: str, told: str) -> None:
    (cluster / "refuse").write_text(said or "\n")
    job = make("count")
    with pytest.raises(JobError) as refused:
        SLURM.submit(job)
    assert str(refused.value) == told
    assert SLURM.poll(job).state == "created"
    assert job.status().reason == told
    (cluster / "refuse").unlink()
    control.resume(job)  # it goes to Slurm again
    become(job, "finished")


def test_without_sbatch_the_sentence_says_so(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    job = make("count")
    with pytest.raises(JobError, match="sbatch: there is no such program"):
        SLURM.submit(job)
    assert job.status().state == "created"


def test_a_slurm_that_does_not_answer_changes_nothing(make: Maker, cluster: Path) -> None:
    (cluster / "hold").touch()
    job = make("count")
    SLURM.submit(job)
    (cluster / "down").write_text("slurm_load_jobs error: Unable to contact slurm controller")
    status = SLURM.poll(job)
    assert status.state == "starting"
    assert "Unable to contact" in status.reason
    assert job.status().state == "starting"
    (cluster / "down").unlink()
    control.stop(job)


def test_slurm_is_asked_once_in_a_while_only(make: Maker, cluster: Path) -> None:
    (cluster / "hold").touch()
    job = make("count")
    SLURM.submit(job)
    (cluster / "down").write_text("no")
    assert launcher_of(job).poll(job).reason == "", "the answer of a moment ago is fresh"
    (cluster / "down").unlink()
    control.stop(job)


def test_a_number_that_was_not_stored_is_found_by_the_name(make: Maker, cluster: Path) -> None:
    (cluster / "hold").touch()
    job = make("count")
    SLURM.submit(job)
    place = read_place(job.folder)
    assert place is not None
    write_place(job.folder, place.now(number=""))
    SLURM.poll(job)
    found = read_place(job.folder)
    assert found is not None
    assert found.number == "101"
    control.stop(job)


def test_a_job_that_was_queued_although_sbatch_did_not_answer_is_not_queued_twice(
    make: Maker, cluster: Path
) -> None:
    (cluster / "hold").touch()
    job = make("count")
    created = (job.folder / "status.json").read_bytes()
    SLURM.submit(job)
    place = read_place(job.folder)
    assert place is not None
    write_place(job.folder, place.now(number="", state="gone", reason="sbatch: no answer"))
    (job.folder / "status.json").write_bytes(created)
    with pytest.raises(JobError, match="Slurm job 101 works on this job already"):
        SLURM.submit(job)
    assert job.status().phase == "waiting in the Slurm queue (Priority)"
    control.stop(job)


def test_it_can_go_on_here(make: Maker, cluster: Path) -> None:
    (cluster / "hold").touch()
    job = make("count")
    SLURM.submit(job)
    control.stop(job)
    start(job)
    until(lambda: job.status().state == "finished")
    assert read_place(job.folder) is None


def test_the_script(make: Maker) -> None:
    job = make("count")
    text = batch_script(
        job, options_of(["time=4:00:00,exclude=n1,n2", "setup=module load cuda, grace=60"]), 3
    )
    folder = job.folder
    assert text.split("\n") == [
        "#!/bin/bash",
        f"#SBATCH --job-name={job.id}",
        f'#SBATCH --chdir="{folder}"',
        f'#SBATCH --output="{folder}/log.txt"',
        "#SBATCH --open-mode=append",
        "#SBATCH --nodes=1",
        "#SBATCH --ntasks=1",
        "#SBATCH --requeue",
        "#SBATCH --signal=B:TERM@60",
        "#SBATCH --time=4:00:00",
        "#SBATCH --exclude=n1,n2",
        "umask 077",
        "unset PYTHONHOME",
        f"export PYTHONPATH={folder}/lib:{Path(__file__).parent}",
        "export PYTHONSAFEPATH=1",
        "export PYTHONUNBUFFERED=1",
        "module load cuda",
        f"export XDG_RUNTIME_DIR={folder}/run",
        "attempt=$((3 + ${SLURM_RESTART_COUNT:-0}))",
        f'exec {sys.executable} -m dataexplore.jobs.run {folder} "$attempt"',
        "",
    ]


@pytest.mark.parametrize(
    "text",
    ["gpus", "output=x", "time=1 2", "time=$(id)", "time='1'", "Gpus=1", "grace=soon", "wrap=x", "time="],
)
def test_a_setting_that_cannot_stand_in_a_script_is_refused(text: str) -> None:
    with pytest.raises(JobError):
        directives(options_of([text]))


Act = Callable[[Job], object]


@pytest.mark.parametrize("act", [control.stop, control.kill])
def test_a_finished_job_cannot_be_stopped(make: Maker, cluster: Path, act: Act) -> None:
    job = make("count")
    SLURM.submit(job)
    become(job, "finished")
    with pytest.raises(JobError, match="is finished"):
        act(job)
