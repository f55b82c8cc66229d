"""Tiny causal models of several families, judged the slow plain way: one row, all logits."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from core.tune import tiny

WORDS = tiny.WORDS
SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
}


def save(folder: Path, positions: int = 8192, chat: bool = True) -> Path:
    """Save a tiny Llama that reads long prompts."""
    tiny.save_model(folder, chat)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": positions}))
    return folder


def save_family(folder: Path, family: str) -> Path:
    """Save a tiny model of a family that does something of its own to its logits or positions."""
    import torch
    import transformers

    words = tiny.tokenizer()
    torch.manual_seed(1)
    own: dict[str, Any] = {
        "Cohere": {"logit_scale": 0.5},
        "Gemma2": {"final_logit_softcapping": 0.02, "sliding_window": 16},
        "Granite": {"logits_scaling": 3.0},
        "GPT2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128},
    }[family]
    sizes: dict[str, Any] = {} if family == "GPT2" else {**SIZES}
    config = getattr(transformers, f"{family}Config")(
        vocab_size=len(words), pad_token_id=0, bos_token_id=1, eos_token_id=2, **sizes, **own
    )
    head = "LMHeadModel" if family == "GPT2" else "ForCausalLM"
    getattr(transformers, family + head)(config).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def spoilt(folder: Path, value: float) -> Path:
    """Save a model whose last layer holds nothing but `value`."""
    from safetensors.torch import load_file, save_file

    save(folder)
    weights = load_file(folder / "model.safetensors")
    weights["lm_head.weight"].fill_(value)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


class Plain:
    """One forward pass a row, with every logit."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModelForCausalLM.from_pretrained(folder).eval()

    def logs(self, ids: list[int]) -> Any:
        """Return log probabilities of every token after each place: places by vocabulary."""
        import torch

        with torch.no_grad():
            logits = self._model(input_ids=torch.tensor([ids])).logits[0].double()
        return np.asarray(torch.log_softmax(logits, -1))

    def loss(self, ids: list[int], start: int) -> float:
        """Return the mean loss of the tokens from `start` on."""
        logs = self.logs(ids)
        return -float(np.mean([logs[place - 1, ids[place]] for place in range(start, len(ids))]))
