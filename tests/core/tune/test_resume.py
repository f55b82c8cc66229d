"""Whatever moment a run is killed at, it ends as if nothing had been."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.tune import tiny
from core.tune.conftest import settings
from dataexplore.jobs.folder import Job
from dataexplore.tune.curve import curve
from dataexplore.tune.samples import samples
from dataexplore.tune.start import create_run

KEPT = ("loss", "learning_rate", "grad_norm", "tokens", "supervised", "held_out_loss")


def ran(folder: Path, model: Path, kills: int, **changes: Any) -> tuple[Job, Job, list[str]]:
    """Return a job that ran undisturbed, the same killed so often, and how that one stood each time."""
    jobs = [
        create_run(folder / name, tiny.rows(), settings(model, **changes), "a.jsonl")
        for name in ("whole", "killed")
    ]
    script, folders = str(Path(__file__).with_name("forked.py")), [str(job.folder) for job in jobs]
    shown = subprocess.run(
        [sys.executable, script, *folders, str(kills), "7"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
        check=True,
    )
    states = [line for line in shown.stdout.splitlines() if line in ("lost", "finished", "failed")]
    return jobs[0], jobs[1], states


@pytest.mark.parametrize(
    ("kills", "changes"),
    [
        (
            14,
            {
                "lora_dropout": 0.2,
                "save_every": 2,
                "epochs": 40,
                "held_out": 3,
                "sample_prompts": ["name red"],
            },
        ),
        (6, {"method": "full", "save_every": 2, "epochs": 20, "learning_rate": 1e-3}),
    ],
    ids=["lora", "full"],
)
def test_kills_at_random_moments_change_nothing(
    model: Path, tmp_path: Path, kills: int, changes: dict[str, Any]
) -> None:
    changes = {"sample_tokens": 4, **changes}
    whole, job, states = ran(tmp_path, model, kills, **changes)
    assert whole.status().state == "finished", whole.log_tail()
    assert states == ["lost"] * kills + ["finished"], job.log_tail()
    assert sum(event["event"] == "resumed" for event in job.events()) > kills // 2
    for expected, line in zip(curve(whole), curve(job), strict=True):
        for name in KEPT:
            assert line.get(name) == pytest.approx(expected.get(name), abs=1e-5), (line["step"], name)
    assert samples(job) == samples(whole)
    result, folder = job.result() or {}, "model" if changes.get("method") == "full" else "adapter"
    assert result[folder] == folder
    for path in (whole.folder / folder).glob("*.safetensors"):
        assert (job.folder / folder / path.name).read_bytes() == path.read_bytes()
