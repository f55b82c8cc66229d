"""Makes jobs whose worker module is `workers.py` of this folder."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs.lifelike import Maker
from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create, reap
from dataexplore.jobs.spec import JobSpec


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    made: list[Job] = []

    def build(act: str = "count", module: str = "workers", python: str = sys.executable) -> Job:
        spec = JobSpec("tune", module, {"act": act}, "a.jsonl", 2, "ab12", 0, {"dataexplore": "0"}, python)
        made.append(create(tmp_path / "jobs", spec, {"rows.jsonl": b'{"row": 0}\n'}))
        return made[-1]

    yield build
    for job in made:
        if job.status().alive and job.status().phase != "faked":
            control.kill(job, grace=0)
    reap()
