"""A run for a cloud: the task file as expected, and a stand-in for `sky` that notes what it is asked."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import dataexplore
from core.jobs.lifelike import Maker
from dataexplore.errors import JobError
from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.jobs.place import read_place, write_place
from dataexplore.jobs.skypilot import SkyPilotLauncher, quoted, resources, task_file

PACKAGES = ("torch", "transformers", "peft", "accelerate")


@pytest.fixture
def sky(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `sky` on the PATH that notes its arguments in the file returned; a file `refuse` makes it refuse."""
    bins, noted = tmp_path / "bin", tmp_path / "asked"
    bins.mkdir()
    (bins / "sky").write_text(
        f'#!/bin/sh\n[ -e "{tmp_path}/refuse" ] && {{ cat "{tmp_path}/refuse" >&2; exit 1; }}\n'
        f'echo "$@" >>"{noted}"\n'
    )
    (bins / "sky").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bins}:{os.environ['PATH']}")
    return noted


def test_the_task_file_is_as_expected(make: Maker, tmp_path: Path) -> None:
    job = make()
    base = Path("/models/a base")
    text = task_file(job, {"accelerators": "A100:1", "use_spot": "true", "cpus": "8+"}, PACKAGES, (base,))
    cluster, library = f"dx-{job.id[-6:]}", Path(dataexplore.__file__).parent
    assert (
        text
        == f'''\
# launch      sky launch --cluster {cluster} --idle-minutes-to-autostop 30 FILE
# watch       ssh {cluster} tail -f dataexplore/{job.id}/log.txt
# bring back  rsync -a {cluster}:dataexplore/{job.id}/ {job.folder}/
# give back   sky down {cluster}
name: "{cluster}"
resources:
  accelerators: "A100:1"
  use_spot: true
  cpus: "8+"
file_mounts:
  "~/dataexplore/{job.id}": "{job.folder}"
  "~/dataexplore/lib/dataexplore": "{library}"
  "/models/a base": "/models/a base"
setup: |
  python3 -m pip install torch transformers peft accelerate
run: |
  export PYTHONPATH=~/dataexplore/lib PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1
  cd ~/dataexplore/{job.id}
  exec python3 -m dataexplore.jobs.run . "${{ATTEMPT:-1}}" >>log.txt 2>&1
'''
    )
    found = yaml.safe_load(text)
    assert found["resources"] == {"accelerators": "A100:1", "use_spot": True, "cpus": "8+"}
    assert found["file_mounts"]["/models/a base"] == "/models/a base"
    assert found["run"].count("\n") == 3


@given(st.text())
def test_quoted_text_is_read_back_as_it_was(text: str) -> None:
    if any(0xD800 <= ord(letter) < 0xE000 for letter in text):
        with pytest.raises(JobError, match="UTF-8"):
            quoted(text)
    else:
        assert yaml.safe_load(quoted(text)) == text


@pytest.mark.parametrize(("name", "value"), [("gpus", "1"), ("use_spot", "yes"), ("cpus", ""), ("run", "x")])
def test_what_is_no_resource_is_refused(name: str, value: str) -> None:
    with pytest.raises(JobError, match=name):
        resources({name: value})


def test_a_value_cannot_add_a_field() -> None:
    [_, line] = resources({"region": "x\nrun: rm"})
    assert yaml.safe_load(line) == {"region": "x\nrun: rm"}


def test_preparing_calls_nothing(make: Maker, sky: Path) -> None:
    job = make()
    text = SkyPilotLauncher({"accelerators": "A100:1"}, PACKAGES).prepare(job)
    assert (job.folder / "skypilot.yaml").read_text() == text
    assert job.status().state == "created"
    assert not sky.exists()


def test_submitting_launches_and_resume_launches_again(make: Maker, sky: Path) -> None:
    job = make()
    SkyPilotLauncher({"accelerators": "A100:1"}, PACKAGES).submit(job)
    cluster = f"dx-{job.id[-6:]}"
    status = job.status()
    assert (status.state, status.phase) == ("starting", f"waiting for news from SkyPilot cluster {cluster}")
    with pytest.raises(JobError, match=f"SkyPilot cluster {cluster} works on this job already"):
        control.resume(job)
    control.stop(job)
    assert job.status().state == "stopped"
    control.resume(job)
    control.kill(job)
    idle = f"--cluster {cluster} --idle-minutes-to-autostop 30"
    launch = f"launch --yes --detach-run {idle} --env ATTEMPT={{}} {job.folder}/skypilot.yaml"
    cancel = f"cancel --yes --all {cluster}"
    assert sky.read_text().splitlines() == [launch.format(1), cancel, launch.format(2), cancel]


def test_news_come_with_the_folder(make: Maker, sky: Path) -> None:
    job = make()
    SkyPilotLauncher().submit(job)
    _brought_back(job, time.time())
    assert job.status().state == "running"
    place = read_place(job.folder)
    assert place is not None
    write_place(job.folder, replace(place, seen=0.0))
    _brought_back(job, time.time() - 7200)
    assert "nothing was heard from cloud.example for 1" in job.status().reason
    (job.folder / "result.json").write_text("{}")
    assert job.status().state == "finished"


def _brought_back(job: Job, at: float) -> None:
    worker = {"pid": 1234, "started": "1", "boot": "b", "host": "cloud.example"}
    values = {"state": "running", "phase": "training", "attempt": 1, "at": at, "worker": worker}
    (job.folder / "status.json").write_text(json.dumps(values))


def test_what_sky_says_when_it_refuses_is_told(make: Maker, sky: Path, tmp_path: Path) -> None:
    (tmp_path / "refuse").write_text("ValueError: no cloud is enabled\n")
    job = make()
    with pytest.raises(JobError, match="sky refuses: ValueError: no cloud is enabled"):
        SkyPilotLauncher().submit(job)
    assert job.status().state == "created"
    place = read_place(job.folder)
    assert place is not None
    assert place.reason.startswith("sky refuses")


def test_without_sky_the_sentence_says_so(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(JobError, match="sky: there is no such program"):
        SkyPilotLauncher().submit(make())
