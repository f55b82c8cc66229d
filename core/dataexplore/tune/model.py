"""Loads the base model and puts an adapter on it; weights come from safetensors only, code never."""

import os
import re
import warnings
from pathlib import Path
from typing import Any

from dataexplore.errors import JobError
from dataexplore.text import short
from dataexplore.tune.settings import TuneSettings


def quiet() -> None:
    """Keep the libraries' bars and reports out of the log; call it before they are imported."""
    warnings.simplefilter("ignore", FutureWarning)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    for name in ("HF_HUB_DISABLE_PROGRESS_BARS", "HF_HUB_DISABLE_TELEMETRY", "TQDM_DISABLE"):
        os.environ[name] = "1"


def resolve_base(base: str) -> str:
    """Return a folder as its whole path and a hub id as it is; raise JobError for what is neither."""
    folder = Path(base).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise JobError(f"{short(base, 200)}: there is no config.json in this folder, so it is no model")
        return str(folder.resolve())
    if re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", base) and not folder.exists():
        return base
    raise JobError(
        f"{short(base, 200)}: there is no such model folder, and it is no hub id (owner/name) either"
    )


def load_tokenizer(base: str) -> Any:
    """Return the model's tokenizer; raise JobError in one sentence when there is none."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(base, trust_remote_code=False)
    except Exception as error:
        raise _unloadable(base, "tokenizer", error) from error


def load_model(settings: TuneSettings) -> Any:
    """Return the base with fresh LoRA weights on all its linear layers: bf16 on CUDA, fp32 on the CPU."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, set_seed

    try:
        model = AutoModelForCausalLM.from_pretrained(
            settings.base,
            dtype=torch.bfloat16 if uses_bf16() else torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
        )
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:
        raise _unloadable(settings.base, "model", error) from error
    set_seed(settings.seed)
    config = LoraConfig(
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,
        lora_dropout=settings.lora_dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config)


def device() -> str:
    """Return `cpu` or `cuda: <name of the GPU>`."""
    import torch

    return f"cuda: {torch.cuda.get_device_name(0)}" if torch.cuda.is_available() else "cpu"


def uses_bf16() -> bool:
    """Tell whether training runs in bfloat16 here."""
    import torch

    return bool(torch.cuda.is_available() and torch.cuda.is_bf16_supported())


def _unloadable(base: str, what: str, error: Exception) -> JobError:
    why = short(str(error).strip().split("\n", 1)[0] or type(error).__name__, 200)
    offline = os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on")
    if not Path(base).is_dir() and offline:
        why = "it is not on this machine and HF_HUB_OFFLINE forbids to fetch it; name a folder"
    return JobError(f"{short(base, 200)}: its {what} cannot be loaded: {why}")
