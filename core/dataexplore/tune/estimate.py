"""What a run will need of memory and disk, from the shape of the model, before any weight is read."""

from dataclasses import dataclass
from typing import Any

from dataexplore.errors import JobError
from dataexplore.text import short
from dataexplore.tune.memory import BUDGETS
from dataexplore.tune.plan import Plan
from dataexplore.tune.settings import TuneSettings

_WEIGHT = {"lora": 2.0, "qlora": 0.55, "full": 4.0}
"""Bytes of a base weight on CUDA; fp32 takes 4 everywhere else. Four bits come with scales of their own."""
_TRAINED = 16
"""Bytes of a trained weight: itself, its gradient and AdamW's two moments, in fp32."""
_SAVED = 12
"""Bytes of a trained weight in a checkpoint: itself and two moments."""


@dataclass(frozen=True)
class Need:
    """Estimates in bytes; `parameters` and `trained` are exact."""

    parameters: int
    trained: int
    memory: int
    """Of the device, at the longest micro-batch; a third more or less is possible."""
    disk: int
    """Checkpoints at most, one being written included, and the result."""


def estimate(settings: TuneSettings, planned: Plan, cuda: bool) -> Need:
    """Return what the run needs; raise JobError where the base has no readable config."""
    model = _shape(settings.base)
    config = model.config.get_text_config()
    weights = model.num_parameters()
    trained = weights if settings.method == "full" else _adapter(model, settings.lora_rank)
    number = 2 if cuda else 4
    base = 0.0 if settings.method == "full" else weights * (_WEIGHT[settings.method] if cuda else 4)
    budget = settings.token_budget or BUDGETS["cuda" if cuda else "cpu"]
    tokens = min(max(budget, planned.longest), planned.longest * settings.batch_rows)
    # kept per layer for the way back: inputs of its matrices and norms, queries, keys and values, both halves
    # of the gated part and their product, and of each the narrow product of an adapter
    wide = 10 * config.hidden_size + 4 * (getattr(config, "intermediate_size", 0) or 4 * config.hidden_size)
    narrow = 0 if settings.method == "full" else 7 * settings.lora_rank
    layers = tokens * config.num_hidden_layers * (wide + narrow) * number
    learned = tokens * 3 * config.hidden_size * number
    logits = min(tokens, (1 << 28 if cuda else 1 << 24) // config.vocab_size + 1) * config.vocab_size * 12
    memory = base + trained * _TRAINED + layers + learned + logits
    saves = -(-planned.steps // (settings.save_every or settings.steps_per_epoch(planned.rows) or 1))
    kept = min(saves, (settings.keep_checkpoints or saves) + 1)
    return Need(weights, trained, round(memory), trained * (_SAVED * kept + 4))


def _shape(base: str) -> Any:
    """Return the model without weights."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        config = AutoConfig.from_pretrained(base, trust_remote_code=False)
        with torch.device("meta"):
            return AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    except Exception as error:  # the libraries raise anything
        why = short(str(error).strip().split("\n", 1)[0] or type(error).__name__, 200)
        raise JobError(f"{short(base, 200)}: its config cannot be read: {why}") from error


def _adapter(model: Any, rank: int) -> int:
    import torch

    head = model.get_output_embeddings()
    linear = [m for m in model.modules() if isinstance(m, torch.nn.Linear) and m is not head]
    return sum(rank * (layer.in_features + layer.out_features) for layer in linear)
