"""One of the two models that are compared: a run's adapter or model, or a model as it is."""

from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.folder import Job
from dataexplore.jobs.spec import JSON
from dataexplore.jobs.status import FINISHED
from dataexplore.text import short
from dataexplore.tune.model import resolve_base

BASE = "base:"
_KINDS = (".safetensors", ".json", ".jinja", ".model", ".txt")


@dataclass(frozen=True)
class Side:
    """A model and where its weights are."""

    name: str
    """The run's name, or the model's with `base:`."""
    base: str
    """The folder or hub id that is loaded."""
    adapter: str = ""
    """The folder of a LoRA adapter on top of it."""
    made: str = ""
    """16 hex digits over names, sizes and times of the weights: other weights are another model."""

    def to_json(self) -> dict[str, JSON]:
        """Return the side as a job's spec stores it."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Any) -> "Side":
        """Read a side back; raise JobError where it is none."""
        try:
            return cls(found["name"], found["base"], found["adapter"], found["made"])
        except (TypeError, KeyError):
            raise JobError("spec.json: the model is missing or damaged; make a new job") from None


def bare(base: str) -> Side:
    """Return a model as it is: the control that tells whether tuning did anything."""
    found = resolve_base(base)
    return Side(f"{BASE}{found}", found, "", _made(found))


def of_run(job: Job) -> Side:
    """Return what a run made; raise JobError when it made nothing, or its base is gone."""
    if job.kind != "tune":
        raise JobError(
            f"{job.id}: is a job of the kind {short(job.kind, 40)}, which makes no model; name a run"
        )
    state = job.status().state
    if state != FINISHED:
        raise JobError(
            f"{job.id}: the run is {state} and has published nothing yet; wait for it or resume it"
        )
    adapter, model = job.folder / "adapter", job.folder / "model"
    if (adapter / "adapter_model.safetensors").is_file():
        base = resolve_base(str(job.spec.settings.get("base") or ""))
        return Side(job.id, base, str(adapter), _made(base, str(adapter)))
    if (model / "config.json").is_file():
        return Side(job.id, str(model), "", _made(str(model)))
    raise JobError(f"{job.id}: has neither adapter nor model; they were moved or removed")


def _made(*places: str) -> str:
    parts = []
    for place in map(Path, places):
        files = sorted(path for path in place.iterdir() if path.suffix in _KINDS) if place.is_dir() else []
        stats = [(path.name, path.stat()) for path in files]
        parts += [place.name, *(f"{name} {one.st_size} {one.st_mtime_ns}" for name, one in stats)]
    return blake2b("\n".join(parts).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
