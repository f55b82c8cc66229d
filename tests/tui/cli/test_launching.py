"""`tune --on` and `runs` on other machines: what is refused at once, what is queued, and where it is told."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.jobs import cluster as programs
from dataexplore.jobs.folder import Job
from dataexplore.jobs.slurm import SlurmLauncher


def until(true: Callable[[], bool], patience: float = 90.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from core.tune.tiny import save_model

    return save_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    return programs.install(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--slurm", "gpus=1"), "--slurm is for --on slurm"),
        (("--on", "slurm", "--submit"), "--submit is for --on skypilot"),
        (("--on", "slurm", "--slurm", "output=x"), "output: this cannot be set"),
        (("--on", "slurm", "--slurm", "gpus"), "is no setting"),
        (("--on", "slurm", "--arms", "kept"), "--on sends one run"),
        (("--on", "skypilot", "--sky", "gpus=1"), "gpus: this is no resource"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_counted(run, few, cluster, arguments, says):
    assert says in run("tune", few, "--base", "x", *arguments).refusal
    assert not (few.parent / ".dataexplore").exists()


@pytest.mark.parametrize(("on", "program"), [(("slurm",), "sbatch"), (("skypilot", "--submit"), "sky")])
def test_without_its_program_nothing_is_made(run, few, monkeypatch, on, program):
    monkeypatch.setenv("PATH", "/nowhere")
    assert f"{program}: there is no such program" in run("tune", few, "--base", "x", "--on", *on).refusal
    assert not (few.parent / ".dataexplore").exists()


def test_a_run_goes_to_slurm_and_is_stopped_and_resumed_there(run, few, tiny, cluster):
    (cluster / "hold").touch()
    ran = run(
        "tune", few, "--base", tiny, "--preset", "smoke", "--on", "slurm", "--slurm", "gpus=1", "--json"
    )
    assert ran.code == 0, ran
    assert "queued as Slurm job 101" in ran.err
    name, folder = ran.found["job"], Path(ran.found["folder"])
    place = ("--in", few, "--json")
    [listed] = run("runs", *place).found["runs"]
    assert (listed["where"], listed["state"]) == ("Slurm job 101", "starting")
    assert "where" in run("runs", "--in", few).out
    assert run("runs", name, "--stop", *place).found["state"] == "stopped"
    assert "--slurm says how" in run("runs", name, "--slurm", "time=5", *place).refusal
    (cluster / "hold").unlink()
    again = run("runs", name, "--resume", "--slurm", "time=5", *place)
    assert again.found["where"].startswith("Slurm job 102")
    head = (cluster / "job102" / "script").read_text()
    assert "--gpus=1\n" in head
    assert "--time=5\n" in head
    job = Job(folder)
    until(lambda: SlurmLauncher(every=0.0).poll(job).state not in ("starting", "running"))
    assert job.status().state == "finished", job.log_tail()
    assert (folder / "adapter" / "adapter_model.safetensors").exists()


def test_a_task_file_is_written_and_nothing_launched(run, few, tiny, tmp_path):
    out = tmp_path / "task.yaml"
    wanted = ("--on", "skypilot", "--sky", "accelerators=A100:1", "-o", out)
    ran = run("tune", few, "--base", tiny, *wanted, "--json")
    assert ran.code == 0, ran
    assert ran.found["state"] == "created"
    assert str(out) in ran.err
    text = out.read_text()
    assert '  accelerators: "A100:1"\n' in text
    assert f'  "{tiny}": "{tiny}"\n' in text
    assert text == (Path(ran.found["folder"]) / "skypilot.yaml").read_text()
    assert "is there already" in run("tune", few, "--base", tiny, *wanted).refusal
    assert [path.name for path in (tmp_path / ".dataexplore/few.jsonl/jobs").iterdir()] == [ran.found["job"]]
