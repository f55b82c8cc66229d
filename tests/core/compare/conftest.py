"""One tiny model for all tests, and jobs that are not left running."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.tune import tiny
from dataexplore.jobs import control
from dataexplore.jobs.listing import list_jobs


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of jobs; what still runs at the end is killed."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    yield tmp_path / "jobs"
    for job in list_jobs(tmp_path / "jobs"):
        if job.status().alive:
            control.kill(job, grace=0)
