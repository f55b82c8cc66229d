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


def load_model(settings: TuneSettings, weights: Path | None = None) -> Any:
    """Return the model as it is trained, on this process's device; `weights` a checkpoint to go on from.

    `lora`: the base in bf16 on CUDA and fp32 on the CPU, with fresh LoRA weights on all linear layers;
    `qlora`: the same on a base in four bits (Dettmers et al. 2023, arXiv:2305.14314); `full`: all in fp32,
    which small steps need, computed in bf16 on CUDA.
    """
    import torch
    from peft import LoraConfig, get_peft_model, set_peft_model_state_dict
    from safetensors.torch import load_file
    from transformers import set_seed
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # the bars of loading and saving heed no environment variable
    full = settings.method == "full"
    dtype = torch.bfloat16 if uses_bf16() and not full else torch.float32
    model = _base(settings, str(weights) if weights and full else settings.base, dtype)
    set_seed(settings.seed)
    if full:
        return model
    config = LoraConfig(
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,
        lora_dropout=settings.lora_dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model, config)
    if weights is not None:
        set_peft_model_state_dict(adapted, load_file(str(weights / "adapter_model.safetensors")))
    for module in adapted.modules() if uses_bf16() else ():
        if hasattr(module, "cast_input_dtype_enabled"):
            module.cast_input_dtype_enabled = False  # autocast takes care of it without a copy in fp32
    return adapted


def _base(settings: TuneSettings, source: str, dtype: Any) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    place = torch.device("cuda", torch.cuda.current_device()) if torch.cuda.is_available() else "cpu"
    bits: dict[str, Any] = {}
    if settings.method == "qlora":
        from transformers import BitsAndBytesConfig

        four = {"bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": True}
        config = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_compute_dtype=dtype, **four)
        bits = {"quantization_config": config, "device_map": {"": place}}
    try:
        model = AutoModelForCausalLM.from_pretrained(
            source, dtype=dtype, use_safetensors=True, trust_remote_code=False, **bits
        )
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:
        raise _unloadable(source, "model", error) from error
    return model if bits else model.to(place)


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
