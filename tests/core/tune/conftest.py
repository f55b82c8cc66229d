"""One tiny model for all tests, and runs of it as real jobs."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.jobs.lifelike import ended
from core.tune import tiny
from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import start
from dataexplore.tune.presets import preset
from dataexplore.tune.settings import TuneSettings
from dataexplore.tune.start import create_run

Runner = Callable[..., Job]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save_model(tmp_path_factory.mktemp("model"))


def settings(model: Path, **changes: Any) -> TuneSettings:
    """Return a run of 60 steps over 12 rows that takes about a second, a checkpoint every 10 steps."""
    given = {
        "epochs": 20,
        "batch_rows": 4,
        "token_budget": 64,
        "learning_rate": 1e-2,
        "save_every": 10,
        **changes,
    }
    return preset("quick", str(model), **given)


@pytest.fixture
def run(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    made: list[Job] = []

    def begin(rows: list[dict[str, Any]] | None = None, base: Path | None = None, **changes: Any) -> Job:
        rows = tiny.rows() if rows is None else rows
        made.append(
            create_run(tmp_path / "jobs", rows, settings(base or model, **changes), "a.jsonl", sys.executable)
        )
        return start(made[-1])

    yield begin
    for job in made:
        if job.status().alive:
            control.kill(job, grace=0)


@pytest.fixture(scope="session")
def unbroken(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A run that nothing disturbed, to compare others with."""
    job = create_run(tmp_path_factory.mktemp("jobs"), tiny.rows(), settings(model), "a.jsonl", sys.executable)
    assert ended(start(job)) == "finished", job.log_tail()
    return job
