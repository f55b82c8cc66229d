"""Judges without an endpoint as real jobs: killed, stopped, resumed, and each text with one outcome."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from core.jobs import lifelike
from core.jobs.lifelike import until, worker
from core.judge import little
from core.test_floors import imported
from dataexplore.jobs import control, lock
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create, start
from dataexplore.jobs.spec import JobSpec
from dataexplore.judge.asked import Asked, hash_of, to_lines
from dataexplore.judge.folder import Judgements, lock_file
from dataexplore.judge.judge import Judge
from dataexplore.judge.kinds import local_judge, measure
from dataexplore.judge.model.ifd import Difficulty
from dataexplore.judge.model.likelihood import Likelihood
from dataexplore.judge.model.measure import Prepared
from dataexplore.judge.model.measuring import Work, replies_of
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Reply
from dataexplore.judge.rubric import load_rubric

MODULE = "dataexplore.judge.model.worker"
PATIENCE = 120.0
"""Seconds: torch alone takes ten to import on a busy machine."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return little.save(tmp_path_factory.mktemp("model"))


def texts(count: int) -> list[Asked]:
    """Rows of all lengths; each tenth has an answer of one token."""
    made = []
    for row in range(count):
        answer = "1" if row % 10 == 3 else " ".join(little.WORDS[: 2 + row % 9] * (1 + row % 4))
        said = (("user", f"name color number {row}"), ("assistant", answer))
        made.append(Asked(hash_of(said), said))
    return made


class Bench:
    """One workspace, and jobs in it."""

    def __init__(self, place: Path) -> None:
        self.judgements = Judgements(place / "workspace")
        self._jobs = place / "jobs"
        self.made: list[Job] = []

    def job(self, judge: Judge, model: Path, asked: list[Asked], **settings: Any) -> Job:
        given = {
            "judge": asdict(judge),
            "folder": str(self.judgements.keep(judge)),
            "model": str(model),
            **settings,
        }
        spec = JobSpec("measure", MODULE, given, "a.jsonl", len(asked), "", 0, {}, sys.executable)
        self.made.append(create(self._jobs, spec, {"asked.jsonl": b"".join(to_lines(asked))}))
        return self.made[-1]

    def replies(self, judge: Judge) -> dict[bytes, Reply]:
        found = self.judgements.replies(judge)
        assert found is not None
        with found:
            return {one.hash: one for one in found.replies(SCORED, UNPARSED, ERROR)}

    def wait(self, judge: Judge, rows: int) -> None:
        """Wait until more rows than that are stored."""
        until(lambda: self.stored(judge) > rows, PATIENCE)

    def stored(self, judge: Judge) -> int:
        return len(self.replies(judge))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    made = Bench(tmp_path)
    yield made
    for job in made.made:
        if job.status().alive:
            control.kill(job, grace=0)


def result_of(job: Job) -> dict[str, Any]:
    result = job.result()
    assert result is not None, job.log_tail()
    return result


def ended(job: Job) -> str:
    until(lambda: not job.status().alive, PATIENCE)
    return lifelike.ended(job)


def killed(job: Job) -> str:
    os.kill(worker(job), signal.SIGKILL)
    return ended(job)


def stopped(job: Job) -> str:
    control.stop(job)
    return ended(job)


def test_what_was_scored_is_never_lost_nor_scored_twice(bench: Bench, folder: Path) -> None:
    judge = measure("ifd", folder)
    asked = texts(250)
    job = start(bench.job(judge, folder, asked, batch_tokens=64))
    before: dict[bytes, Reply] = {}
    for end, state in ((killed, "lost"), (stopped, "stopped")):
        had = len(before)
        bench.wait(judge, had + 40)
        assert end(job) == state
        after = bench.replies(judge)
        assert had + 40 < len(after) < 250
        assert {hash_: after[hash_] for hash_ in before} == before  # the time of storing too
        before = after
        control.resume(job)
    assert ended(job) == "finished", job.log_tail()
    after = bench.replies(judge)
    assert set(after) == {one.hash for one in asked}
    assert {hash_: after[hash_] for hash_ in before} == before
    result = result_of(job)
    assert result["signal"] == judge.name
    assert (result["rows"], result["scored"], result["unparsed"], result["errors"]) == (250, 225, 25, {})
    assert result["unparsed_reasons"] == {"answer of one token": 25}
    assert result["model"] == folder.name
    assert result["device"]
    status = job.status()
    assert (status.done, status.total) == (250, 250)

    plain = little.Plain(folder)
    for one in asked[::50]:
        prompt = f"<|im_start|>user\n{one.said[0][1]}<|im_end|>\n<|im_start|>assistant\n"
        head, tail = (list(plain.tokenizer(text)["input_ids"]) for text in (prompt, one.said[1][1]))
        expected = plain.loss(head + tail, len(head) + 1) - plain.loss(tail, 1)
        assert after[one.hash].scores[0] == pytest.approx(2.718281828**expected, rel=1e-4)


