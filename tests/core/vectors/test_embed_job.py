"""Vectors of a slow model are made by a job: it may be killed at any time, and goes on where it was."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from core.jobs.lifelike import ended, until, worker
from dataexplore.dataset.dataset import Dataset
from dataexplore.dataset.loading import load
from dataexplore.dataset.opening import open_head
from dataexplore.errors import JobError
from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import start
from dataexplore.jobs.status import FAILED, FINISHED, LOST, STOPPED
from dataexplore.vectors.encoder import find_encoder
from dataexplore.vectors.job import create_embedding
from dataexplore.vectors.store import FIRST, VectorStore
from dataexplore.vectors.texts import keys_of, texts_of
from processes import printed

ROWS = 2 * FIRST
# In place of the real package: it says what it encodes, waits when told to, and has each step saved.
_MODEL = """
import os, time
from pathlib import Path
import numpy as np
import dataexplore.vectors.store as store

store.SAVE_SECONDS = 0.0
HERE = Path(__file__).parent.parent

class SentenceTransformer:
    device, max_seq_length = "cpu", 128
    def __init__(self, folder, **options): pass
    def __getitem__(self, place): return None
    def parameters(self): return []
    def get_embedding_dimension(self): return 2
    def encode(self, texts, **options):
        with (HERE / "encoded").open("a") as log:
            log.writelines(text + "\\n" for text in texts)
        deadline = time.monotonic() + 60
        while (HERE / "wait").exists() and "task 1000" in texts and time.monotonic() < deadline:
            time.sleep(0.02)
        return np.array([[float(text.split()[1]) + 1, 1] for text in texts], np.float32)
"""
_TORCH = "class cuda:\n    is_available = staticmethod(lambda: False)\nbfloat16 = None\n"


class Slow:
    """A model that can be held while it works, and the rows it is to encode."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, content in (("sentence_transformers", _MODEL), ("torch", _TORCH)):
            (folder / name).mkdir()
            (folder / name / "__init__.py").write_text(content)
        (folder / "model").mkdir()
        path = folder / "tasks.jsonl"
        path.write_text(
            "".join(json.dumps({"instruction": f"task {row}", "output": ""}) + "\n" for row in range(ROWS))
        )
        self.dataset: Dataset = load(open_head(path))

    def job(self, encoder: str | None = None, field: str = "prompt") -> Job:
        texts = texts_of(self.dataset, field)
        made = encoder or str(self.folder / "model")
        return create_embedding(self.folder / "jobs", self.folder / "vectors", self.dataset, texts, made)

    def hold(self, held: bool) -> None:
        if held:
            (self.folder / "wait").touch()
        else:
            (self.folder / "wait").unlink()

    @property
    def encoded(self) -> list[str]:
        log = self.folder / "encoded"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def at_work(self) -> bool:
        return f"task {ROWS - 1}" in self.encoded


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Slow:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return Slow(tmp_path)


def test_a_killed_job_goes_on_where_it_was(slow: Slow) -> None:
    slow.hold(True)
    job = start(slow.job())
    until(lambda: slow.at_work)
    os.kill(worker(job), signal.SIGKILL)
    assert ended(job) == LOST

    slow.hold(False)
    assert ended(control.resume(job)) == FINISHED
    result = job.result()
    assert result is not None
    assert (result["rows"], result["encoded"], result["dimensions"]) == (ROWS, ROWS - FIRST, 2)
    tasks = [f"task {row}" for row in range(ROWS)]
    assert slow.encoded == tasks + tasks[FIRST:]  # what was saved before the kill was not encoded again
    until(lambda: not (job.folder / "texts.jsonl").exists())


def test_a_stopped_job_keeps_what_it_encoded(slow: Slow) -> None:
    slow.hold(True)
    job = start(slow.job())
    until(lambda: slow.at_work)
    control.stop(job)
    slow.hold(False)
    assert ended(job) == STOPPED
    assert ended(control.resume(job)) == FINISHED
    assert sorted(slow.encoded[:FIRST]) == sorted(f"task {row}" for row in range(FIRST))
    assert slow.encoded.count("task 0") == 1


def test_what_a_job_made_is_found_by_whoever_asks_for_the_same(slow: Slow) -> None:
    job = start(slow.job("lexical"))
    assert ended(job) == FINISHED
    texts = texts_of(slow.dataset, "prompt")
    asked: list[int] = []

    def refused(rows: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> list[str]:
        asked.extend(rows.tolist())
        return texts.column[rows].to_list()

    encoder = find_encoder("lexical")
    found = VectorStore(slow.folder / "vectors").vectors(
        encoder, "prompt", keys_of(slow.dataset, texts), refused
    )
    assert asked == []
    assert np.array_equal(found, encoder.encode(texts.column.to_list()))


def test_the_spec_names_encoder_field_and_store_and_files_are_private(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(slow.folder)
    job = slow.job("model")
    assert job.spec.settings == {
        "encoder": str(slow.folder / "model"),
        "field": "prompt",
        "store": str(slow.folder / "vectors"),
    }
    assert (job.kind, job.spec.rows, job.spec.dataset) == ("embed", ROWS, "tasks.jsonl")
    assert {path.stat().st_mode & 0o077 for path in job.folder.iterdir()} == {0}


def test_without_any_text_there_is_no_job(slow: Slow) -> None:
    with pytest.raises(JobError, match="no row has a text for response"):
        slow.job(field="response")
    assert not (slow.folder / "jobs").exists()


def test_a_model_that_is_not_there_ends_the_job_with_one_sentence(slow: Slow) -> None:
    job = start(slow.job("/no/such/model"))
    assert ended(job) == FAILED
    assert job.status().reason == (
        "The encoder /no/such/model is not a folder: name a model folder, a hub id, static or lexical."
    )


@pytest.mark.parametrize("damage", [None, b'"one text"\n'])
def test_damaged_texts_end_the_job_with_one_sentence(slow: Slow, damage: bytes | None) -> None:
    job = slow.job("lexical")
    if damage is None:
        (job.folder / "texts.jsonl").unlink()
    else:
        (job.folder / "texts.jsonl").write_bytes(damage)
    assert ended(start(job)) == FAILED
    assert "make a new" in job.status().reason


def test_the_worker_needs_neither_polars_nor_orjson() -> None:
    code = "import dataexplore.vectors.worker, sys; print(*{'polars', 'orjson', 'torch'} & set(sys.modules))"
    assert printed(code) == "\n"
