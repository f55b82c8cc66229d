"""Any sentence-transformers model as an encoder, from a folder or the hub."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dataexplore.errors import EncoderError
from dataexplore.text import short
from dataexplore.vectors.arrays import FloatMatrix, Progress

BATCH = 64
# Texts sorted by length within a stretch waste little padding and still report progress.
STRETCH = 2048


class SentenceEncoder:
    """A sentence-transformers model, on a GPU in bfloat16 where there is one; runs no code of the model's."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._model = _load(name)
        self._fingerprint = _fingerprint(name, self._model)

    @property
    def name(self) -> str:
        """The folder or id a person asked for."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """A digest of the folder's files (name, size, time), or of the hub revision."""
        return self._fingerprint

    @property
    def dimensions(self) -> int:
        """Columns of the matrices that `encode` returns."""
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> FloatMatrix:
        """Return (texts, dimensions) float32 rows of length 1; a blank text gets a row of zeros."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), STRETCH):
            stop = min(start + STRETCH, len(texts))
            rows = [row for row in range(start, stop) if texts[row].strip()]
            if rows:
                found = self._model.encode(
                    [texts[row] for row in rows],
                    batch_size=BATCH,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                    normalize_embeddings=True,
                )
                vectors[rows] = np.asarray(found, np.float32)
            if progress:
                progress(stop, len(texts))
        # bfloat16 leaves lengths of 1 +- 0.004
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)


def _load(name: str) -> Any:
    folder = Path(name).expanduser()
    looks_local = name.startswith((".", "/", "~")) or name.count("/") > 1
    if looks_local and not folder.is_dir():
        raise EncoderError(
            f"The encoder {short(name)} is not a folder: name a model folder, a hub id or static."
        )
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        message = f'The encoder {short(name)} needs the extra ml: pip install "dataexplore-tui[ml]".'
        raise EncoderError(message) from error
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}
    gpu = torch.cuda.is_available()
    try:
        return SentenceTransformer(
            str(folder) if folder.is_dir() else name,
            device="cuda" if gpu else None,
            model_kwargs={"dtype": torch.bfloat16} if gpu and torch.cuda.is_bf16_supported() else None,
            trust_remote_code=False,
            local_files_only=offline or folder.is_dir(),
        )
    except Exception as error:  # the libraries raise OSError, ValueError, KeyError and their own
        where = "in that folder" if folder.is_dir() else "in the local cache" if offline else "on the hub"
        reason = short(str(error).strip().split("\n")[0], 120)
        message = (
            f"The encoder {short(name)} has no usable model {where} ({reason}): name another, or static."
        )
        raise EncoderError(message) from error


def _fingerprint(name: str, model: Any) -> str:
    folder = Path(name).expanduser()
    if folder.is_dir():
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        facts = [
            f"{path.relative_to(folder)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files
        ]
    else:
        config = getattr(getattr(model[0], "auto_model", None), "config", None)
        facts = [name, str(getattr(config, "_commit_hash", ""))]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
