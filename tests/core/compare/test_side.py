"""Which model a name stands for, and when it stands for none."""

import json
from pathlib import Path

import pytest

from core.compare.lifelike import tuned
from dataexplore.compare.side import Side, bare, of_run
from dataexplore.errors import JobError
from dataexplore.jobs.launch import create
from dataexplore.jobs.spec import JobSpec


def test_a_run_is_its_base_with_its_adapter(model: Path, tmp_path: Path) -> None:
    run = tuned(tmp_path / "jobs", model, 1)
    side = of_run(run)
    assert (side.name, side.base, side.adapter) == (run.id, str(model), str(run.folder / "adapter"))
    assert Side.from_json(json.loads(json.dumps(side.to_json()))) == side
    before = side.made
    (run.folder / "adapter/adapter_model.safetensors").write_bytes(b"other weights")
    assert of_run(run).made != before


def test_a_model_as_it_is_is_a_control(model: Path) -> None:
    side = bare(str(model))
    assert (side.name, side.base, side.adapter) == (f"base:{model}", str(model), "")
    assert bare("owner/model").base == "owner/model"


def test_a_run_without_a_model_is_refused_by_name(model: Path, tmp_path: Path) -> None:
    run = tuned(tmp_path / "jobs", model, 1)
    (run.folder / "adapter").rename(run.folder / "elsewhere")
    with pytest.raises(JobError, match="has neither adapter nor model"):
        of_run(run)
    (run.folder / "result.json").unlink()
    with pytest.raises(JobError, match="the run is created and has published nothing"):
        of_run(run)
    other = create(tmp_path / "jobs", JobSpec("embed", "nothing", {}, "a", 0, "", 0, {}, "python"))
    with pytest.raises(JobError, match="of the kind embed, which makes no model"):
        of_run(other)
    with pytest.raises(JobError, match="no such model folder"):
        bare(str(tmp_path / "gone"))


def test_a_fully_tuned_model_is_loaded_from_its_own_folder(model: Path, tmp_path: Path) -> None:
    run = tuned(tmp_path / "jobs", model, 1)
    (run.folder / "adapter").rename(run.folder / "elsewhere")
    (run.folder / "model").symlink_to(model)
    side = of_run(run)
    assert (side.base, side.adapter) == (str(run.folder / "model"), "")
