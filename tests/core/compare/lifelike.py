"""Runs that look tuned without the minutes that tuning takes: adapters with weights by chance."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.tune import tiny
from dataexplore.compare.prompt import Prompt
from dataexplore.jobs.files import to_line
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create
from dataexplore.jobs.spec import JobSpec

SAID = [f"name {word} number {number}" for number, word in enumerate(tiny.WORDS)]


def prompts(texts: Iterable[str] = SAID) -> list[Prompt]:
    """Return prompts of two test sets, every other one with a reference."""
    return [
        Prompt((("user", text),), "the sea is calm" if number % 2 else "", ["even", "odd"][number % 2])
        for number, text in enumerate(texts)
    ]


def written(path: Path, some: Iterable[Prompt]) -> Path:
    """Write prompts as a person has them in a file."""
    lines: list[dict[str, Any]] = [
        {"set": one.set, "prompt": one.text} | ({"reference": one.reference} if one.reference else {})
        for one in some
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def tuned(jobs_dir: Path, model: Path, seed: int, asked: Iterable[str] = ()) -> Job:
    """Make a finished run whose adapter moves the model by chance, and whose rows ask what is given."""
    rows = [
        {
            "row": number,
            "key": f"{number}",
            "messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "yes"}],
        }
        for number, text in enumerate(asked)
    ]
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    spec = JobSpec("tune", "nothing", {"base": str(model)}, "few.jsonl", len(rows), "", 0, {}, sys.executable)
    job = create(jobs_dir, spec, {"rows.jsonl": data})
    adapt(model, job.folder / "adapter", seed)
    (job.folder / "result.json").write_bytes(to_line({"name": "adapter"}))
    return job


def adapt(model: Path, folder: Path, seed: int) -> None:
    """Save a LoRA adapter with weights by chance."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    base = AutoModelForCausalLM.from_pretrained(model)
    config = LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    get_peft_model(base, config).save_pretrained(folder, save_embedding_layers=False)