def test_a_local_judge_gives_every_row_a_score_or_a_reason(bench: Bench, folder: Path) -> None:
    rubric = load_rubric("accuracy")
    judge = local_judge(folder, rubric)
    job = start(bench.job(judge, folder, texts(6), rubric=rubric.to_json()))
    assert ended(job) == "finished", job.log_tail()
    assert result_of(job)["unparsed"] == 6
    for one in bench.replies(judge).values():
        assert one.reason.endswith("of the probability is on numbers")
        assert json.loads(one.text)["probabilities"].keys() == set("012345")
        assert (one.model, one.job, one.requests, one.address) == (folder.name, job.id, 0, "")
        assert one.prompt_tokens > 100


def test_a_row_that_does_not_fit_into_memory_is_an_error_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    whole = Likelihood._run

    def small(self: Likelihood, wanted: Any, skip: int) -> Any:
        if any(len(one.ids) > 60 for one in wanted):
            raise torch.OutOfMemoryError("CUDA out of memory")
        return whole(self, wanted, skip)

    monkeypatch.setattr(Likelihood, "_run", small)
    likelihood = Likelihood(str(folder))
    long = (("user", "name a color " * 20), ("assistant", "red blue"))
    rows = [texts(1)[0], Asked(hash_of(long), long)]
    judge = Judge("ifd", "tiny", ("ifd",))
    difficulty = Difficulty(little.Plain(folder).tokenizer, 2048)
    prepared = [one for one in map(difficulty.prepare, rows) if isinstance(one, Prepared)]
    work = Work(judge, difficulty, likelihood, "job")
    fits, not_ = replies_of(work, likelihood, prepared, lambda: None)
    assert (fits.state, len(fits.scores)) == (SCORED, 1)
    assert (not_.state, not_.reason, not_.scores) == (ERROR, "out of memory", ())


def test_lengths_need_no_weights(bench: Bench, tmp_path: Path) -> None:
    folder = little.save(tmp_path / "words")
    (folder / "model.safetensors").unlink()
    judge = measure("tokens", folder)
    job = start(bench.job(judge, folder, texts(30)))
    assert ended(job) == "finished", job.log_tail()
    assert result_of(job)["scored"] == 30
    assert all(one.scores[2] == one.scores[0] + one.scores[1] + 1 for one in bench.replies(judge).values())


def test_a_model_that_cannot_be_used_is_one_sentence(bench: Bench, tmp_path: Path) -> None:
    bare = little.save(tmp_path / "bare")
    (bare / "model.safetensors").unlink()
    for judge, reason in (
        (measure("ifd", bare), "the folder has no weights"),
        (Judge("tokens", "m", ("a", "b", "c", "d")), "4 signals are named"),
    ):
        job = start(bench.job(judge, bare, texts(1)))
        assert ended(job) == "failed"
        assert reason in job.status().reason
        assert not bench.stored(judge)


def test_a_judge_has_one_job_at_a_time(bench: Bench, folder: Path) -> None:
    judge = measure("tokens", folder)
    job = bench.job(judge, folder, texts(2))
    held = lock.take(lock_file(bench.judgements.place(judge)))
    start(job)
    assert ended(job) == "failed"
    assert "another job works for this judge" in job.status().reason
    os.close(held)


def test_nothing_of_the_base_install_is_needed() -> None:
    missing = ("polars", "orjson", "openai", "textual", "rich", "tokenizers", "hnswlib", "tomli_w", "torch")
    hide = f"for name in {missing!r}: sys.modules[name] = None"
    show = f"for name in {missing!r}: del sys.modules[name]"
    assert imported(f"{hide}\nimport {MODULE}\n{show}", *missing) == []
