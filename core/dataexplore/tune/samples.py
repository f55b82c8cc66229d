"""Answers to fixed prompts at the start and after every epoch, for a person to read side by side."""

import json
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.context import JobContext
from dataexplore.jobs.files import append_line
from dataexplore.jobs.folder import Job
from dataexplore.tune.forward import Forward
from dataexplore.tune.settings import TuneSettings
from dataexplore.tune.team import Silent
from dataexplore.tune.template import IGNORED, Template

FILE = "samples.jsonl"


def read_prompts(path: Path) -> tuple[str, ...]:
    """Return the prompts in a file, one a line; raise JobError for a file without any."""
    try:
        prompts = tuple(line.strip() for line in path.read_text("utf-8").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise JobError(f"{path}: prompts cannot be read ({error})") from None
    if not prompts:
        raise JobError(f"{path}: holds no prompt; write one a line")
    return prompts


def answer(
    context: JobContext | Silent, forward: Forward, tokenizer: Any, settings: TuneSettings, step: int
) -> None:
    """Append the model's greedy answer to each sample prompt, as it is after `step` steps."""
    import torch

    forward.model.eval()
    template = Template(tokenizer)
    with forward.plain(), forward.precision(), torch.no_grad():
        for place, prompt in enumerate(settings.sample_prompts):
            ids = _question(template, prompt)
            given = torch.tensor([ids], device=forward.causal.device)
            made = forward.causal.generate(
                input_ids=given,
                attention_mask=torch.ones_like(given),
                max_new_tokens=settings.sample_tokens,
                do_sample=False,
                use_cache=True,
                pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id,
            )
            text = tokenizer.decode(made[0, len(ids) :], skip_special_tokens=True)
            line = {"step": step, "sample": place, "prompt": prompt, "answer": text}
            append_line(context.folder / FILE, line)
    forward.model.train()


def _question(template: Template, prompt: str) -> list[int]:
    """Return what stands before the answer in a row that asks `prompt`."""
    empty = [{"role": "user", "content": prompt}, {"role": "assistant", "content": ""}]
    ids, labels = template.render(empty)
    return ids[: next(place for place, label in enumerate(labels) if label != IGNORED)]


def samples(job: Job) -> list[dict[str, Any]]:
    """Return a run's answers in order of steps and prompts; a step that was done again counts once."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    try:
        lines = (job.folder / FILE).read_bytes().split(b"\n")
    except OSError:
        return []
    for line in lines:
        try:
            values = json.loads(line)
            found[values["step"], values["sample"]] = values
        except (ValueError, KeyError, TypeError):
            continue  # a line that a kill cut short
    return [found[place] for place in sorted(found)]
