"""Two finished runs with answers that nobody had to generate, so that who wins is known."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dataexplore.compare.answers import ANSWERS, LOSSES, Answer, Loss, answer_line, loss_line
from dataexplore.compare.comparison import Comparison, comparison
from dataexplore.compare.decoding import Decoding
from dataexplore.compare.gathering import prompts_of
from dataexplore.compare.side import of_run
from dataexplore.dataset.loading import open_dataset
from dataexplore.jobs.files import to_line
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create
from dataexplore.jobs.spec import JobSpec
from tui.driver import write_rows

TOKENS = 64
"""Of the longest answer, as the forms of these stories say."""


@dataclass(frozen=True)
class One:
    """A prompt and what both say to it."""

    prompt: str
    first: str
    second: str
    set: str = ""
    reference: str = ""
    losses: tuple[float, float] = (1.0, 1.0)
    """Of ten tokens of the reference."""


@dataclass(frozen=True)
class Place:
    """A dataset with two runs of it, and a file of prompts."""

    data: Path
    prompts: Path
    runs: tuple[Job, Job]

    @property
    def workspace(self) -> Path:
        """The folder beside the dataset."""
        return self.data.parent / ".dataexplore" / self.data.name


def place(folder: Path, said: Sequence[One], trained_on: Sequence[str] = ()) -> Place:
    """Write a dataset, two runs of it and prompts; the first run was tuned on some of them, too."""
    rows = [{"instruction": f"Row {n} asks for something of its own", "output": "Yes."} for n in range(40)]
    data = write_rows(folder / "few.jsonl", rows)
    jobs = folder / ".dataexplore/few.jsonl/jobs"
    first = run(jobs, "kept-1000", trained_on)
    second = run(jobs, "random-1000")
    asked = [{"prompt": one.prompt, "set": one.set, "reference": one.reference} for one in said]
    asked += [{"prompt": text, "set": "", "reference": ""} for text in trained_on]
    return Place(data, write_rows(folder / "prompts.jsonl", asked), (first, second))


def run(jobs: Path, label: str, asked: Sequence[str] = ()) -> Job:
    """Make a finished run of a hub model; nothing of it can be loaded."""
    rows = [
        {"row": n, "key": f"{n}", "messages": [{"role": "user", "content": text}]}
        for n, text in enumerate(asked)
    ]
    spec = JobSpec(
        "tune",
        "nothing",
        {"base": "some/model", "label": label},
        "few.jsonl",
        len(rows),
        "",
        0,
        {},
        sys.executable,
    )
    job = create(jobs, spec, {"rows.jsonl": b"".join(json.dumps(row).encode() + b"\n" for row in rows)})
    (job.folder / "adapter").mkdir()
    (job.folder / "adapter/adapter_model.safetensors").write_bytes(label.encode())
    (job.folder / "result.json").write_bytes(to_line({"name": "adapter"}))
    return job


def answered(here: Place, said: Sequence[One]) -> Comparison:
    """Write what both runs say, as generate jobs that are finished."""
    dataset = open_dataset(here.prompts)
    prompts = prompts_of(dataset, range(len(said)))
    sides = of_run(here.runs[0]), of_run(here.runs[1])
    made = comparison(here.workspace, sides, prompts, Decoding(TOKENS), here.prompts.name)
    for side, job in enumerate(made.jobs):
        for prompt, one in zip(prompts, said, strict=True):
            text = (one.first, one.second)[side]
            _append(job.folder / ANSWERS, answer_line(prompt.key, Answer(text, len(text) // 4, "stop")))
            if one.reference:
                loss = Loss(10 * one.losses[side], 10)
                _append(job.folder / LOSSES, loss_line(prompt.reference_key, loss))
        counts = {"answered": len(said), "new_tokens": 12 * len(said), "cut": side}
        (job.folder / "result.json").write_bytes(to_line(counts))
    return made


def _append(path: Path, line: dict[str, object]) -> None:
    with path.open("ab") as file:
        file.write(to_line(line))
