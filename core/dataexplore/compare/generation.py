"""Makes the job in which a model answers prompts; what was answered before is taken over, not made again."""

import hashlib
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from dataexplore import __version__
from dataexplore.compare import answers
from dataexplore.compare.decoding import Decoding
from dataexplore.compare.prompt import FILE, Prompt, to_bytes
from dataexplore.compare.side import Side
from dataexplore.jobs.files import to_line
from dataexplore.jobs.folder import Job
from dataexplore.jobs.launch import create
from dataexplore.jobs.listing import list_jobs
from dataexplore.jobs.spec import JSON, JobSpec
from dataexplore.jobs.status import DAMAGED, FINISHED

KIND = "generate"
MODULE = "dataexplore.compare.generate_worker"


def generation(
    jobs_dir: Path,
    side: Side,
    prompts: Sequence[Prompt],
    decoding: Decoding,
    dataset: str,
    python: str | None = None,
    batch_tokens: int | None = None,
) -> Job:
    """Return the job in which a model answers these prompts so: the one there is, or a new one.

    A new one is not yet started, and begins with the answers that earlier ones have: those to other prompts,
    or those of one that ended before its end under another interpreter.
    `batch_tokens` are the tokens that are held at once, prompts and answers; None: what the device is given.
    """
    data = to_bytes(prompts)
    digest = hashlib.sha256(data).hexdigest()
    settings: dict[str, JSON] = {"side": side.to_json(), "decoding": decoding.to_json()}
    alike = [job for job in list_jobs(jobs_dir) if _does(job, settings)]
    python = python or sys.executable
    for job in alike:
        status = job.status()
        goes_on = status.alive or status.state == FINISHED or job.spec.python == python
        if job.spec.rows_hash == digest and goes_on:
            return job
    spec = JobSpec(
        kind=KIND,
        module=MODULE,
        settings={**settings, "batch_tokens": batch_tokens},
        dataset=dataset,
        rows=len(prompts),
        rows_hash=digest,
        seed=decoding.seed,
        versions={"dataexplore": __version__, "made by python": platform.python_version()},
        python=python,
    )
    return create(jobs_dir, spec, {FILE: data, **_taken_over(alike, prompts)})


def _does(job: Job, settings: dict[str, JSON]) -> bool:
    known = job.kind == KIND and job.status().state != DAMAGED
    return known and all(job.spec.settings.get(name) == value for name, value in settings.items())


def _taken_over(jobs: Sequence[Job], prompts: Sequence[Prompt]) -> dict[str, bytes]:
    """Return the files of answers and losses that are known already."""
    keys = {one.key for one in prompts}
    references = {one.reference_key for one in prompts if one.reference}
    said, lost = {}, {}
    for job in jobs:
        said.update({key: one for key, one in answers.read_answers(job.folder).items() if key in keys})
        lost.update({key: one for key, one in answers.read_losses(job.folder).items() if key in references})
    files = {
        answers.ANSWERS: [answers.answer_line(key, one) for key, one in said.items()],
        answers.LOSSES: [answers.loss_line(key, one) for key, one in lost.items()],
    }
    return {name: b"".join(map(to_line, lines)) for name, lines in files.items() if lines}
