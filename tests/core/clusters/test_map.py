"""A map that UMAP makes as a job: kept by key, found again, noticed when damaged or of other rows."""

from pathlib import Path

import numpy as np
import pytest

from core.jobs.lifelike import until
from dataexplore.clusters.map_job import create_map
from dataexplore.clusters.places import map_file, read_places, save_places
from dataexplore.errors import JobError
from dataexplore.jobs.control import stop
from dataexplore.jobs.launch import start
from dataexplore.jobs.status import FINISHED, STOPPED
from dataexplore.vectors.arrays import FloatMatrix

ABOUT = ("static 1", "prompt")


def three_kinds(rows: int = 90) -> FloatMatrix:
    rng = np.random.default_rng(0)
    vectors = np.eye(8, dtype=np.float32)[np.arange(rows) % 3] + rng.normal(0, 0.05, (rows, 8))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_rows_of_a_kind_are_laid_out_together(tmp_path: Path) -> None:
    vectors, keys = three_kinds(), np.arange(90, dtype=np.uint64) * 7
    vectors[5] = 0
    job = create_map(tmp_path / "jobs", tmp_path / "maps", "a.jsonl", keys, vectors, ABOUT, neighbours=10)
    start(job)
    until(lambda: job.status().state not in ("starting", "running"), 300)
    assert job.status().state == FINISHED, (job.folder / "log.txt").read_text()
    places = read_places(tmp_path / "maps", *ABOUT, keys)
    assert places is not None
    assert np.isnan(places[5]).all()
    kinds = [places[np.setdiff1d(np.arange(kind, 90, 3), [5])] for kind in range(3)]
    spread = max(np.linalg.norm(one - one.mean(axis=0), axis=1).mean() for one in kinds)
    apart = min(np.linalg.norm(kinds[a].mean(axis=0) - kinds[b].mean(axis=0)) for a, b in ((0, 1), (1, 2)))
    assert spread < apart


def test_a_job_that_is_asked_to_stop_ends_as_stopped(tmp_path: Path) -> None:
    vectors, keys = three_kinds(3_000), np.arange(3_000, dtype=np.uint64)
    job = create_map(tmp_path / "jobs", tmp_path / "maps", "a.jsonl", keys, vectors, ABOUT)
    start(job)
    until(lambda: job.status().phase.startswith("loading"), 60)
    stop(job)
    until(lambda: job.status().state == STOPPED, 60)
    assert read_places(tmp_path / "maps", *ABOUT, keys) is None


@pytest.mark.parametrize(
    ("rows", "neighbours", "reason"),
    [(10, 5, "maps 20 to 500,000 rows"), (60, 1, "1 neighbours"), (60, 60, "60 neighbours")],
)
def test_what_cannot_be_mapped_is_refused(tmp_path: Path, rows: int, neighbours: int, reason: str) -> None:
    keys = np.arange(rows, dtype=np.uint64)
    with pytest.raises(JobError, match=reason):
        create_map(tmp_path, tmp_path, "a", keys, three_kinds(rows), ABOUT, neighbours)


def test_a_map_is_of_its_rows_encoder_and_text_and_whole(tmp_path: Path) -> None:
    keys = np.arange(10, dtype=np.uint64)
    places = np.arange(20, dtype=np.float32).reshape(10, 2)
    save_places(tmp_path, *ABOUT, keys[::-1], places[::-1])
    found = read_places(tmp_path, *ABOUT, np.append(keys[2:], 77).astype(np.uint64))
    assert found is not None
    assert np.array_equal(found[:-1], places[2:])
    assert np.isnan(found[-1]).all()
    assert read_places(tmp_path, "static 2", "prompt", keys) is None
    assert read_places(tmp_path, *ABOUT, keys + np.uint64(8)) is None
    path = map_file(tmp_path, *ABOUT)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    assert read_places(tmp_path, *ABOUT, keys) is None
