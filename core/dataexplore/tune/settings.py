"""How to tune: every number of a run, checked before anything is started."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import isfinite
from typing import Any

from dataexplore.errors import JobError
from dataexplore.jobs.spec import JSON
from dataexplore.text import short

SCHEDULES = ("constant", "linear", "cosine")
METHODS = ("lora", "qlora", "full")


@dataclass(frozen=True)
class TuneSettings:
    """One run's settings; a value that makes no sense raises JobError naming the field."""

    base: str
    """The model to start from: a folder on this machine or a hub id."""
    preset: str = "quick"
    """The preset the figures came from; overrides leave the name as it is."""
    label: str = ""
    """What people call the run: the arm of an experiment."""
    method: str = "lora"
    """`lora`, `qlora` (the base in four bits, needs bitsandbytes and CUDA) or `full` (every weight)."""
    epochs: int = 3
    learning_rate: float = 2e-4
    batch_rows: int = 16
    """Rows per optimizer step."""
    token_budget: int | None = None
    """Tokens computed at once; a longer row is computed by itself. None: what the device is given."""
    max_tokens: int = 1024
    """Longer rows are cut at the end."""
    lora_rank: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.0
    schedule: str = "cosine"
    final_rate: float = 0.0
    """Where a linear schedule ends."""
    warmup: float = 0.03
    """The share of the steps in which the rate rises from zero."""
    weight_decay: float = 0.0
    adam_beta2: float = 0.999
    seed: int = 0
    max_steps: int | None = None
    """Exactly this many optimizer steps, over as many epochs as that takes; None: `epochs` decides."""
    max_rows: int | None = None
    """Only the first rows that can be trained on; None: all."""
    save_every: int = 0
    """Steps between checkpoints; 0: one at the end of every epoch."""
    keep_checkpoints: int | None = 3
    """How many checkpoints stay on disk, the newest ones; None: all."""
    held_out: float = 0
    """Rows that are not trained on but measured every epoch: a share below 1, or how many."""
    sample_prompts: tuple[str, ...] = ()
    """Prompts that are answered before the first step and after every epoch."""
    sample_tokens: int = 128
    """The longest such answer."""
    processes: int = 1
    """Processes that train together and share each step's rows, one for each GPU."""

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            _check_kind(name, getattr(self, name), kind)
        if not self.base.strip():
            raise JobError("base: name the model to start from, a folder or a hub id")
        for name in ("epochs", "batch_rows", "lora_rank", "lora_alpha", "sample_tokens", "processes"):
            _check(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        for name in _OPTIONAL:
            value = getattr(self, name)
            _check(name, value, value is None or value >= 1, "at least 1, or nothing")
        _check("max_tokens", self.max_tokens, self.max_tokens >= 8, "at least 8")
        _check("save_every", self.save_every, self.save_every >= 0, "0 or more")
        _check("seed", self.seed, 0 <= self.seed < 2**32, "from 0 to 4294967295")
        _check("learning_rate", self.learning_rate, 0 < self.learning_rate < 1, "above 0 and below 1")
        within = 0 <= self.final_rate < self.learning_rate
        _check("final_rate", self.final_rate, within, "from 0 to below learning_rate")
        for name in ("lora_dropout", "warmup", "weight_decay", "adam_beta2"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) < 1, "from 0 to below 1")
        _check("schedule", self.schedule, self.schedule in SCHEDULES, "one of " + ", ".join(SCHEDULES))
        _check("method", self.method, self.method in METHODS, "one of " + ", ".join(METHODS))
        counts = 0 <= self.held_out < 1 or self.held_out == int(self.held_out) > 0
        _check("held_out", self.held_out, counts, "a share from 0 to below 1 or a whole number of rows")
        texts = all(type(prompt) is str and prompt.strip() for prompt in self.sample_prompts)
        _check("sample_prompts", self.sample_prompts, texts, "a list of texts, none of them empty")

    def steps(self, rows: int) -> int:
        """Return the exact number of optimizer steps over `rows` rows that can be trained on."""
        return self.max_steps or self.epochs * self.steps_per_epoch(rows)

    def steps_per_epoch(self, rows: int) -> int:
        """Return the optimizer steps of one pass; the last one may have fewer rows."""
        return -(-rows // self.batch_rows)

    def to_json(self) -> dict[str, JSON]:
        """Return the settings as a job's spec stores them."""
        return {**asdict(self), "sample_prompts": list(self.sample_prompts)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "TuneSettings":
        """Read settings back; raise JobError for a field that is unknown, missing or wrong."""
        if "base" not in found:
            raise JobError("base: name the model to start from, a folder or a hub id")
        return replace(cls(base="?"), **_known(found))

    def with_changes(self, **changes: Any) -> "TuneSettings":
        """Return the settings with some fields replaced, checked again."""
        return replace(self, **_known(changes))


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(TuneSettings)}
    for name in values:
        if name not in names:
            raise JobError(f"{short(name)}: there is no such setting; there are {', '.join(sorted(names))}")
    prompts = values.get("sample_prompts")
    return {**values, "sample_prompts": tuple(prompts)} if isinstance(prompts, list) else dict(values)


def _check(name: str, value: object, good: bool, wanted: str) -> None:
    if not good:
        raise JobError(f"{name}: {short(str(value))} does not do; it must be {wanted}")


def _check_kind(name: str, value: object, kind: type) -> None:
    if value is None and name in _OPTIONAL:
        return
    if kind is float:
        good = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    else:
        good = type(value) is kind
    word = {int: "a whole number", float: "a number", str: "text", tuple: "a list"}[kind]
    _check(name, value, good, word)


_OPTIONAL = ("max_steps", "max_rows", "keep_checkpoints", "token_budget")
_KINDS: dict[str, type] = {
    "base": str, "label": str, "preset": str, "schedule": str, "method": str, "sample_prompts": tuple,
    "epochs": int, "batch_rows": int, "token_budget": int, "max_tokens": int, "lora_rank": int,
    "lora_alpha": int, "seed": int, "max_steps": int, "max_rows": int, "save_every": int,
    "keep_checkpoints": int, "sample_tokens": int, "processes": int,
    "learning_rate": float, "lora_dropout": float, "final_rate": float, "warmup": float,
    "weight_decay": float, "adam_beta2": float, "held_out": float,
}  # fmt: skip
