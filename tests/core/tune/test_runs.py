"""Runs as real jobs: they train, publish an adapter that works, or say why they do not."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.jobs.lifelike import ended, until
from core.tune import tiny
from core.tune.conftest import Runner, settings
from dataexplore.errors import JobError
from dataexplore.jobs import control
from dataexplore.jobs.folder import Job
from dataexplore.tune.curve import curve
from dataexplore.tune.pack import micro_batch
from dataexplore.tune.plan import plan
from dataexplore.tune.preflight import preflight
from dataexplore.tune.presets import preset
from dataexplore.tune.samples import samples
from dataexplore.tune.start import create_run


def loss_on_rows(model: Any, base: Path) -> float:
    import torch
    from transformers import AutoTokenizer

    planned = plan(tiny.rows(), AutoTokenizer.from_pretrained(base), settings(base))
    batch = micro_batch(planned.encoded, packed=False)
    with torch.no_grad():
        logits = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    learned = logits.flatten(0, 1)[batch.places]
    return float(torch.nn.functional.cross_entropy(learned, batch.targets))


def test_the_adapter_loads_and_lowers_the_loss(unbroken: Job, model: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(model)
    before = loss_on_rows(base, model)
    tuned = PeftModel.from_pretrained(base, unbroken.folder / "adapter")
    after = loss_on_rows(tuned.eval(), model)
    assert after < before - 0.3
    result = unbroken.result()
    assert result is not None
    assert after == pytest.approx(result["last_loss"], abs=0.2)


def test_a_run_reports_every_step(unbroken: Job) -> None:
    lines = curve(unbroken)
    assert [line["step"] for line in lines] == list(range(1, 61))
    assert lines[-1]["epoch"] == 20
    assert all(line["loss"] > 0 and line["grad_norm"] > 0 and line["tokens_per_second"] > 0 for line in lines)
    status = unbroken.status()
    assert (status.state, status.done, status.total) == ("finished", 60, 60)
    assert [e["step"] for e in unbroken.events() if e["event"] == "checkpoint"] == [10, 20, 30, 40, 50, 60]
    assert len(list((unbroken.folder / "checkpoints").glob("checkpoint-*"))) == 3
    assert not any("it/s" in line for line in unbroken.log_tail(1000))


def test_the_card_tells_where_the_adapter_comes_from(unbroken: Job, model: Path) -> None:
    card = json.loads((unbroken.folder / "adapter/card.json").read_text())
    assert card["base"] == str(model)
    assert (card["dataset"], card["rows"], card["rows_hash"]) == ("a.jsonl", 12, unbroken.spec.rows_hash)
    assert card["versions"]["torch"]
    assert str(model) in (unbroken.folder / "adapter/README.md").read_text()
    weights = [path.name for path in (unbroken.folder / "adapter").iterdir()]
    assert sorted(weights) == ["README.md", "adapter_config.json", "adapter_model.safetensors", "card.json"]
    assert stat.S_IMODE((unbroken.folder / "adapter/adapter_model.safetensors").stat().st_mode) == 0o600


def test_stop_and_resume_give_the_same_curve(run: Runner, unbroken: Job) -> None:
    job = run()
    until(lambda: len(job.metrics()[0]) >= 13)
    control.stop(job)
    assert ended(job) == "stopped", job.status()
    at = job.status().done
    assert 13 <= at < 60
    assert (job.folder / f"checkpoints/checkpoint-{at}/complete.json").exists()
    assert job.result() is None
    control.resume(job)
    assert ended(job) == "finished"
    assert {"event": "resumed", "step": at}.items() <= next(
        event for event in job.events() if event["event"] == "resumed"
    ).items()
    expected = [line["loss"] for line in curve(unbroken)]
    assert [line["loss"] for line in curve(job)] == pytest.approx(expected, abs=1e-5)
    assert [line["learning_rate"] for line in curve(job)] == [
        line["learning_rate"] for line in curve(unbroken)
    ]


def test_rows_with_nothing_to_learn_are_left_out_and_counted(run: Runner) -> None:
    rows = tiny.rows()
    rows[3]["messages"][1]["content"] = ""
    job = run(rows, max_steps=2, save_every=0)
    assert ended(job) == "finished"
    planned = next(event for event in job.events() if event["event"] == "planned")
    assert (planned["rows"], planned["untrainable"]) == (11, [3])
    assert any(event["event"] == "left out" and event["rows"] == 1 for event in job.events())


def test_a_run_with_nothing_to_learn_fails_and_says_so(run: Runner) -> None:
    rows = tiny.rows(2)
    for row in rows:
        row["messages"][1]["content"] = " "
    job = run(rows)
    assert ended(job) == "failed"
    assert job.status().reason.startswith("none of the 2 rows has anything to learn")
    assert not (job.folder / "adapter").exists()


def spoilt(folder: Path, value: float) -> Path:
    """A model whose last layer holds nothing but `value`."""
    from safetensors.torch import load_file, save_file

    tiny.save_model(folder)
    weights = load_file(folder / "model.safetensors")
    weights["lm_head.weight"].fill_(value)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.mark.parametrize(
    ("value", "reason"),
    [(float("nan"), "is no finite number at step 1"), (0.0, "no gradient reaches the weights")],
)
def test_a_base_that_cannot_learn_fails_the_run(
    run: Runner, tmp_path: Path, value: float, reason: str
) -> None:
    job = run(base=spoilt(tmp_path / "spoilt", value))
    assert ended(job) == "failed"
    assert reason in job.status().reason
    assert not (job.folder / "adapter").exists()
    assert not list((job.folder / "checkpoints").glob("checkpoint-*"))


def test_the_smoke_preset_learns_its_rows(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataexplore.jobs.launchers import run_foreground

    monkeypatch.delenv("PYTHONPATH", raising=False)
    job = create_run(tmp_path, tiny.rows(), preset("smoke", str(model), learning_rate=1e-2), "a.jsonl")
    assert run_foreground(job, every=0.05).state == "finished"
    result = job.result()
    assert result is not None
    assert (result["rows"], result["steps"]) == (8, 20)
    assert result["last_loss"] < result["first_loss"]


def test_the_preflight_is_the_plan_of_the_run(model: Path, unbroken: Job) -> None:
    found = preflight(tiny.rows(), settings(model))
    planned = next(event for event in unbroken.events() if event["event"] == "planned")
    for name in (
        "rows",
        "tokens",
        "supervised",
        "truncated",
        "untrainable",
        "p50",
        "p95",
        "longest",
        "steps",
    ):
        assert getattr(found, name) == planned[name], name
    assert found.steps == curve(unbroken)[-1]["step"]
    assert found.template == "chat template"
    assert found.versions["peft"]


def test_the_preflight_tells_what_will_be_needed(model: Path, unbroken: Job) -> None:
    found = preflight(tiny.rows(), settings(model, held_out=3))
    assert (found.held_out, found.rows, found.lost, found.unended) == (3, 9, 0, 0)
    assert found.stop_supervised
    weights = (unbroken.folder / "adapter/adapter_model.safetensors").stat().st_size
    assert found.trained == pytest.approx(weights / 4, rel=0.2)  # the file has a header, too
    assert found.parameters < found.memory / 4
    whole = preflight(tiny.rows(), settings(model, method="full"))
    assert whole.trained == whole.parameters == found.parameters
    assert whole.memory > whole.parameters * 16
    written = sum(path.stat().st_size for path in unbroken.folder.rglob("*.safetensors"))
    assert written < found.disk < 3 * written


def test_a_method_that_cannot_be_is_refused_before_anything_starts(model: Path) -> None:
    with pytest.raises(JobError, match=r"lacks bitsandbytes|needs an NVIDIA GPU"):
        preflight(tiny.rows(), settings(model, method="qlora"))


def test_all_weights_are_tuned_measured_and_published_as_a_model(run: Runner, model: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    changes = {"sample_prompts": ["name red", "name blue"], "sample_tokens": 3, "epochs": 3}
    job = run(method="full", held_out=3, learning_rate=1e-3, **changes)
    assert ended(job) == "finished", job.log_tail()
    lines = curve(job)
    assert [line["step"] for line in lines if "held_out_loss" in line] == [0, 3, 6, 9]
    assert lines[-1]["held_out_loss"] < lines[0]["held_out_loss"]
    found = samples(job)
    assert [(one["step"], one["sample"]) for one in found] == [(s, p) for s in (0, 3, 6, 9) for p in (0, 1)]
    assert {one["prompt"] for one in found} == {"name red", "name blue"}
    result = job.result() or {}
    assert result["held_out_loss"] == lines[-1]["held_out_loss"]
    tuned = AutoModelForCausalLM.from_pretrained(job.folder / result["model"])
    assert tuned.config._attn_implementation == "sdpa"
    assert AutoTokenizer.from_pretrained(job.folder / "model").chat_template
    assert loss_on_rows(tuned, model) < loss_on_rows(AutoModelForCausalLM.from_pretrained(model), model)
    assert (job.folder / "model/README.md").read_text().startswith("# Tuned model")


def test_a_dry_run_prints_one_object(model: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in tiny.rows(3)))
    (tmp_path / "settings.json").write_text(json.dumps(settings(model).to_json()))
    command = [sys.executable, "-m", "dataexplore.tune.worker", "--dry-run"]
    shown = subprocess.run(
        [*command, "rows.jsonl", "settings.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["rows"] == 3


def test_an_interpreter_without_the_packages_is_named(model: Path, tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    with pytest.raises(JobError, match=r"lacks torch, transformers, peft and accelerate"):
        preflight(tiny.rows(), settings(model), str(bare))
    with pytest.raises(JobError, match="cannot be started"):
        preflight(tiny.rows(), settings(model), "/no/such/python")
    with pytest.raises(JobError, match="the preflight ended with 1"):
        preflight(tiny.rows(), settings(model), "/bin/false")


def test_a_base_that_is_not_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(JobError, match="no such model folder"):
        preflight(tiny.rows(), settings(tmp_path / "nothing"))
    with pytest.raises(JobError, match=r"config\.json"):
        preflight(tiny.rows(), settings(tmp_path))
    with pytest.raises(JobError, match="HF_HUB_OFFLINE forbids"):
        preflight(tiny.rows(), preset("quick", "nobody/nothing"))


def test_a_run_without_rows_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(JobError, match="no rows"):
        create_run(tmp_path, [], settings(model), "a.jsonl")
